"""The Cobb angle of a spine: AP films from T1 to the sacrum."""

import numpy as np

from film_subject import Subject
from spine_film import render_spine
from spine_landmarks import (BODIES, CHANNELS, CORNERS, MIRRORED_CHANNELS,
                             coronal_balance, largest_cobb)
from stage import Stage, Variation
from vertebrae import NAMES


def phantom(mesh_directory, seed, rows=576, columns=256, oversampling=2):
    """The Film of a seed; those from STRANGE_SEED on are of a wider family
    of forms than training sees."""
    return render_spine(mesh_directory, seed, rows, columns, oversampling,
                        strange=seed >= STRANGE_SEED)


def cobb(points):
    return np.array([[largest_cobb(spine)[0]] for spine in points])


def balance(points):
    return coronal_balance(points)[:, None]


STRANGE_SEED = 950000

STAGES = (
    Stage(bundle="spine-cobb", name="spine", weights="spine.pt",
          rows=512, columns=224, phantom=phantom, films=1000,
          first_seed=20000, held_out_films=100, held_out_seed=900000,
          iterations=3000, landmarks=CHANNELS, mirrored=MIRRORED_CHANNELS,
          bodies=BODIES, corners=len(CORNERS),
          variation=Variation(turned_deg=2.5, cut_off=(0.03, 0.02, 0.05,
                                                       0.02)),
          measures=(("Cobb angle", "deg", cobb),
                    ("coronal balance", "mm", balance))),
)

# films as DICOM, for film_set.py

FIRST_FIXTURE_SEED = 710000
UPRIGHT_ONLY = True


def fixture(mesh_directory, seed, rows, columns):
    return phantom(mesh_directory, seed, rows, columns)


def subject(film):
    return Subject("SPINE", "WHOLE SPINE AP STANDING", "SPINE",
                   ("421060004", "Spine"), "U",
                   plane="plane of the sacral endplate")


def truth(film, spacing):
    """The largest curve, the balance, and where everything is."""
    angle, upper, lower = largest_cobb(film.landmarks)
    off = coronal_balance(film.landmarks)
    return {
        "cobb_deg": round(float(angle), 3),
        "upper_end_vertebra": NAMES[upper].lower(),
        "lower_end_vertebra": NAMES[lower].lower(),
        "coronal_balance_mm": spacing and round(float(off * spacing), 2),
        "landmarks": {name: [round(float(value), 2) for value in point]
                      for name, point in zip(CHANNELS, film.landmarks)}}
