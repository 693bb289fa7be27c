"""The landmarks of a pelvis film, per side, and what is measured with them.

hip_center      center of the femoral head, or of the implant's
teardrop        lower end of the teardrop
lesser_trochanter  its most medial point
shaft_upper, shaft_middle, shaft_lower  middle of the femur's shaft
stem_top, stem_tip  on the axis of a stem
head_1 to head_4   the head's outline at HEAD_DEG, from lateral over the top
roof_edge, roof_medial   both ends of the sclerotic roof of the acetabulum
neck_axis       on the axis of the neck, 2 head radii from the head's center
cup_lateral, cup_medial  ends of the cup's opening
"""

import numpy as np

from landmarks import SIDES

WHOLE = ("hip_center", "teardrop", "lesser_trochanter", "shaft_upper",
         "shaft_middle", "shaft_lower", "stem_top", "stem_tip")
HIP = ("teardrop", "lesser_trochanter", "head_1", "head_2", "head_3",
       "head_4", "roof_edge", "roof_medial", "neck_axis", "cup_lateral",
       "cup_medial")
HEADS = HIP[2:6]
HEAD_DEG = (25.0, 90.0, 165.0, 235.0)
NATIVE = HEADS + ("roof_edge", "roof_medial", "neck_axis")
CUP, STEM = ("cup_lateral", "cup_medial"), ("stem_top", "stem_tip")
NAMES = WHOLE + HIP[2:]
CHANNELS = tuple(f"{side}.{name}" for side in SIDES for name in WHOLE)
MIRRORED = tuple(range(len(WHOLE), 2 * len(WHOLE))) + tuple(
    range(len(WHOLE)))


def circle_center(points):
    """(..., 2): center of the circle that fits points (..., n, 2) best."""
    points = np.asarray(points, float)
    mean = points.mean(-2, keepdims=True)
    off = points - mean
    matrix = np.concatenate([2 * off, np.ones_like(off[..., :1])], -1)
    squares = (off**2).sum(-1, keepdims=True)
    solution = np.linalg.pinv(matrix) @ squares
    return solution[..., :2, 0] + mean[..., 0, :]


def clockwise_deg(first, second):
    """From vectors (..., 2) to others on the film, -180 to 180."""
    cross = (first[..., 0] * second[..., 1] - first[..., 1] * second[..., 0])
    return np.degrees(np.arctan2(cross, (first * second).sum(-1)))


def roof_angles(place, lateral, side=1):
    """(center-edge, Toennis, Sharp) degrees of points {name: (..., 2)}.

    lateral: (..., 2) along the teardrops toward that side; side: 1 of a right
    hip, -1 of a left one.
    """
    center = circle_center(np.stack([place[name] for name in HEADS], -2))
    plumb = side * np.stack([lateral[..., 1], -lateral[..., 0]], -1)   # down
    edge = place["roof_edge"]
    return (-side * clockwise_deg(plumb, center - edge),
            side * clockwise_deg(lateral, edge - place["roof_medial"]),
            np.abs(clockwise_deg(lateral, edge - place["teardrop"])))


def neck_shaft(place):
    """Degrees between the neck's axis, upward, and the shaft's, downward."""
    center = circle_center(np.stack([place[name] for name in HEADS], -2))
    return np.abs(clockwise_deg(center - place["neck_axis"],
                                shaft_direction(place)))


def shaft_direction(place):
    """(..., 2): down the line that fits the shaft's points best."""
    points = np.stack([place[name] for name in WHOLE[3:6]], -2)
    off = points - points.mean(-2, keepdims=True)
    direction = np.linalg.svd(off, full_matrices=False)[2][..., 0, :]
    sign = np.sign((direction * (off[..., 2, :] - off[..., 0, :])).sum(-1))
    return direction * sign[..., None]


def height_below(point, right, left):
    """Distance of points (..., 2) below the line of the teardrops."""
    line = left - right
    line = line / np.linalg.norm(line, axis=-1, keepdims=True)
    off = point - right
    return line[..., 0] * off[..., 1] - line[..., 1] * off[..., 0]


def numbers_of(film):
    """{(id, side or None): value}, degrees and pixels, of {side: {name:
    (2,)}}, names that the film does not show left out."""
    right, left = (film[side].get("teardrop") for side in SIDES)
    found = {}
    for k, side in enumerate(SIDES):
        place, sign = film[side], (1, -1)[k]
        lateral = (right - left) * sign
        if all(name in place for name in NATIVE):
            angles = roof_angles(place, lateral, sign)
            found.update({(name, side): value for name, value in zip(
                ("lce", "tonnis", "sharp"), angles)})
        shaft = all(name in place for name in WHOLE[3:6])
        if shaft and all(name in place for name in NATIVE):
            found["nsa", side] = neck_shaft(place)
        if all(name in place for name in CUP):
            cup = place["cup_lateral"] - place["cup_medial"]
            found["cup_inclination", side] = abs(clockwise_deg(lateral, cup))
        if shaft and all(name in place for name in STEM):
            found["stem_alignment", side] = sign * clockwise_deg(
                shaft_direction(place), place["stem_tip"] - place["stem_top"])
        if "lesser_trochanter" in place:
            found["trochanter_height", side] = height_below(
                place["lesser_trochanter"], right, left)
    heights = [found.get(("trochanter_height", side)) for side in SIDES]
    if None not in heights:
        found["leg_length_difference", None] = heights[0] - heights[1]
    return {key: float(value) for key, value in found.items()}
