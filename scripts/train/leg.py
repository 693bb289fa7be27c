"""One right leg: drawing its shape, deforming the bones, fitting the joint.

A shape is a handful of clinical quantities.  The femur and the tibia are bent
smoothly until their joint angles are the drawn ones, then the tibia is set
under the femur with the drawn joint line convergence and gap, and flexed.
Everything is in the femur frame (origin: center of the femoral head).
"""

from dataclasses import dataclass, field

import numpy as np

from knee import fit_knee, flex_knee
from landmarks import femoral_landmarks, frontal_angle, tibial_landmarks
from mesh import smooth_step

LARGEST_BEND_DEG = 20.0  # beyond it a bone folds up
BONES_OF_TIBIA = ("tibia", "fibula", "talus", "calcaneus")


@dataclass
class LegShape:
    """What one leg looks like; lengths in mm, angles in degrees."""

    length_scale: float
    femur_width_scale: float
    tibia_width_scale: float
    distal_femoral_angle: float   # mLDFA: 88 is usual, less is valgus
    proximal_tibial_angle: float  # MPTA: 87 is usual, less is varus
    joint_line_convergence: float
    coronal_bow: float            # mm of the femoral shaft, outward
    neck_shaft_change: float
    flexion: float
    rotation: float               # of the whole leg about its long axis
    joint_gap: float              # mm at the narrowest point
    cortex_scale: float
    bearing_from: float = 0.25    # where the gap is, see knee.BEARING


def draw_leg_shape(rng, body_scale):
    """A LegShape from the usual spread, with some severe deformity in it."""
    deformed = rng.random() < 0.2
    worn = rng.random() < 0.25
    return LegShape(
        length_scale=body_scale * rng.uniform(0.97, 1.03),
        femur_width_scale=body_scale * rng.uniform(0.92, 1.10),
        tibia_width_scale=body_scale * rng.uniform(0.92, 1.10),
        distal_femoral_angle=rng.normal(88, 4.5 if deformed else 2.4),
        proximal_tibial_angle=rng.normal(87, 5.0 if deformed else 2.4),
        joint_line_convergence=rng.normal(-0.8, 2.4 if deformed else 1.5),
        coronal_bow=rng.normal(0, 4.0),
        neck_shaft_change=rng.normal(0, 4.0),
        flexion=abs(rng.normal(0, 4.0)),
        rotation=rng.normal(0, 8.0),
        joint_gap=(rng.uniform(0, 2) if worn
                   else max(0.3, rng.normal(4.2, 1.6))),
        cortex_scale=rng.uniform(0.7, 1.25))


@dataclass
class Leg:
    """A posed right leg: {bone: vertices (n, 3)} and {landmark: (3,)}."""

    bones: dict = field(default_factory=dict)
    landmarks: dict = field(default_factory=dict)

    def move(self, matrix, pivot=(0.0, 0.0, 0.0), offset=(0.0, 0.0, 0.0),
             only=None):
        """Rotate about pivot, then shift, all bones or those in `only`."""
        pivot, offset = np.asarray(pivot), np.asarray(offset)
        for points in (self.bones, self.landmarks):
            for name in points:
                if only is None or name in only:
                    points[name] = ((points[name] - pivot) @ matrix.T
                                    + pivot + offset)


def bend_femur(vertices, anatomy, shape, angle):
    """Scale a femur's vertices and bend the distal third by angle degrees."""
    bent = vertices * [shape.femur_width_scale, shape.length_scale,
                       shape.femur_width_scale]
    length = anatomy.femur_length * shape.length_scale
    down = -bent[:, 1] / length  # 0 at the head's center, 1 at the condyles
    bent[:, 2] += (np.tan(np.radians(shape.neck_shaft_change)) * 30
                   * smooth_step(down / 0.15))
    bent[:, 2] += shape.coronal_bow * np.sin(np.pi * np.clip(down, 0, 1))
    share = smooth_step((down - 0.62) / 0.25)
    pivot = (-0.72 * length, anatomy.knee_z * shape.femur_width_scale)
    return _bend(bent, np.radians(angle) * share, pivot)


def bend_tibia(vertices, anatomy, shape, angle):
    """Scale a tibia's vertices and tilt its proximal end by angle degrees."""
    bent = vertices * [shape.tibia_width_scale, shape.length_scale,
                       shape.tibia_width_scale]
    length = anatomy.tibia_length * shape.length_scale
    share = 1 - smooth_step((-bent[:, 1] / length - 0.08) / 0.25)
    return _bend(bent, np.radians(angle) * share, (-0.2 * length, 0.0))


def _bend(vertices, angles, pivot):
    """Turn each vertex by its own angle about (y, z) = pivot."""
    up, lateral = vertices[:, 1] - pivot[0], vertices[:, 2] - pivot[1]
    cosine, sine = np.cos(angles), np.sin(angles)
    bent = vertices.copy()
    bent[:, 1] = pivot[0] + cosine * up - sine * lateral
    bent[:, 2] = pivot[1] + sine * up + cosine * lateral
    return bent


def solve_bend(measure, target):
    """The bend in degrees for which measure(bend) is target (secant)."""
    before, bend = 0.0, 2.0
    value_before, value = measure(before), measure(bend)
    for _ in range(8):
        if abs(value - target) < 0.1 and abs(bend) < LARGEST_BEND_DEG:
            return bend
        step = (target - value) * (bend - before) / (value - value_before)
        before, value_before = bend, value
        bend = bend + step
        value = measure(bend)
    raise ValueError(f"no bend gives {target:.1f} degrees")


def _distal_femoral_angle(femur):
    points = femoral_landmarks(femur)
    knee = points["femoral_knee_center"]
    return frontal_angle(points["lateral_femoral_condyle"]
                         - points["medial_femoral_condyle"], -knee)


def _proximal_tibial_angle(tibia, ankle):
    points = tibial_landmarks(tibia)
    return frontal_angle(points["medial_tibial_plateau"]
                         - points["lateral_tibial_plateau"],
                         ankle - points["tibial_knee_center"])


def build_leg(anatomy, shape):
    """A Leg of this shape, knee fitted and flexed, in the femur frame."""
    leg = Leg()
    femur_bend = solve_bend(
        lambda bend: _distal_femoral_angle(
            bend_femur(anatomy.femur.vertices, anatomy, shape, bend)),
        shape.distal_femoral_angle)
    for name in ("femur", "patella"):
        leg.bones[name] = bend_femur(getattr(anatomy, name).vertices, anatomy,
                                     shape, femur_bend)

    def ankle_after(bend):
        return bend_tibia(anatomy.ankle_center[None], anatomy, shape, bend)[0]

    tibia_bend = solve_bend(
        lambda bend: _proximal_tibial_angle(
            bend_tibia(anatomy.tibia.vertices, anatomy, shape, bend),
            ankle_after(bend)),
        shape.proximal_tibial_angle)
    for name in BONES_OF_TIBIA:
        leg.bones[name] = bend_tibia(getattr(anatomy, name).vertices, anatomy,
                                     shape, tibia_bend)
    leg.landmarks["ankle_center"] = ankle_after(tibia_bend)
    fit_knee(leg, shape)
    leg.landmarks["hip_center"] = np.zeros(3)
    leg.landmarks.update(femoral_landmarks(leg.bones["femur"]))
    leg.landmarks.update(tibial_landmarks(leg.bones["tibia"]))
    flex_knee(leg, shape.flexion)
    return leg
