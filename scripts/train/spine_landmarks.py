"""The landmarks of a spine, and the Cobb angle between them.

Channel order: the four corners of each vertebral body from T1 down, then
C7.center and the two corners of the sacral endplate.  "left" and "right" are
those of the film: upper_left is on the left of the picture, which an AP film
shows of the patient's right.
"""

from typing import NamedTuple, Optional

import numpy as np

from vertebrae import NAMES

CORNERS = ("upper_left", "upper_right", "lower_left", "lower_right")
CHANNELS = (tuple(f"{name}.{corner}" for name in NAMES for corner in CORNERS)
            + ("C7.center", "S1.upper_left", "S1.upper_right"))
BODIES = len(NAMES)
C7_CENTER, S1_LEFT, S1_RIGHT = range(4 * BODIES, 4 * BODIES + 3)
# a mirrored film: left and right corners change places
MIRRORED_CHANNELS = tuple(
    4 * body + corner for body in range(BODIES) for corner in (1, 0, 3, 2)
) + (C7_CENTER, S1_RIGHT, S1_LEFT)


def endplate_tilts(points):
    """(upper, lower), each (..., 17): degrees that the endplates of spines
    (..., 71, 2) are turned clockwise from the film's horizontal."""
    corners = np.asarray(points, float)[..., :4 * BODIES, :]
    corners = corners.reshape(*corners.shape[:-2], BODIES, 4, 2)
    return tuple(np.degrees(np.arctan2(plate[..., 1], plate[..., 0]))
                 for plate in (corners[..., 1, :] - corners[..., 0, :],
                               corners[..., 3, :] - corners[..., 2, :]))


class Curve(NamedTuple):
    """A curve of one spine: its Cobb angle in degrees, its end vertebrae and
    its apical one (None: there is none between them) as indices into NAMES,
    and whether it bulges to the right of the film."""

    angle: float
    upper: int
    lower: int
    apex: Optional[int]
    to_right: bool


def largest_curve(points, first=0, last=BODIES - 1):
    """The Curve of the largest angle between the upper endplate of a vertebra
    from first on and the lower endplate of one further down, up to last; None
    where there are not two.  points (71, 2)."""
    upper, lower = endplate_tilts(points)
    turns = lower[None, :] - upper[:, None]
    angles = np.abs(turns)
    angles[np.tril_indices(BODIES)] = -1
    angles[:first], angles[:, last + 1:] = -1, -1
    i, k = (int(index) for index in
            np.unravel_index(angles.argmax(), angles.shape))
    if angles[i, k] < 0:
        return None
    to_right = bool(turns[i, k] > 0)
    across = np.asarray(points, float)[:4 * BODIES, 0].reshape(BODIES, 4)
    off = (1 if to_right else -1) * across.mean(1)[i + 1:k]
    apex = i + 1 + int(off.argmax()) if len(off) else None
    return Curve(float(angles[i, k]), i, k, apex, to_right)


def curves(points):
    """(largest Curve, the one above it or None, the one below it or None)."""
    main = largest_curve(points)
    return (main, largest_curve(points, last=main.upper),
            largest_curve(points, first=main.lower))


def coronal_balance(points):
    """How far C7 is from the sacrum's middle toward the patient's right, which
    is the left of the film (..., 71, 2), in units of points."""
    points = np.asarray(points, float)
    sacrum = 0.5 * (points[..., S1_LEFT, 0] + points[..., S1_RIGHT, 0])
    return sacrum - points[..., C7_CENTER, 0]
