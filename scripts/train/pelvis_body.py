"""A pelvis with both hips, some of them replaced: what a pelvis film shows.

Built as right halves in the frames of anatomy.py, deformed, the left one
mirrored, and posed; the result is in the film frame of xray.py with the
patient facing the source.
"""

from dataclasses import dataclass, field

import numpy as np

from anatomy import Anatomy
from body import CORTEX_MM, to_film
from implant import draw_implant
from landmarks import SIDES
from mesh import Mesh, about_anterior, about_lateral, inner_surface
from pelvis_landmarks import STEM
from pelvis_shape import (EDGE_DEG, MEDIAL_DEG, NECK_AXIS, ROOF_MM,
                          along_neck, draw_pelvis_shape, shaped_femur,
                          shaped_pelvis)
from radiograph import Bone, Solid
from soft_tissue import soft_tissue_mm
from spine_body import S1_CENTER
from trunk import gas_share
from vertebrae import load_vertebrae

SHAFT_MM = (80.0, 105.0, 130.0)   # of its landmarks below the head
CUT_MM = 25.0            # along the neck: what an implant replaces
SYMPHYSIS_MM = 2.0       # half of it
LUMBAR = ((16, 24.0, -18.0), (15, 61.0, -6.0))   # vertebra, height, tilt
SOURCIL = 0.016          # attenuation per mm of the sclerotic roof


class PelvisAnatomy:
    """Bones, and which of their vertices are landmarks."""

    def __init__(self, mesh_directory):
        anatomy = Anatomy(mesh_directory)
        self.midline_z, self.head_radius = (anatomy.midline_z,
                                            anatomy.head_radius)
        self.pelvis, self.femur = anatomy.pelvis, anatomy.femur
        self.sacrum = anatomy.sacrum.shifted([0, 0, -anatomy.midline_z])
        self.vertebrae = load_vertebrae(mesh_directory)
        self.find_on_pelvis(anatomy.pelvis.vertices)
        self.find_on_femur(anatomy.femur.vertices)

    def find_on_pelvis(self, vertices):
        x, y, z = vertices.T
        self.teardrop = np.nonzero(
            (np.abs(y + 12.4) < 1.4) & (z > -35) & (z < -29) & (x > -1)
            & (x < 17))[0]
        near = np.linalg.norm(vertices, axis=1) < 34
        self.edge = np.nonzero(near & (y > 21.5) & (y < 27) & (z > 15))[0]

    def find_on_femur(self, vertices):
        y, z = vertices[:, 1:].T
        level = (y > -60) & (y < -42)
        self.trochanter = np.nonzero(level)[0][np.argsort(z[level])[:8]]
        self.rings = [np.nonzero(np.abs(y + below) < 5)[0]
                      for below in SHAFT_MM]
        along = along_neck(vertices)
        aside = np.linalg.norm(vertices - along[:, None] * NECK_AXIS, axis=1)
        self.neck = np.nonzero((np.abs(along - 26) < 2.5) & (aside < 21))[0]


@dataclass
class Side:
    """One hip in the film frame, mm: pelvis and femur vertices (n, 3), the
    head's center and radius, points {name: (3,)}, and the cup's opening."""

    pelvis: np.ndarray
    femur: np.ndarray
    head: np.ndarray
    radius: float
    points: dict = field(default_factory=dict)
    opening: tuple = None     # unit normal and radius; None: no implant


@dataclass
class PelvisBody:
    bones: list
    solids: list
    sides: dict         # Side of "right" and "left"
    scale: float
    crest: float        # y of the highest point of both iliac crests
    landmarks: np.ndarray = None

    def __post_init__(self):
        self.landmarks = np.stack([self.sides[side].head for side in SIDES])

    def landmark(self, side, name):
        """As of a standing body: knee and ankle are far below."""
        below = {"hip_center": 0, "femoral_knee_center": 400,
                 "ankle_center": 780}[name]
        return self.sides[side].head + [0, below * self.scale, 0]

    def soft_tissue_mm(self, rng, beam, detector):
        thickness = soft_tissue_mm(rng, self, beam, detector)
        x = detector.column_positions()[None] / beam.magnification
        y = detector.row_positions()[:, None] / beam.magnification
        middle = self.landmarks[:, :2].mean(0)
        gas = gas_share(rng, x, y, middle[0],
                        (self.crest, middle[1] + 10 * self.scale),
                        self.scale)
        return thickness * (1 - gas)


def draw_pelvis_body(rng, anatomy, family, implant_share):
    """A PelvisBody drawn from rng; each hip is replaced with that share."""
    shape = draw_pelvis_shape(rng, family)
    parts = _Parts(shape, rng.uniform(0.7, 1.2))
    half = []
    for side, hip in zip(SIDES, shape.hips):
        vertices = shaped_pelvis(anatomy.pelvis.vertices, shape, hip)
        middle = -(vertices[:, 2].min() - SYMPHYSIS_MM * shape.scale)
        half.append(middle)
        place = _Place(side == "left", np.array([0, 0, middle]), shape.pose)
        parts.sides[side] = _build_side(rng, anatomy, shape, hip, parts,
                                        place, vertices,
                                        rng.random() < implant_share)
    _add_spine(rng, anatomy, shape, parts)
    crest = min(part.pelvis[:, 1].min() for part in parts.sides.values())
    return PelvisBody(parts.bones, parts.solids, parts.sides, shape.scale,
                      crest)


@dataclass
class _Place:
    """How a right half becomes one of the body, in the film frame."""

    mirrored: bool
    offset: np.ndarray
    pose: np.ndarray

    def points(self, points):
        points = np.asarray(points) + self.offset
        if self.mirrored:
            points = points * [1, 1, -1]
        return to_film(points @ self.pose.T)

    def direction(self, vector):
        origin = np.zeros(3)
        return self.points(vector) - self.points(origin)

    def mesh(self, mesh):
        triangles = mesh.triangles[:, ::-1] if self.mirrored else (
            mesh.triangles)
        return Mesh(self.points(mesh.vertices), triangles)


@dataclass
class _Parts:
    shape: object
    cortex: float
    bones: list = field(default_factory=list)
    solids: list = field(default_factory=list)
    sides: dict = field(default_factory=dict)

    def bone(self, name, mesh, place, along=1):
        """The Bone of a mesh in the body frame."""
        shaft, end = (value * self.cortex * self.shape.scale
                      for value in CORTEX_MM[name])
        inner = inner_surface(mesh, along, shaft, end)
        return Bone(name, place.mesh(mesh), place.mesh(inner),
                    name == "femur")


def _build_side(rng, anatomy, shape, hip, parts, place, vertices, replaced):
    """The Side; its bones and metal go to parts."""
    parts.bones.append(parts.bone("pelvis", anatomy.pelvis.moved(vertices),
                                  place))
    parts.solids.append(Solid(place.mesh(_sourcil(rng, shape, hip)),
                              SOURCIL * rng.uniform(0.3, 1.3)))
    femur = shaped_femur(anatomy.femur.vertices, shape, hip)
    drop = np.array([0, -hip.gap * shape.scale, 0])
    turned = femur @ hip.turn.T + drop
    bone = parts.bone("femur", anatomy.femur.moved(turned), place)
    side = Side(place.points(vertices), bone.outer.vertices,
                place.points(drop),
                anatomy.head_radius * shape.scale * hip.femur)
    side.points = {
        "teardrop": side.pelvis[anatomy.teardrop].mean(0),
        "lesser_trochanter": side.femur[anatomy.trochanter].mean(0),
        "roof_medial": place.points(shaped_pelvis(
            _on_roof(MEDIAL_DEG, 0, ROOF_MM + 1)[None], shape, hip))[0]}
    if replaced:
        neck = hip.turn @ shaped_femur(
            np.array([NECK_AXIS, 2 * NECK_AXIS]) * CUT_MM, shape, hip).T
        _replace(rng, anatomy, parts, place, side, turned, bone, drop,
                 neck.T + drop)
    parts.bones.append(bone)
    return side


def _on_roof(lateral_deg, forward_deg, radius):
    """A point on a sphere around the head's center."""
    lateral, forward = np.radians(lateral_deg), np.radians(forward_deg)
    return radius * np.array([np.sin(forward),
                              np.cos(forward) * np.cos(lateral),
                              np.cos(forward) * np.sin(lateral)])


def _sourcil(rng, shape, hip):
    """The dense bone above the joint as a closed shell, thin at its ends."""
    lateral = np.linspace(MEDIAL_DEG, EDGE_DEG - 1, 24)
    forward = np.linspace(-32, 32, 13)
    thick = rng.uniform(2.0, 5.0) * np.sin(np.pi * np.linspace(
        0.08, 0.97, 24)) ** 0.4
    under = np.array([[_on_roof(a, b, ROOF_MM) for b in forward]
                      for a in lateral])
    over = np.array([[_on_roof(a, b, ROOF_MM + t) for b in forward]
                     for a, t in zip(lateral, thick)])
    rows, columns = under.shape[:2]
    ring = np.arange(2 * columns)
    around = np.concatenate([under, over[:, ::-1]], 1)  # a tube along lateral
    index = np.arange(rows)[:, None] * 2 * columns
    a, b = index[:-1] + ring, index[:-1] + np.roll(ring, -1)
    walls = [np.stack([a, b, a + 2 * columns], -1),
             np.stack([b, b + 2 * columns, a + 2 * columns], -1)]
    ends = []
    for start, turn in ((0, False), ((rows - 1) * 2 * columns, True)):
        k = np.arange(columns - 1)
        low, high = start + k, start + 2 * columns - 1 - k
        lid = np.concatenate([np.stack([low, high, low + 1], -1),
                              np.stack([high, high - 1, low + 1], -1)])
        ends.append(lid[:, ::-1] if turn else lid)
    triangles = np.concatenate([wall.reshape(-1, 3) for wall in walls] + ends)
    mesh = Mesh(around.reshape(-1, 3), triangles.astype(np.int32))
    mesh = mesh.moved(shaped_pelvis(mesh.vertices, shape, hip))
    return mesh if volume(mesh) > 0 else Mesh(mesh.vertices,
                                              mesh.triangles[:, ::-1])


def volume(mesh):
    """Of a closed surface, mm3; negative when it is inside out."""
    a, b, c = (mesh.vertices[mesh.triangles[:, k]] for k in range(3))
    return float((a * np.cross(b, c)).sum() / 6)


def _replace(rng, anatomy, parts, place, side, femur, bone, drop, neck):
    """Cut the neck, put an implant in; neck: (2, 3), two points along it,
    drop: the head's center in the frame of the pelvis."""
    rings = [femur[ring].mean(0) for ring in anatomy.rings]
    down = rings[-1] - rings[0]
    implant = draw_implant(rng, rings[0] - drop, down / np.linalg.norm(down))
    for mesh, attenuation in implant.solids:
        parts.solids.append(Solid(place.mesh(mesh.shifted(drop)),
                                  attenuation))
    side.opening = place.direction(implant.opening), implant.rim
    side.points.update(zip(STEM, place.points(implant.stem + drop)))
    cut = place.points(neck)
    normal = (cut[1] - cut[0]) / np.linalg.norm(cut[1] - cut[0])
    bone.outer = cut_off(bone.outer, cut[0], normal)
    bone.inner = cut_off(bone.inner, cut[0] + 1.2 * normal, normal)


def cut_off(mesh, point, normal):
    """What lies before a plane is laid flat onto it: a lid without
    thickness, the surface stays closed."""
    before = np.clip((point - mesh.vertices) @ normal, 0, None)
    return mesh.moved(mesh.vertices + before[:, None] * normal)


def _add_spine(rng, anatomy, shape, parts):
    """Sacrum, L5 and L4 on it, as wide as the pelvis."""
    size = shape.scale * shape.size
    place = _Place(False, np.zeros(3), shape.pose)
    sacrum = anatomy.sacrum
    parts.bones.append(parts.bone(
        "sacrum", sacrum.moved(sacrum.vertices * size), place))
    turn = about_anterior(np.radians(rng.normal(0, 3)))
    for level, height, tilt in LUMBAR:
        mesh = anatomy.vertebrae[level].mesh
        vertices = mesh.vertices @ about_lateral(np.radians(tilt)).T
        vertices = (vertices + [0, height, 0]) @ turn.T
        vertices = (vertices + [S1_CENTER[0], S1_CENTER[1], 0]) * size
        parts.bones.append(parts.bone("sacrum", mesh.moved(vertices), place))
