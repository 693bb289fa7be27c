"""knee-oa: one knee on an AP film.  A first network finds the knee, a second
one looks at its joint; that one refines leg-alignment, too."""

import functools
from dataclasses import replace

import numpy as np

from film_subject import Subject
from joint_film import COLUMNS, JOINT_NAMES, ROWS, render_joint
from knee_film import (COMPARTMENTS, EDGES, KNEE_NAMES, PIXELS, PLACES,
                       SHAFTS, least_width, render_knee)
from landmarks import SIDES
from stage import Stage, Variation

WHOLE_NAMES = KNEE_NAMES[:6] + SHAFTS
WHOLE_PIXELS = 192
FIXED = {"inner": 3, "central": 5, "outer": 7}   # of the edges' landmarks


def _channels(names, *wanted):
    return tuple(names.index(name) for name in wanted)


def _edges(names, compartment):
    return _channels(names, *(f"{compartment}_{edge}_{k + 1}"
                              for edge in EDGES for k in range(len(PLACES))))


def joint_space_width(points, names=JOINT_NAMES):
    """(n, 2): least width of both compartments from the edges' landmarks."""
    def one(knee, compartment):
        edges = knee[list(_edges(names, compartment))].reshape(
            2, len(PLACES), 2)
        dense = [np.stack([np.interp(np.linspace(0, len(PLACES) - 1, 65),
                                     np.arange(len(PLACES)), edge[:, axis])
                           for axis in (0, 1)], -1) for edge in edges]
        return least_width(*dense)
    return np.array([[one(knee, name) for name in COMPARTMENTS]
                     for knee in points])


def fixed_widths(points, names=JOINT_NAMES):
    """(n, 6): distances of the edges' landmarks of FIXED."""
    used = [_channels(names, f"{name}_femur_{k}", f"{name}_tibia_{k}")
            for name in COMPARTMENTS for k in FIXED.values()]
    return np.stack([np.linalg.norm(points[:, a] - points[:, b], axis=-1)
                     for a, b in used], 1)


def angle_between(names, first, second, third, fourth):
    """Function of landmarks (n, k, 2): degrees from one line to another,
    (n, 1), clockwise on the film; and the channels it rests on."""
    a, b, c, d = _channels(names, first, second, third, fourth)

    def measure(points):
        one, other = points[:, b] - points[:, a], points[:, d] - points[:, c]
        cross = one[:, 0] * other[:, 1] - one[:, 1] * other[:, 0]
        return np.degrees(np.arctan2(cross, (one * other).sum(1)))[:, None]
    return measure, ((a, b, c, d),)


def _angle(name, names, *points):
    return (name, "deg", *angle_between(names, *points))


def render_whole(mesh_directory, seed, held_out=False):
    """A knee film with the landmarks of the first network."""
    film = render_knee(mesh_directory, seed, held_out, pixels=WHOLE_PIXELS)
    kept = [KNEE_NAMES.index(name) for name in WHOLE_NAMES]
    return replace(film, landmarks=film.landmarks[kept])


_SHAFTS = ("femoral_shaft", "femoral_knee_center", "tibial_knee_center",
           "tibial_shaft")
_CONVERGING = ("medial_femoral_condyle", "lateral_femoral_condyle",
               "medial_tibia_5", "lateral_tibia_5")

KNEE = Stage(
    bundle="knee-oa", name="knee", weights="knee.pt",
    rows=WHOLE_PIXELS, columns=WHOLE_PIXELS,
    phantom=render_whole,
    held_out_phantom=functools.partial(render_whole, held_out=True),
    films=500, first_seed=20000, held_out_films=100, held_out_seed=910000,
    iterations=700,
    landmarks=WHOLE_NAMES, mirrored=tuple(range(len(WHOLE_NAMES))),
    classes={"side": SIDES}, sided=("side",), named=False,
    variation=Variation(turned_deg=2.5, scale=(0.8, 1.1), shift=(7.0, 7.0),
                        cut_off=(0.03, 0.03, 0.03, 0.03), coarse=1.5),
    measures=(_angle("tibiofemoral angle", WHOLE_NAMES, *_SHAFTS),))

JOINT = Stage(
    bundle="knee-oa", name="joint", weights="joint.pt",
    also=("leg-alignment",),
    rows=ROWS, columns=COLUMNS, stride=2, precise=0.5,
    phantom=render_joint,
    held_out_phantom=functools.partial(render_joint, held_out=True),
    films=800, first_seed=30000, held_out_films=120, held_out_seed=915000,
    iterations=1100,
    landmarks=JOINT_NAMES, mirrored=tuple(range(len(JOINT_NAMES))),
    classes={"kl": ("kl_0", "kl_1", "kl_2", "kl_3", "kl_4")},
    variation=Variation(turned_deg=2.5, scale=(0.93, 1.07), shift=(5.0, 3.0),
                        cut_off=(0.01, 0.01, 0.01, 0.01), coarse=1.5),
    measures=(
        ("joint space width", "mm", joint_space_width,
         tuple(_edges(JOINT_NAMES, name) for name in COMPARTMENTS),
         ("medial_jsw", "lateral_jsw")),
        ("width at fixed places", "mm", fixed_widths,
         tuple(_channels(JOINT_NAMES, f"{name}_femur_{k}", f"{name}_tibia_{k}")
               for name in COMPARTMENTS for k in FIXED.values())),
        _angle("joint line convergence", JOINT_NAMES, *_CONVERGING)))

STAGES = (KNEE, JOINT)

# films as DICOM, for film_set.py

FIRST_FIXTURE_SEED = 720000
FILM_PIXELS = 384


def fixture(mesh_directory, seed, rows, columns):
    """A square film of a femur held out, no larger than asked."""
    return render_knee(mesh_directory, seed, held_out=True,
                       pixels=min(rows, columns, FILM_PIXELS))


def subject(film):
    return Subject("KNEE", "KNEE AP", "KNEE", ("72696002", "Knee region"),
                   "RL"[int(film.numbers["side"])])


def truth(film, spacing):
    """What is to be measured, by id of model.yaml, and the grade."""
    points = film.landmarks[None]
    widths = dict(zip(
        (f"{name}_jsw_{place}" for name in COMPARTMENTS for place in FIXED),
        fixed_widths(points, KNEE_NAMES)[0] * (spacing or 1)))
    for name in COMPARTMENTS:  # overlapping bones have no width
        widths[f"{name}_jsw"] = max(film.numbers[f"{name}_jsw"], 0)
    values = {name: spacing and round(float(value), 3)
              for name, value in widths.items()}
    values["tfa"] = round(tibiofemoral_angle(film), 3)
    return {
        "values": values,
        "grades": {"kl": JOINT.classes["kl"][film.classes["kl"]]},
        "landmarks": {name: [round(float(value), 2) for value in point]
                      for name, point in zip(KNEE_NAMES, film.landmarks)}}


def tibiofemoral_angle(film):
    """Degrees through the medial side: 180 straight, less is varus."""
    measure, _ = angle_between(KNEE_NAMES, *_SHAFTS)
    clockwise = float(measure(film.landmarks[None])[0, 0])
    return 180 + (clockwise if film.numbers["side"] == 0 else -clockwise)
