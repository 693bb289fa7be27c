"""The landmarks of a leg: their names, where they are on a bone, the angles.

Channel order of the model: eight landmarks of the right leg, then the same
eight of the left.  On the film the patient's right is on the image's left.
"""

import numpy as np

from anatomy import distal_femur, half_width, middle, proximal_tibia

SIDES = ("right", "left")
NAMES = ("hip_center", "femoral_knee_center", "tibial_knee_center",
         "ankle_center", "medial_femoral_condyle", "lateral_femoral_condyle",
         "medial_tibial_plateau", "lateral_tibial_plateau")
CHANNELS = tuple(f"{side}.{name}" for side in SIDES for name in NAMES)
MIRRORED_CHANNELS = tuple(range(8, 16)) + tuple(range(8))
HIP, FEMORAL_KNEE, TIBIAL_KNEE, ANKLE = range(4)


def femoral_landmarks(femur):
    """{name: (3,)} on the distal end of a right femur's vertices (n, 3).

    The knee center is the bottom of the groove between the condyles, which an
    AP film shows as the top of the notch; the condyles' landmarks are their
    lowest points.
    """
    condyles = distal_femur(femur)
    center_z, half = middle(condyles[:, 2]), half_width(condyles[:, 2])
    lateral = (condyles[:, 2] - center_z) / half  # -1 medial, +1 lateral

    def lowest(position):
        near = condyles[np.abs(lateral - position) < 0.2]
        return near[near[:, 1].argmin()]

    groove = condyles[np.abs(condyles[:, 2] - center_z) < 4]
    return {
        "femoral_knee_center": np.array([condyles[:, 0].mean(),
                                         groove[:, 1].min(), center_z]),
        "medial_femoral_condyle": lowest(-0.45),
        "lateral_femoral_condyle": lowest(0.45),
    }


def tibial_landmarks(tibia):
    """{name: (3,)} on the proximal end of a right tibia's vertices (n, 3).

    The knee center is the height of the eminence in the middle of the
    plateau; the plateaus' landmarks are halfway out to each side.
    """
    plateau = proximal_tibia(tibia)
    center_z, half = middle(plateau[:, 2]), half_width(plateau[:, 2])

    def highest(position, within_mm):
        near = plateau[np.abs(plateau[:, 2] - center_z - position * half)
                       < within_mm]
        if not len(near):
            raise ValueError("the plateau has a gap")
        return np.array([near[:, 0].mean(), near[:, 1].max(),
                         center_z + position * half])

    return {
        "tibial_knee_center": highest(0.0, 7.0),
        "medial_tibial_plateau": highest(-0.5, 3.5),
        "lateral_tibial_plateau": highest(0.5, 3.5),
    }


def frontal_angle(first, second):
    """Degrees between two vectors (3,) seen from the front (y and z)."""
    first, second = first[1:], second[1:]
    cosine = first @ second / np.linalg.norm(first) / np.linalg.norm(second)
    return np.degrees(np.arccos(np.clip(cosine, -1, 1)))


def hip_knee_ankle_angle(points, side):
    """Degrees through the medial side of legs (..., 16, 2) on the film.

    Between the ray from the femoral knee center to the hip and the ray from
    the tibial knee center to the ankle: 180 neutral, less is varus.
    """
    points = np.asarray(points, float)
    first = 8 * SIDES.index(side)
    hip, femoral_knee, tibial_knee, ankle = (
        points[..., first + k, :] for k in (HIP, FEMORAL_KNEE, TIBIAL_KNEE,
                                            ANKLE))
    femur, tibia = hip - femoral_knee, ankle - tibial_knee
    femur_angle = np.arctan2(femur[..., 1], femur[..., 0])
    tibia_angle = np.arctan2(tibia[..., 1], tibia[..., 0])
    sweep = tibia_angle - femur_angle  # image x right, y down: clockwise
    return np.degrees(sweep if side == "right" else -sweep) % 360


def leg_length(points, side):
    """Hip center to ankle center of legs (..., 16, 2), in units of points."""
    points = np.asarray(points, float)
    first = 8 * SIDES.index(side)
    return np.linalg.norm(points[..., first + HIP, :]
                          - points[..., first + ANKLE, :], axis=-1)


def knee_angles(points, side, edges):
    """{name: degrees} of one leg (16, 2), its joint's tangents between the
    condyles' lowest points and between the middles of the tibia's visible
    edges ({"medial_tibia_5": (2,), "lateral_tibia_5": ...}).

    mldfa and mpta are the lateral and the medial angle to the mechanical
    axes; jlca is positive where the joint opens laterally.
    """
    place = dict(zip(NAMES, np.asarray(points, float)[
        8 * SIDES.index(side):]))
    femur = (place["lateral_femoral_condyle"]
             - place["medial_femoral_condyle"])
    tibia = edges["lateral_tibia_5"] - edges["medial_tibia_5"]
    inward = 1 if side == "right" else -1
    convergence = _clockwise(femur, tibia) * -inward
    return {
        "mldfa": abs(_clockwise(place["hip_center"]
                                - place["femoral_knee_center"], femur)),
        "mpta": abs(_clockwise(place["ankle_center"]
                               - place["tibial_knee_center"], -tibia)),
        "jlca": convergence}


def _clockwise(first, second):
    """Degrees from one vector (2,) to another on the film, -180 to 180."""
    cross = first[0] * second[1] - first[1] * second[0]
    return float(np.degrees(np.arctan2(cross, first @ second)))


def mechanical_axis_deviation(points, side):
    """Distance of the knee's center, halfway between femur's and tibia's,
    from the line hip to ankle of a leg (16, 2), in units of points; positive
    where the line passes medially."""
    place = np.asarray(points, float)[8 * SIDES.index(side):]
    axis = place[ANKLE] - place[HIP]
    knee = 0.5 * (place[FEMORAL_KNEE] + place[TIBIAL_KNEE]) - place[HIP]
    inward = 1 if side == "right" else -1
    # a right leg's medial side is to the right of the film
    right_of_line = (axis[1] * knee[0] - axis[0] * knee[1])
    return float(-inward * right_of_line / np.hypot(*axis))


def femur_tibia_ratio(points, side):
    """Femur length / tibia length between the mechanical axes' points."""
    points = np.asarray(points, float)
    first = 8 * SIDES.index(side)

    def distance(one, other):
        return np.linalg.norm(points[..., first + one, :]
                              - points[..., first + other, :], axis=-1)

    return distance(HIP, FEMORAL_KNEE) / distance(TIBIAL_KNEE, ANKLE)
