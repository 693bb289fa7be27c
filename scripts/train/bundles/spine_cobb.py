"""The Cobb angle of a spine: AP films from T1 to the sacrum."""

import numpy as np

from film_subject import Subject
from spine_film import render_spine
from spine_landmarks import (BODIES, CHANNELS, CORNERS, MIRRORED_CHANNELS,
                             coronal_balance, curves, largest_curve)
from stage import Stage, Variation
from vertebrae import NAMES


def phantom(mesh_directory, seed):
    return render_spine(mesh_directory, seed, *FILM_BOX, oversampling=1)


def held_out_phantom(mesh_directory, seed):
    """Of vertebrae that no film to train on shows."""
    return render_spine(mesh_directory, seed, *FILM_BOX, oversampling=1,
                        held_out=True)


def cobb(points):
    return np.array([[largest_curve(spine).angle] for spine in points])


def balance(points):
    return coronal_balance(points)[:, None]


FILM_BOX = (1152, 512)

STAGES = (
    Stage(bundle="spine-cobb", name="spine", weights="spine.pt",
          rows=1024, columns=448, phantom=phantom,
          held_out_phantom=held_out_phantom, films=400,
          first_seed=20000, held_out_films=60, held_out_seed=900000,
          iterations=1200, corner_iterations=900,
          landmarks=CHANNELS, mirrored=MIRRORED_CHANNELS,
          bodies=BODIES, corners=len(CORNERS),
          gate=0.4,
          variation=Variation(turned_deg=2.5, cut_off=(0.03, 0.02, 0.05,
                                                       0.02)),
          measures=(("Cobb angle", "deg", cobb),
                    ("coronal balance", "mm", balance))),
)

# films as DICOM, for film_set.py

FIRST_FIXTURE_SEED = 710000
UPRIGHT_ONLY = True
# a curve beside the main one that has to be found; less than 10 is none
LEAST_CURVE_DEG = 15


def fixture(mesh_directory, seed, rows, columns):
    return render_spine(mesh_directory, seed, rows, columns, held_out=True)


def subject(film):
    return Subject("SPINE", "WHOLE SPINE AP STANDING", "SPINE",
                   ("421060004", "Spine"), "U",
                   plane="plane of the sacral endplate")


def traits(curve):
    """The words of a report for a Curve; an AP film has the patient's left on
    its right."""
    told = {"upper_end_vertebra": NAMES[curve.upper].lower(),
            "lower_end_vertebra": NAMES[curve.lower].lower(),
            "convexity": "left" if curve.to_right else "right"}
    if curve.apex is not None:
        told["apical_vertebra"] = NAMES[curve.apex].lower()
    return told


def truth(film, spacing):
    """The curves, the balance, and where everything is."""
    told = {"traits": {}}
    for name, curve in zip(("cobb", "cobb_above", "cobb_below"),
                           curves(film.landmarks)):
        if name == "cobb" or (curve and curve.angle >= LEAST_CURVE_DEG):
            told[name + "_deg"] = round(curve.angle, 3)
            told["traits"][name] = traits(curve)
    off = coronal_balance(film.landmarks)
    return {
        **told,
        "coronal_balance_mm": spacing and round(float(off * spacing), 2),
        "landmarks": {name: [round(float(value), 2) for value in point]
                      for name, point in zip(CHANNELS, film.landmarks)}}
