"""knee-oa: one knee on an AP film; its network also refines leg-alignment."""

import functools

import numpy as np

from film_subject import Subject
from knee_film import (COMPARTMENTS, EDGES, KNEE_NAMES, PIXELS, PLACES,
                       least_width, render_knee)
from stage import Stage, Variation


def _channels(*names):
    return tuple(KNEE_NAMES.index(name) for name in names)


def _edges(compartment):
    return _channels(*(f"{compartment}_{edge}_{k + 1}" for edge in EDGES
                       for k in range(len(PLACES))))


def joint_space_width(points):
    """(n, 2): least width of both compartments from the edges' landmarks."""
    def one(knee, compartment):
        edges = knee[list(_edges(compartment))].reshape(2, len(PLACES), 2)
        dense = [np.stack([np.interp(np.linspace(0, len(PLACES) - 1, 61),
                                     np.arange(len(PLACES)), edge[:, axis])
                           for axis in (0, 1)], -1) for edge in edges]
        return least_width(*dense)
    return np.array([[one(knee, name) for name in COMPARTMENTS]
                     for knee in points])


def angle_between(first, second, third, fourth):
    """Function of landmarks (n, k, 2): degrees between two lines, (n, 1)."""
    a, b, c, d = _channels(first, second, third, fourth)

    def measure(points):
        one, other = points[:, b] - points[:, a], points[:, d] - points[:, c]
        cross = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
        return np.degrees(np.arctan2(cross, (one * other).sum(1)))[:, None]
    return measure, (_channels(first, second, third, fourth),)


_TFA, _TFA_USED = angle_between("femoral_shaft", "femoral_knee_center",
                                "tibial_knee_center", "tibial_shaft")
_JLCA, _JLCA_USED = angle_between(
    "medial_femoral_condyle", "lateral_femoral_condyle",
    "medial_tibial_plateau", "lateral_tibial_plateau")

KNEE = Stage(
    bundle="knee-oa", name="knee", weights="knee.pt",
    also=("leg-alignment",),
    rows=PIXELS, columns=PIXELS, stride=2,
    phantom=render_knee,
    held_out_phantom=functools.partial(render_knee, held_out=True),
    films=800, first_seed=20000, held_out_films=120, held_out_seed=910000,
    iterations=1500,
    landmarks=KNEE_NAMES, mirrored=tuple(range(len(KNEE_NAMES))),
    classes={"kl": ("kl_0", "kl_1", "kl_2", "kl_3", "kl_4")},
    variation=Variation(turned_deg=2.5, scale=(0.9, 1.08), shift=(7.0, 7.0),
                        cut_off=(0.03, 0.03, 0.03, 0.03), coarse=2.2),
    measures=(
        ("joint space width", "mm", joint_space_width,
         tuple(_edges(name) for name in COMPARTMENTS),
         ("medial_jsw", "lateral_jsw")),
        ("tibiofemoral angle", "deg", _TFA, _TFA_USED),
        ("joint line convergence", "deg", _JLCA, _JLCA_USED)))

STAGES = (KNEE,)

# films as DICOM, for film_set.py

FIRST_FIXTURE_SEED = 720000
FILM_PIXELS = 384
SIDES = "RL"


def fixture(mesh_directory, seed, rows, columns):
    """A square film of a femur held out, no larger than asked."""
    return render_knee(mesh_directory, seed, held_out=True,
                       pixels=min(rows, columns, FILM_PIXELS))


def subject(film):
    return Subject("KNEE", "KNEE AP", "KNEE", ("72696002", "Knee region"),
                   SIDES[int(film.numbers["side"])])


def truth(film, spacing):
    """What is to be measured, by id of model.yaml, and the grade."""
    turned = abs(float(_TFA(film.landmarks[None])[0, 0]))
    return {
        "values": {"medial_jsw": _rounded(film, "medial_jsw", spacing),
                   "lateral_jsw": _rounded(film, "lateral_jsw", spacing),
                   "tfa": round(180 - turned, 3)},
        "grades": {"kl": KNEE.classes["kl"][film.classes["kl"]]},
        "landmarks": {name: [round(float(value), 2) for value in point]
                      for name, point in zip(KNEE_NAMES, film.landmarks)}}


def _rounded(film, name, spacing):
    return spacing and round(float(film.numbers[name]), 3)
