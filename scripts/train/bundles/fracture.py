"""fracture: boxes around breaks of the shafts of femur, tibia and fibula."""

import functools

import numpy as np

from film_subject import Subject
from limb_film import render_limb
from other_film import render_other
from stage import Stage, Variation

ROWS, COLUMNS = 384, 192
VIEWS = ("femur", "lower_leg", "other")
OTHER_SHARE = 0.2


def phantom(mesh_directory, seed, held_out=False, rows=ROWS,
            columns=COLUMNS):
    """The Film of a seed, of a limb or, one in five, of something else."""
    if np.random.default_rng([seed, 61]).random() >= OTHER_SHARE:
        return render_limb(mesh_directory, seed, rows, columns, held_out)
    film = render_other(mesh_directory, seed, rows, columns)
    film.classes = {"view": VIEWS.index("other")}
    film.numbers = {"lateral": 0.0, "displaced": 0.0}
    return film


VIEW = Stage(
    bundle="fracture", name="view", weights="view.pt", rows=192, columns=96,
    phantom=functools.partial(phantom, rows=192, columns=96),
    held_out_phantom=functools.partial(phantom, rows=192, columns=96,
                                       held_out=True),
    films=1500, first_seed=30000, held_out_films=240, held_out_seed=900000,
    iterations=7000, classes={"view": VIEWS},
    refused={"view": VIEWS.index("other")}, mirrored=(),
    upright=False, gate=0.5,
    variation=Variation(turned_deg=8.0, scale=(0.8, 1.15), shift=(6.0, 10.0)))

BREAKS = Stage(
    bundle="fracture", name="limb", weights="limb.pt",
    rows=ROWS, columns=COLUMNS, phantom=phantom,
    held_out_phantom=functools.partial(phantom, held_out=True),
    films=2000, first_seed=30000, held_out_films=240, held_out_seed=900000,
    iterations=30000, boxes=("fracture",), patch=128,
    mirrored=(), most_boxes=4, upright=False)

STAGES = (VIEW, BREAKS)

# films as DICOM, for film_set.py

FIRST_FIXTURE_SEED = 720000


def fixture(mesh_directory, seed, rows, columns):
    """Of the bones that are held out; grain makes larger films large files."""
    return render_limb(mesh_directory, seed, rows * 4 // 5, columns * 4 // 5,
                       held_out=True)


def subject(film):
    femur = film.classes["view"] == VIEWS.index("femur")
    return Subject("LIMB", "FEMUR" if femur else "LOWER LEG",
                   "FEMUR" if femur else "LEG",
                   ("71341001", "Femur") if femur
                   else ("30021000", "Lower leg"), "R",
                   "LATERAL" if film.numbers["lateral"] else "AP")


def truth(film, spacing):
    """Where the bones are broken: left, top, right, bottom, pixel centers;
    of a break beside the film nothing is left between its borders."""
    return {"boxes": [[round(float(value), 1) for value in box[1:]]
                      for box in film.boxes
                      if box[3] - box[1] >= 1 and box[4] - box[2] >= 1],
            "part": VIEWS[film.classes["view"]],
            "displaced": bool(film.numbers["displaced"])}
