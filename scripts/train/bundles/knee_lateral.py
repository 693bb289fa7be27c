"""knee-lateral: tibial slope and patellar height on one knee from the side."""

import functools

from film_subject import Subject
from lateral_film import (COLUMNS, LATERAL_NAMES, ROWS, lateral_measures,
                          render_lateral)
from stage import Stage, Variation


def _measure(k, *names):
    """Column k of lateral_measures, and the channels it rests on."""
    return (lambda points: lateral_measures(points)[:, k:k + 1],
            (tuple(LATERAL_NAMES.index(name) for name in names),))


STAGES = (
    Stage(bundle="knee-lateral", name="knee", weights="knee.pt",
          rows=ROWS, columns=COLUMNS, stride=2, phantom=render_lateral,
          held_out_phantom=functools.partial(render_lateral, held_out=True),
          films=1500, first_seed=40000, held_out_films=80,
          held_out_seed=920000, iterations=3500,
          landmarks=LATERAL_NAMES,
          mirrored=tuple(range(len(LATERAL_NAMES))),
          variation=Variation(turned_deg=5.0, scale=(0.82, 1.15),
                              shift=(9.0, 10.0),
                              cut_off=(0.04, 0.02, 0.06, 0.02), coarse=2.0),
          measures=(
              ("posterior tibial slope", "deg",
               *_measure(0, "plateau_anterior", "plateau_posterior",
                         "shaft_upper", "shaft_lower")),
              ("Insall-Salvati", "",
               *_measure(1, "patella_upper_pole", "patella_lower_pole",
                         "tibial_tuberosity")),
              ("Caton-Deschamps", "",
               *_measure(2, "patella_articular_upper",
                         "patella_articular_lower", "plateau_anterior")))),
)

# films as DICOM, for film_set.py

FIRST_FIXTURE_SEED = 720000
UPRIGHT_ONLY = True
FILM_SIZES = ((480, 384), (400, 320), (440, 352))


def fixture(mesh_directory, seed, rows, columns):
    """A film of the knee held out, no larger than asked."""
    most_rows, most_columns = FILM_SIZES[seed % len(FILM_SIZES)]
    return render_lateral(mesh_directory, seed, min(rows, most_rows),
                          min(columns, most_columns), held_out=True)


def subject(film):
    return Subject("KNEE", "KNEE LATERAL", "KNEE",
                   ("72696002", "Knee region"),
                   "RL"[int(film.numbers["side"])], "LATERAL",
                   orientation=("A" if film.numbers["facing"] else "P", "F"))


def truth(film, spacing):
    """What is to be measured, by id of model.yaml, and the landmarks; no
    slope where the film ends above the shaft's lower point."""
    slope, insall, caton = map(float, lateral_measures(
        film.landmarks[None])[0])
    values = {"insall_salvati": round(insall, 4),
              "caton_deschamps": round(caton, 4)}
    rows, columns = film.pixels.shape
    shaft = film.landmarks[-1]
    if 0 <= shaft[0] <= columns - 1 and 0 <= shaft[1] <= rows - 1:
        values["slope"] = round(slope, 3)
    return {"values": values,
            "landmarks": {name: [round(float(value), 2) for value in point]
                          for name, point in zip(LATERAL_NAMES,
                                                 film.landmarks)}}
