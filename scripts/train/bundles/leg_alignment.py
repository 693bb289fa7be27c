"""leg-alignment: both legs from hip to ankle on a standing AP film."""

import functools

import numpy as np

from landmarks import (CHANNELS, MIRRORED_CHANNELS, NAMES, SIDES,
                       femur_tibia_ratio, hip_knee_ankle_angle, leg_length)
from leg_film import render_legs
from stage import Stage

ROWS, COLUMNS = 672, 288
MECHANICAL_AXIS = 4  # the first landmarks of a side carry the measurements


def both_sides(measure, points):
    """(n, 2): a measure of landmarks (n, 16, 2) for right and left."""
    return np.stack([measure(points, side) for side in SIDES], 1)


_CARRYING = tuple(tuple(side * len(NAMES) + k for k in range(MECHANICAL_AXIS))
                  for side in range(len(SIDES)))

WHOLE = Stage(
    bundle="leg-alignment", name="whole", weights="model.pt",
    rows=ROWS, columns=COLUMNS,
    phantom=functools.partial(render_legs, max_rows=ROWS,
                              max_columns=COLUMNS),
    films=1100, first_seed=10000, held_out_films=100, held_out_seed=900000,
    iterations=1600,
    landmarks=CHANNELS, mirrored=MIRRORED_CHANNELS,
    measures=tuple((name, unit, functools.partial(both_sides, measure),
                    _CARRYING)
                   for name, unit, measure in (
                       ("hip-knee-ankle angle", "deg", hip_knee_ankle_angle),
                       ("leg length", "mm", leg_length),
                       ("femur / tibia", "", femur_tibia_ratio))))

STAGES = (WHOLE,)
