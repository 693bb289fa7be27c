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


def femur_tibia_ratio(points, side):
    """Femur length / tibia length between the mechanical axes' points."""
    points = np.asarray(points, float)
    first = 8 * SIDES.index(side)

    def distance(one, other):
        return np.linalg.norm(points[..., first + one, :]
                              - points[..., first + other, :], axis=-1)

    return distance(HIP, FEMORAL_KNEE) / distance(TIBIAL_KNEE, ANKLE)
