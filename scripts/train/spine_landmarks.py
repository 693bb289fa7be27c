"""The landmarks of a spine, and the Cobb angle between them.

Channel order: the four corners of each vertebral body from T1 down, then
C7.center and the two corners of the sacral endplate.  "left" and "right" are
those of the film: upper_left is on the left of the picture, which an AP film
shows of the patient's right.
"""

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


def largest_cobb(points):
    """(degrees, upper end vertebra, lower end vertebra) of one spine.

    The largest angle between the upper endplate of a vertebra and the lower
    endplate of one further down; the vertebrae as indices into NAMES.
    """
    upper, lower = endplate_tilts(points)
    angles = np.abs(upper[:, None] - lower[None])
    angles[np.tril_indices(BODIES)] = -1
    first, last = np.unravel_index(angles.argmax(), angles.shape)
    return angles[first, last], int(first), int(last)


def coronal_balance(points):
    """How far C7 is from the sacrum's middle toward the patient's right, which
    is the left of the film (..., 71, 2), in units of points."""
    points = np.asarray(points, float)
    sacrum = 0.5 * (points[..., S1_LEFT, 0] + points[..., S1_RIGHT, 0])
    return sacrum - points[..., C7_CENTER, 0]
