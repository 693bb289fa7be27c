"""Setting a tibia under a femur: centering, joint line, gap, flexion."""

import numpy as np

from anatomy import distal_femur, half_width, middle, proximal_tibia
from landmarks import femoral_landmarks, tibial_landmarks
from mesh import about_anterior, about_lateral

BELOW_KNEE = ("tibia", "fibula", "talus", "calcaneus", "ankle_center",
              "tibial_knee_center", "medial_tibial_plateau",
              "lateral_tibial_plateau")
# where the condyles bear, as shares of the half width from the middle
BEARING = np.concatenate([np.arange(-0.62, -0.25, 0.04),
                          np.arange(0.25, 0.62, 0.04)])


def fit_knee(leg, shape):
    """Move the tibia and what hangs on it to the drawn joint space."""
    condyles = distal_femur(leg.bones["femur"])
    plateau = proximal_tibia(leg.bones["tibia"])
    center = np.array([condyles[:, 0].mean() - 2 - middle(plateau[:, 0]), 0,
                       middle(condyles[:, 2]) - middle(plateau[:, 2])])
    leg.move(np.eye(3), offset=center, only=BELOW_KNEE)
    for _ in range(2):  # turning moves the landmarks, hence twice
        tilt = _plateau_tilt(leg) - _condyle_tilt(leg)
        _turn_tibia(leg, tilt)
    _turn_tibia(leg, np.radians(shape.joint_line_convergence))
    rise = narrowest_gap(leg, shape.bearing_from) - shape.joint_gap
    leg.move(np.eye(3), offset=[0, rise, 0], only=BELOW_KNEE)


def flex_knee(leg, degrees):
    """Flex about the axis through the condyles (z)."""
    femur = leg.bones["femur"]
    condyles = distal_femur(femur)
    axis = np.array([condyles[:, 0].mean(), femur[:, 1].min() + 18,
                     middle(condyles[:, 2])])
    leg.move(about_lateral(np.radians(-degrees)), pivot=axis, only=BELOW_KNEE)


def narrowest_gap(leg, bearing_from):
    """Least height in mm between the condyles and the plateau, at least that
    share of the half width from the middle."""
    condyles = distal_femur(leg.bones["femur"])
    plateau = proximal_tibia(leg.bones["tibia"])
    center = middle(condyles[:, 2])
    femur_half, tibia_half = (half_width(condyles[:, 2]),
                              half_width(plateau[:, 2]))
    gaps = []
    for place in BEARING[np.abs(BEARING) >= bearing_from]:
        above = condyles[np.abs(condyles[:, 2] - center - place * femur_half)
                         < 2.2]
        below = plateau[np.abs(plateau[:, 2] - center - place * tibia_half)
                        < 2.2]
        if len(above) and len(below):
            gaps.append(above[:, 1].min() - below[:, 1].max())
    if not gaps:
        raise ValueError("the knee's surfaces do not face each other")
    return min(gaps)


def _turn_tibia(leg, angle):
    tibia = leg.bones["tibia"]
    plateau = proximal_tibia(tibia)
    pivot = np.array([middle(plateau[:, 0]), tibia[:, 1].max(),
                      middle(distal_femur(leg.bones["femur"])[:, 2])])
    leg.move(about_anterior(angle), pivot=pivot, only=BELOW_KNEE)


def _tilt(medial, lateral):
    """Radians by which the lateral point is higher."""
    return np.arctan2(lateral[1] - medial[1], lateral[2] - medial[2])


def _condyle_tilt(leg):
    points = femoral_landmarks(leg.bones["femur"])
    return _tilt(points["medial_femoral_condyle"],
                 points["lateral_femoral_condyle"])


def _plateau_tilt(leg):
    points = tibial_landmarks(leg.bones["tibia"])
    return _tilt(points["medial_tibial_plateau"],
                 points["lateral_tibial_plateau"])
