"""Films of spines: what they show, and how a seed becomes one."""

import functools

import numpy as np

from anatomy import Anatomy
from radiograph import render
from spine_body import SpineAnatomy, draw_spine_body
from xray import Beam, Detector

RULER_AT = (0.08, 0.92)   # of the width: beside the spine or on it


@functools.lru_cache(maxsize=1)
def load_spine_anatomy(mesh_directory):
    return SpineAnatomy(mesh_directory, Anatomy(mesh_directory))


def place_spine_film(rng, body, max_rows, max_columns):
    """(Beam, Detector): from C7 or higher down to the sacrum or lower."""
    beam = Beam(0, 0, rng.uniform(1400, 2400), rng.uniform(100, 220))
    points = body.landmarks[:, :2]
    beam.source_x = points[:, 0].mean() + rng.uniform(-30, 30)
    beam.source_y = points[:, 1].mean() + rng.uniform(-80, 80)
    x, y = beam.project(body.landmarks).T
    top = y.min() - rng.uniform(12, 90)
    height = y.max() + rng.uniform(25, 200) - top
    width = max(height / rng.uniform(1.9, 3.0),
                np.ptp(x) + rng.uniform(60, 120))
    spacing = max(height / max_rows, width / max_columns)
    rows = min(max_rows, round(height / spacing))
    columns = min(max_columns, round(width / spacing))
    spare = 0.5 * (width - np.ptp(x)) - 25
    left = (0.5 * (x.min() + x.max()) - width / 2
            + rng.uniform(-0.6, 0.6) * spare)
    return beam, Detector(rows, columns, spacing, left, top)


def render_spine(mesh_directory, seed, max_rows=576, max_columns=256,
                 oversampling=2, held_out=False):
    """The Film of a seed, landmarks in the order of spine_landmarks.py."""
    rng = np.random.default_rng([seed, 71])
    anatomy = load_spine_anatomy(str(mesh_directory))
    body = draw_spine_body(rng, anatomy, held_out)
    beam, detector = place_spine_film(rng, body, max_rows, max_columns)
    return render(rng, body, beam, detector, oversampling, RULER_AT)
