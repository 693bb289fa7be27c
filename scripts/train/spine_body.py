"""A spine with ribs, sacrum and pelvis, standing: what the beam passes.

Built upward from the sacral endplate in the body frame of mesh.py, then
turned into the film frame of xray.py with the patient facing the source.
"""

from dataclasses import dataclass

import numpy as np

from body import to_film
from mesh import (about_anterior, about_lateral, about_vertical,
                  inner_surface)
from radiograph import Bone
from spine_implants import draw_instrumentation
from spine_shape import (CAGE_HALF_DEPTH_MM, CAGE_HALF_WIDTH_MM, LEVELS,
                         draw_spine_shape)
from trunk import trunk_mm
from tube import tube
from vertebrae import (LOWER_LEFT, LOWER_RIGHT, UPPER_LEFT, UPPER_RIGHT,
                       load_vertebrae)

CORTEX_MM = {"vertebra": 0.9, "rib": 1.1, "pelvis": 1.6, "sacrum": 1.2}
INSTRUMENTED = 0.1   # share of spines with rods and screws
# the sacral endplate in anatomy.py's frame, seen from the right half of the
# pelvis: center and half width; its slope in degrees
S1_CENTER, S1_HALF_WIDTH_MM, S1_SLOPE_DEG = (-29.0, 112.0), 23.0, -33.0
# how far around a rib runs, from the spine (0) to the sternum (180)
RIB_END_DEG = np.array([165, 160, 156, 152, 150, 148, 146, 140, 132, 122, 95,
                        65], float)


@dataclass
class SpineBody:
    """bones and landmarks (71, 3) in the film frame; where the trunk is."""

    bones: list
    landmarks: np.ndarray
    axis: np.ndarray    # (18, 3) centers of C7 to L5
    sacrum: np.ndarray  # (3,) middle of the sacral endplate
    scale: float
    girth: float
    solids: tuple = ()

    def soft_tissue_mm(self, rng, beam, detector):
        return trunk_mm(rng, self, beam, detector)


class SpineAnatomy:
    """Unposed bones: 17 vertebrae, sacrum and right half of the pelvis."""

    def __init__(self, mesh_directory, leg_anatomy):
        self.vertebrae = load_vertebrae(mesh_directory)
        origin = np.array([*S1_CENTER, 0.0])
        middle = np.array([0, 0, leg_anatomy.midline_z])
        self.sacrum = leg_anatomy.sacrum.shifted(-middle - origin)
        self.pelvis = leg_anatomy.pelvis.shifted(-middle - origin)
        self.endplate = np.array([self._above(z) for z in (
            -S1_HALF_WIDTH_MM, S1_HALF_WIDTH_MM)])

    def _above(self, z):
        """The point of the sacral endplate at z, in the frame's x = 0."""
        vertices = self.sacrum.vertices
        near = vertices[np.hypot(vertices[:, 0], vertices[:, 2] - z) < 5]
        return np.array([0.0, np.percentile(near[:, 1], 90), z])

    def level(self, rng, index, held_out=False):
        """The Vertebra for a level, 0 is C7, from the half of the meshes
        that is for training, or from the half that is held out.

        Where a level's own mesh is of the other half it is drawn from its
        neighbors'.
        """
        own = max(index - 1, 0)
        meshes = range(held_out, len(self.vertebrae), 2)
        nearest = min(abs(mesh - own) for mesh in meshes)
        return self.vertebrae[rng.choice(
            [mesh for mesh in meshes if abs(mesh - own) == nearest])]


def draw_spine_body(rng, anatomy, held_out=False):
    """A SpineBody drawn from rng.

    held_out: of vertebrae that no film to train on shows, and of a wider
    family of forms.
    """
    shape = draw_spine_shape(rng, held_out)
    lean = about_anterior(np.radians(shape.lean))
    girth = rng.uniform(0.8, 1.25)
    density = rng.uniform(0.6, 1.1)
    bones, corners, centers, turns = [], [], [], []
    for level, (vertebra, vertices, turn) in enumerate(
            _stack(rng, shape, anatomy, held_out)):
        vertices = vertices @ lean.T
        bones.append(_bone("vertebra", vertebra.mesh.moved(vertices),
                           shape.scale * density))
        corners.append(vertebra.corners(vertices))
        centers.append(corners[-1].mean(0))
        turns.append(lean @ turn)
    bones += _ribs(rng, shape, centers, turns)
    pelvic, endplate = _pelvis(rng, shape, anatomy)
    bones += pelvic
    solids = (draw_instrumentation(rng, shape.scale, centers, turns)
              if rng.random() < INSTRUMENTED else ())
    order = [UPPER_RIGHT, UPPER_LEFT, LOWER_RIGHT, LOWER_LEFT]
    # an AP film has the patient's right on its left
    landmarks = np.concatenate([
        np.concatenate([body[order] for body in corners[1:]]),
        [centers[0]], endplate[::-1]])
    return SpineBody(bones, to_film(landmarks), to_film(np.array(centers)),
                     to_film(endplate.mean(0)), shape.scale, girth, solids)


def _stack(rng, shape, anatomy, held_out):
    """[(Vertebra, vertices, rotation)] from C7 down, stacked on the sacrum
    whose endplate's middle is the origin."""
    placed = []
    foot = np.zeros(3)
    below = _turn(shape, LEVELS) @ [0, 1.0, 0]
    for level in range(LEVELS - 1, -1, -1):
        vertebra = anatomy.level(rng, level, held_out)
        turn = _turn(shape, level)
        vertices = shape.bend(level, vertebra.mesh.vertices)
        if level == 0:  # C7 is smaller than the T1 it is made of
            vertices = vertices * [0.9, 0.85, 0.85]
        corners = vertebra.corners(vertices)
        lower = corners[[LOWER_RIGHT, LOWER_LEFT]].mean(0)
        upper = corners[[UPPER_RIGHT, UPPER_LEFT]].mean(0)
        axis = turn @ [0, 1.0, 0]
        gap = shape.disc_mm[level] * shape.scale * 0.5 * (axis + below)
        offset = foot + gap - turn @ lower
        placed.append((vertebra, vertices @ turn.T + offset, turn))
        foot = turn @ upper + offset
        below = axis
    return placed[::-1]


def _turn(shape, level):
    """Rotation matrix of a level; the sacrum (18) has no axial rotation."""
    turn = (about_anterior(np.radians(shape.coronal[level]))
            @ about_lateral(np.radians(shape.sagittal[level])))
    if level < LEVELS:
        turn = turn @ about_vertical(np.radians(shape.axial[level]))
    return turn


def _bone(name, mesh, scale):
    thickness = CORTEX_MM[name] * scale
    inner = inner_surface(mesh, 1, thickness, thickness)
    return Bone(name, mesh.moved(to_film(mesh.vertices)),
                inner.moved(to_film(inner.vertices)))


def _ribs(rng, shape, centers, turns):
    """Both ribs of T1 to T12: arcs that fall toward the front."""
    width = shape.scale * rng.uniform(0.92, 1.12)
    depth = shape.scale * rng.uniform(0.85, 1.1)
    fall = rng.uniform(0.75, 1.3)
    radius = np.array([rng.uniform(4.2, 6.5), rng.uniform(2.5, 3.6)])
    last = 12 if rng.random() < 0.9 else 11
    bones = []
    for i in range(last):
        for side in (1, -1):
            end = np.radians(RIB_END_DEG[i] * rng.uniform(0.93, 1.03))
            begin = np.arcsin(min(0.9, 20 / CAGE_HALF_WIDTH_MM[i]))
            angle = np.linspace(begin, end, 30)
            half = CAGE_HALF_DEPTH_MM[i] * depth
            share = (1 - np.cos(angle)) / 2
            path = np.stack([
                half * (1 - np.cos(angle)) - half * 0.35
                * (1 - np.exp(-3 * (angle - begin))) - 12 * shape.scale,
                (6 - (70 + 5 * i) * fall * share) * shape.scale,
                side * CAGE_HALF_WIDTH_MM[i] * width * np.sin(angle)], -1)
            # a rib follows its vertebra half of the way
            lift = 0.5 * np.sin(np.arctan2(-turns[i + 1][1, 2],
                                           turns[i + 1][2, 2]))
            path[:, 1] -= path[:, 2] * lift
            path += centers[i + 1]
            surface = tube(path, radius * shape.scale, flat=1)
            bones.append(_bone("rib", surface, shape.scale))
    return bones


def _pelvis(rng, shape, anatomy):
    """([Bone], endplate (2, 3) left and right) around the origin."""
    tilt = (about_anterior(np.radians(shape.coronal[LEVELS]))
            @ about_lateral(np.radians(shape.sagittal[LEVELS]
                                       - S1_SLOPE_DEG)))
    size = shape.scale * 1.02 * np.array([1, 1, rng.uniform(0.94, 1.08)])
    bones = []
    for name, mesh in (("sacrum", anatomy.sacrum), ("pelvis", anatomy.pelvis),
                       ("pelvis", anatomy.pelvis.mirrored())):
        mesh = mesh.moved(mesh.vertices * size @ tilt.T)
        bones.append(_bone(name, mesh, shape.scale))
    return bones, anatomy.endplate * size @ tilt.T
