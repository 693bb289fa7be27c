"""How one pelvis becomes many: smooth deformations around the hip joint.

There is one pelvis among the meshes.  Its roof is turned around the center of
the head (center-edge, Toennis and Sharp angle change), its width, height,
depth and the flare of its wings are drawn, and so are neck-shaft angle, length
and torsion of the femur.  Frames are those of anatomy.py: right side, mm,
origin in the center of the head: x anterior, y up, z lateral.
"""

from dataclasses import dataclass

import numpy as np

from mesh import about_anterior, about_lateral, about_vertical, smooth_step

# where the undeformed roof ends, degrees from straight up, lateral positive
EDGE_DEG, MEDIAL_DEG = 33.0, -36.0
ROOF_MM = 27.0             # of the roof's surface from the center
JOINT_MM = 32.0            # so far the joint keeps its round form
NECK_DEG = 40.0            # the neck's axis falls so much outward
NECK_AXIS = np.array([0.0, -np.sin(np.radians(NECK_DEG)),
                      np.cos(np.radians(NECK_DEG))])
NECK_PIVOT = 46.0 * NECK_AXIS
FLARE_FROM_MM = 45.0


@dataclass(frozen=True)
class Family:
    """Ranges that the shapes of a set of films are drawn from; several pairs
    of width, height and flare are kinds of pelvis."""

    kinds: tuple       # ((width), (height), (flare, degrees))
    depth: tuple
    femur: tuple       # the femur's size against the pelvis'


TRAINING = Family((((0.95, 1.06), (0.95, 1.06), (-4, 4)),), (0.93, 1.07),
                  (0.97, 1.03))
# wide and low with flared wings, or narrow and tall with steep ones
HELD_OUT = Family((((1.07, 1.12), (0.88, 0.94), (4.5, 8)),
                   ((0.88, 0.94), (1.07, 1.12), (-8, -4.5))), (0.9, 1.1),
                  (0.94, 1.06))


@dataclass
class HipShape:
    """One side; degrees and mm."""

    edge: float         # the roof's lateral end turned outward
    medial: float       # its medial end turned outward
    neck_shaft: float   # added to the neck-shaft angle
    neck_length: float
    torsion: float      # added anteversion
    gap: float          # of the joint, added
    femur: float        # scale
    turn: np.ndarray    # (3, 3) of the femur about its head


@dataclass
class PelvisShape:
    scale: float
    size: np.ndarray     # (3,) depth, height, width
    flare: float
    pose: np.ndarray     # (3, 3)
    hips: tuple          # HipShape of right and left


def draw_pelvis_shape(rng, family):
    scale = rng.uniform(0.88, 1.13)
    width, height, flare = (rng.uniform(*limits) for limits in family.kinds[
        rng.integers(len(family.kinds))])
    pose = (about_anterior(np.radians(rng.normal(0, 1.8)))
            @ about_vertical(np.radians(rng.normal(0, 2.0)))
            @ about_lateral(np.radians(rng.normal(0, 6))))
    common = rng.normal(0, 6), rng.normal(0, 4), rng.normal(0, 8)
    return PelvisShape(
        scale, np.array([rng.uniform(*family.depth), height, width]), flare,
        pose, tuple(_draw_hip(rng, family, *common) for _ in range(2)))


def _draw_hip(rng, family, roof, neck, rotation):
    """Both sides of a body are alike, not the same."""
    edge = np.clip(roof + rng.normal(-4, 6), -26, 13)
    turn = (about_anterior(np.radians(rng.normal(0, 4)))
            @ about_vertical(np.radians(rotation + rng.normal(0, 5)))
            @ about_lateral(np.radians(abs(rng.normal(0, 4)))))
    return HipShape(
        edge=edge, medial=np.clip(0.55 * edge + rng.normal(0, 3.5), -16, 10),
        neck_shaft=np.clip(neck + rng.normal(2, 4), -13, 16),
        neck_length=rng.normal(0, 3), torsion=rng.normal(0, 6),
        gap=np.clip(rng.normal(0, 0.9), -1.8, 1.8),
        femur=rng.uniform(*family.femur), turn=turn)


def shaped_pelvis(points, shape, hip):
    """Points (n, 3) of the right half of the pelvis, deformed."""
    points = _turned_roof(points, hip)
    away = smooth_step((np.linalg.norm(points, axis=1) - JOINT_MM) / 45)
    points = points * (1 + (shape.size - 1) * away[:, None])
    share = smooth_step((points[:, 1] - FLARE_FROM_MM) / 60)
    return turned(points, np.radians(shape.flare) * share,
                  (FLARE_FROM_MM, -30.0)) * shape.scale


def _turned_roof(points, hip):
    """Turned about the axis from front to back through the center, which
    leaves the socket round."""
    radius = np.hypot(points[:, 1], points[:, 2])
    angle = np.degrees(np.arctan2(points[:, 2], points[:, 1]))
    turn = np.interp(angle, (-110, MEDIAL_DEG, EDGE_DEG, 140),
                     (0, hip.medial, hip.edge, 0))
    near = (1 - smooth_step((radius - JOINT_MM) / 55)) * (
        1 - smooth_step((np.abs(points[:, 0]) - 25) / 45))
    return turned(points, np.radians(turn) * near, (0.0, 0.0))


def turned(points, angles, pivot):
    """Each point turned outward by its own angle about (y, z) = pivot."""
    up, out = points[:, 1] - pivot[0], points[:, 2] - pivot[1]
    cosine, sine = np.cos(angles), np.sin(angles)
    moved = points.copy()
    moved[:, 1] = pivot[0] + cosine * up - sine * out
    moved[:, 2] = pivot[1] + sine * up + cosine * out
    return moved


def along_neck(points):
    """mm from the head's center along the undeformed neck."""
    return points @ NECK_AXIS


def shaped_femur(points, shape, hip):
    """Points (n, 3) of the right femur, deformed, the head at the origin."""
    share = 1 - smooth_step((along_neck(points) - 18) / 34)
    both = np.concatenate([points, np.zeros((1, 3))])
    share = np.append(share, 1.0)
    both = both - share[:, None] * hip.neck_length * NECK_AXIS
    # outward is up for what lies medially: the neck gets steeper
    both = turned(both, np.radians(hip.neck_shaft) * share,
                  NECK_PIVOT[1:])
    both = _twisted(both, np.radians(hip.torsion) * share)
    return (both[:-1] - both[-1]) * shape.scale * hip.femur


def _twisted(points, angles):
    """Each point turned about the vertical through the neck's base."""
    forward, out = points[:, 0], points[:, 2] - NECK_PIVOT[2]
    cosine, sine = np.cos(angles), np.sin(angles)
    moved = points.copy()
    moved[:, 0] = cosine * forward + sine * out
    moved[:, 2] = NECK_PIVOT[2] - sine * forward + cosine * out
    return moved
