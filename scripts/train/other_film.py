"""Films that show no shaft of a long bone as a film of one does: a spine,
both legs, a hip, a pelvis, a knee, an ankle.  What looks for breaks must
refuse them."""

import numpy as np

from body import draw_body
from landmarks import SIDES
from leg_film import load_anatomy, render_legs
from limb_anatomy import draw_anatomy
from limb_film import draw_limb
from radiograph import first_possible, render
from spine_film import render_spine
from xray import Beam, Detector

PLACES = ("hip_center", "femoral_knee_center", "ankle_center", None)
SHARES = (0.2, 0.15, 0.45, 0.2)   # spine, both legs, close-up, knee's side
HEIGHT_MM = (110, 175)            # of a close-up
PELVIS_MM = (260, 380)


def render_other(mesh_directory, seed, max_rows, max_columns):
    """The Film of a seed; without boxes."""
    kind = np.random.default_rng([seed, 53]).choice(4, p=SHARES)
    if kind == 0:
        film = render_spine(mesh_directory, seed, max_rows, max_columns)
    elif kind == 1:
        film = render_legs(mesh_directory, seed, max_rows, max_columns)
    else:
        draw = draw_close_up if kind == 2 else _draw_knee_side
        film = first_possible(
            lambda rng: draw(rng, mesh_directory, max_rows, max_columns),
            seed, 59)
    film.landmarks, film.boxes = np.zeros((0, 2)), np.zeros((0, 5))
    film.visible = None
    return film


def draw_close_up(rng, mesh_directory, max_rows, max_columns):
    body = draw_body(rng, load_anatomy(str(mesh_directory)))
    place = PLACES[rng.integers(len(PLACES))]
    if place is None:
        center = np.mean([body.landmark(side, "hip_center")
                          for side in SIDES], 0)
        height, aspect = rng.uniform(*PELVIS_MM), rng.uniform(0.7, 1.1)
    else:
        center = body.landmark(SIDES[rng.integers(2)], place)
        height, aspect = rng.uniform(*HEIGHT_MM), rng.uniform(0.8, 2.0)
    return _photograph(rng, body, center, height, aspect, max_rows,
                       max_columns)


def _draw_knee_side(rng, mesh_directory, max_rows, max_columns):
    """The knee of a limb that a film of it would show from top to bottom."""
    limb, _ = draw_limb(rng, *draw_anatomy(rng, mesh_directory))
    if limb.breaks:
        raise ValueError("a broken limb")
    knee = 0.5 * (limb.axis[3] + limb.axis[4])
    return _photograph(rng, limb, knee, rng.uniform(*HEIGHT_MM),
                       rng.uniform(0.9, 1.6), max_rows, max_columns)


def _photograph(rng, body, center, height, aspect, max_rows, max_columns):
    """A Film of height (mm) and height / aspect around a point."""
    beam = Beam(center[0], center[1], rng.uniform(900, 1300),
                rng.uniform(40, 140))
    height = height * beam.magnification
    width = height / aspect
    spacing = max(height / max_rows, width / max_columns)
    x, y = center[:2] + rng.normal(0, 8, 2)
    return render(rng, body, beam, Detector(
        min(max_rows, round(height / spacing)),
        min(max_columns, round(width / spacing)), spacing, x - width / 2,
        y - height / 2))
