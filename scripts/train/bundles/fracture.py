"""fracture: boxes around breaks of the shafts of femur, tibia and fibula."""

import functools

from film_subject import Subject
from limb_film import render_limb
from stage import Stage, Variation

ROWS, COLUMNS = 512, 256

STAGES = (
    Stage(bundle="fracture", name="limb", weights="limb.pt",
          rows=ROWS, columns=COLUMNS,
          phantom=functools.partial(render_limb, max_rows=ROWS,
                                    max_columns=COLUMNS),
          films=1400, first_seed=30000, held_out_films=200,
          held_out_seed=900000, iterations=1500, boxes=("fracture",),
          mirrored=(), most_boxes=4, upright=False,
          variation=Variation(turned_deg=8.0, scale=(0.8, 1.15),
                              shift=(12.0, 20.0))),
)

# films as DICOM, for film_set.py

FIRST_FIXTURE_SEED = 720000


def fixture(mesh_directory, seed, rows, columns):
    return render_limb(mesh_directory, seed, rows, columns)


def subject(film):
    femur = bool(film.numbers["femur"])
    return Subject("LIMB", "FEMUR" if femur else "LOWER LEG", "LEG",
                   ("71341001", "Femur") if femur
                   else ("30021000", "Lower leg"), "R",
                   "LATERAL" if film.numbers["lateral"] else "AP")


def truth(film, spacing):
    """Where the bones are broken: left, top, right, bottom, pixel centers."""
    return {"boxes": [[round(float(value), 1) for value in box[1:]]
                      for box in film.boxes]}
