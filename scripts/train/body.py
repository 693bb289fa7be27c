"""Two legs and a pelvis, standing: what the X-ray beam passes through.

Legs are built as right legs (leg.py), stood up under the acetabula, and the
left one mirrored.  The result is in the film frame of xray.py, mm: x to the
right of the image (the patient's left), y down, z along the beam, so the
patient faces the source; z = 0 is the frontal plane of the hip centers.
"""

from dataclasses import dataclass

import numpy as np

from landmarks import NAMES, SIDES
from leg import build_leg, draw_leg_shape
from mesh import (Mesh, about_anterior, about_lateral, about_vertical,
                  inner_surface)
from radiograph import Bone
from soft_tissue import soft_tissue_mm

# bone: cortex in mm at mid shaft and at the ends
CORTEX_MM = {"femur": (5.5, 1.3), "patella": (1.5, 1.5), "tibia": (5.0, 1.3),
             "fibula": (3.0, 1.0), "talus": (1.3, 1.3),
             "calcaneus": (1.3, 1.3), "pelvis": (1.6, 1.6),
             "sacrum": (1.2, 1.2)}
LONG_BONES = ("femur", "tibia", "fibula")
KNEE_CLEARANCE_MM = 48   # from the midline: legs do not pass through
ANKLE_CLEARANCE_MM = 38  # each other


@dataclass
class Body:
    """bones; landmarks (16, 3) in channel order; scale 1 is the original."""

    bones: list
    landmarks: np.ndarray
    scale: float
    solids: tuple = ()

    def soft_tissue_mm(self, rng, beam, detector):
        return soft_tissue_mm(rng, self, beam, detector)

    def landmark(self, side, name):
        return self.landmarks[8 * SIDES.index(side) + NAMES.index(name)]


def draw_body(rng, anatomy, draw_shape=draw_leg_shape):
    """A Body drawn from rng, each leg's shape by draw_shape(rng, scale).
    Raises ValueError when the parts do not fit."""
    scale = rng.uniform(0.88, 1.13)
    obliquity = about_anterior(np.radians(rng.normal(0, 1.5)))
    pelvic_tilt = about_lateral(np.radians(rng.normal(0, 6)))
    hip_z = -anatomy.midline_z * scale * rng.uniform(0.93, 1.07)
    bones, landmarks = [], []
    for side in SIDES:
        shape = draw_shape(rng, scale)
        leg = build_leg(anatomy, shape)
        _stand_leg(leg, shape, hip_z, lean=rng.normal(0.8, 1.6))
        leg.bones["pelvis"] = (anatomy.pelvis.vertices * scale
                               @ pelvic_tilt.T + [0, 0, hip_z])
        mirror = np.array([1, 1, 1 if side == "right" else -1])
        for name, vertices in leg.bones.items():
            triangles = getattr(anatomy, name).triangles
            mesh = Mesh(vertices, triangles)
            if side == "left":
                mesh = mesh.mirrored()
            bones.append(_posed_bone(name, mesh, obliquity,
                                     scale * shape.cortex_scale))
        landmarks += [obliquity @ (leg.landmarks[name] * mirror)
                      for name in NAMES]
    sacrum = anatomy.sacrum.shifted([0, 0, -anatomy.midline_z])
    sacrum = sacrum.moved(sacrum.vertices * scale @ pelvic_tilt.T)
    bones.append(_posed_bone("sacrum", sacrum, obliquity, 1.0))
    return Body(bones, to_film(np.array(landmarks)), scale)


def to_film(points):
    """Body frame (anterior, up, right) to film frame (right, down, beam)."""
    return np.stack([-points[..., 2], -points[..., 1], -points[..., 0]], -1)


def _posed_bone(name, mesh, obliquity, cortex_scale):
    mesh = mesh.moved(mesh.vertices @ obliquity.T)
    shaft, end = CORTEX_MM[name]
    inner = inner_surface(mesh, 1, shaft * cortex_scale, end * cortex_scale)
    return Bone(name, mesh.moved(to_film(mesh.vertices)),
                inner.moved(to_film(inner.vertices)), name in LONG_BONES)


def _stand_leg(leg, shape, hip_z, lean):
    """Turn the leg, then abduct it: its axis leans `lean` degrees outward,
    or more when the knee or the ankle would cross the midline."""
    leg.move(about_vertical(np.radians(shape.rotation))
             @ about_lateral(np.radians(0.5 * shape.flexion)))
    ankle = leg.landmarks["ankle_center"]
    knee = leg.landmarks["femoral_knee_center"]
    abduction = lean - np.degrees(np.arctan2(ankle[2], -ankle[1]))
    for _ in range(40):
        turned = about_anterior(np.radians(-abduction))
        knee_z = (turned @ knee)[2] + hip_z
        ankle_z = (turned @ ankle)[2] + hip_z
        if (knee_z > KNEE_CLEARANCE_MM * shape.femur_width_scale
                and ankle_z > ANKLE_CLEARANCE_MM * shape.length_scale):
            break
        abduction += 0.5
    leg.move(about_anterior(np.radians(-abduction)), offset=[0, 0, hip_z])
