"""A knee from the side on a film, and where its landmarks are on it."""

import numpy as np

from body import CORTEX_MM, LONG_BONES
from knee_side import PATELLA_NAMES, TIBIA_NAMES, draw_knee
from lateral_pose import draw_shape, pose_knee, shaft_points, slope_of
from limb_film import Limb
from mesh import (Mesh, about_anterior, about_lateral, about_vertical,
                  inner_surface)
from other_film import draw_close_up
from radiograph import Bone, Solid, first_possible, render
from tube import tube
from xray import Beam, Detector

ROWS, COLUMNS = 320, 256
LATERAL_NAMES = PATELLA_NAMES + TIBIA_NAMES + ("shaft_upper", "shaft_lower")
PURPOSE = 53             # of the seeds' generators: radiograph.first_possible
# shares of training films with nothing to find: the same knee from the front
# or oblique; a hip, a knee from the front, an ankle or a pelvis
OTHER_VIEW, OTHER_PART = 0.06, 0.06
BESIDE = (0.03, 0.97)    # of the film's width: where a ruler may lie
SCREWS_SHARE = 0.12
METAL = 0.11             # per mm, in excess of soft tissue: titanium
# the outline of thigh and leg: bone, mm from the joint along y, how far its
# middle is behind the bone's, half width and half depth
OUTLINE = (("femur", 170, -4, 80, 80), ("femur", 95, -4, 68, 68),
           ("femur", 30, -6, 60, 62), ("tibia", 25, -9, 56, 58),
           ("tibia", 80, -20, 58, 58), ("tibia", 170, -18, 50, 50),
           ("tibia", 260, -8, 38, 40))


def render_lateral(mesh_directory, seed, rows=ROWS, columns=COLUMNS,
                   held_out=False):
    """The Film of a seed; numbers: side (0 right, 1 left), facing (1: its
    front is on the right of the picture, 0: on the left)."""
    def draw(rng):
        if not held_out and rng.random() < OTHER_PART:
            return _nothing(draw_close_up(rng, mesh_directory, rows, columns))
        side = draw_knee(rng, str(mesh_directory), held_out)
        shape = draw_shape(rng)
        bones = pose_knee(rng, side, shape)
        other = not held_out and rng.random() < OTHER_VIEW
        left, facing = rng.integers(2), rng.integers(2)
        limb, tibia = _on_film(rng, bones, shape, other, left, facing)
        limb.landmarks = _landmarks(side, limb)
        beam, detector = _place(rng, limb, tibia, rows, columns)
        film = render(rng, limb, beam, detector, ruler_at=BESIDE)
        film.landmarks = np.concatenate([
            film.landmarks, detector.pixels(
                _shaft(limb, side.landmarks, beam))])
        film.numbers = {"side": float(left), "facing": float(facing)}
        return _nothing(film) if other else film
    return first_possible(draw, seed, PURPOSE)


def _nothing(film):
    """The same Film, on which there is nothing to find."""
    film.landmarks = np.zeros((len(LATERAL_NAMES), 2))
    film.visible = np.zeros(len(LATERAL_NAMES), bool)
    film.numbers = {"side": 0.0, "facing": 0.0}
    return film


def _on_film(rng, bones, shape, other, left, facing):
    """(Limb, the tibia's Mesh) in the film frame, the joint at its origin."""
    lean = -rng.uniform(0, 1) * shape.flexion + rng.normal(0, 6)
    view = rng.normal(0, 4)
    if other:
        view = rng.uniform(50, 130) * rng.choice([-1, 1])
    turn = (about_vertical(np.radians(view))
            @ about_anterior(np.radians(rng.normal(0, 3)))
            @ about_lateral(np.radians(lean)))
    joint = bones["tibia"].vertices
    joint = joint[joint[:, 1] > joint[:, 1].max() - 15].mean(0)
    to_film = np.array([1 if facing else -1, -1, -1 if left else 1])
    solids = ()
    if rng.random() < SCREWS_SHARE:
        solids = tuple(_screw(rng, joint) for _ in range(rng.integers(1, 3)))
    placed, inner = {}, {}
    for name, mesh in bones.items():
        shaft, end = CORTEX_MM[name]
        inside = inner_surface(mesh, 1, shaft * shape.cortex,
                               end * shape.cortex)
        placed[name], inner[name] = (
            _seen(m, joint, turn, to_film) for m in (mesh, inside))
    parts = [Bone(name, mesh, inner[name], name in LONG_BONES)
             for name, mesh in placed.items()]
    axis, girth = _outline(rng, placed, shape, to_film[0])
    return Limb(parts, axis, girth, lateral=True, solids=tuple(
        Solid(_seen(mesh, joint, turn, to_film), METAL) for mesh in solids)
        ), placed["tibia"]


def _seen(mesh, joint, turn, to_film):
    """A mesh of the body frame in the film frame."""
    vertices = ((mesh.vertices - joint) @ turn.T) * to_film
    triangles = mesh.triangles
    if np.prod(to_film) < 0:
        triangles = triangles[:, ::-1]
    return Mesh(vertices, triangles)


def _screw(rng, joint):
    """A screw somewhere in the upper tibia or the condyles."""
    start = joint + rng.uniform([-15, -60, -12], [15, 30, 12])
    ray = rng.normal(0, 1, 3)
    ray *= rng.uniform(20, 45) / np.linalg.norm(ray)
    shares = np.linspace(-0.5, 0.5, 4)[:, None]
    return tube(start + shares * ray, np.full(2, rng.uniform(1.8, 4.5)),
                flat=int(np.abs(ray).argmin()))


def _outline(rng, placed, shape, front):
    """Axis (n, 3) and half axes (n, 2) of the soft tissue, film frame."""
    scale = float(shape.tibia_scale.mean())
    stout = scale * rng.uniform(0.8, 1.25)
    axis, girth = [], []
    for name, distance, behind, width, depth in OUTLINE:
        level = distance * scale * (-1 if name == "femur" else 1)
        vertices = placed[name].vertices
        ring = vertices[np.abs(vertices[:, 1] - level) < 9]
        if not len(ring):
            raise ValueError(f"no {name} {distance} mm from the joint")
        axis.append([ring[:, 0].mean() + front * behind * scale, level, 0])
        girth.append([width * stout, depth * stout])
    return np.array(axis), np.array(girth)


def _landmarks(side, limb):
    """(7, 3): the vertices of patella and tibia that are landmarks."""
    bones = {bone.name: bone.outer.vertices for bone in limb.bones}
    return np.array([bones["patella" if name in PATELLA_NAMES else "tibia"]
                     [side.landmarks[name]]
                     for name in PATELLA_NAMES + TIBIA_NAMES])


def _shaft(limb, marks, beam):
    """(2, 2): two points in the middle of the tibial shaft's picture, on the
    detector; marks: index of a vertex by landmark."""
    (tibia,) = (bone.outer for bone in limb.bones if bone.name == "tibia")
    flat = beam.project(tibia.vertices)
    front, back = (flat[marks[name]] for name in ("plateau_anterior",
                                                  "plateau_posterior"))
    below = tibia.vertices[:, 1] - tibia.vertices[:, 1].min()
    down = flat[(below > 60) & (below < 150)].mean(0) - 0.5 * (front + back)
    return shaft_points(flat, tibia.triangles, front, back,
                        down / np.linalg.norm(down))


def _place(rng, limb, tibia, rows, columns):
    """(Beam, Detector) of a film of the knee."""
    beam = Beam(rng.normal(0, 12), rng.normal(0, 20),
                rng.uniform(900, 1500), rng.uniform(35, 120))
    scale = np.ptp(tibia.vertices[:, 2]) / 75
    height = rng.uniform(215, 300) * np.clip(scale, 0.9, 1.15)
    spacing = height * beam.magnification / rows
    x = rng.normal(0, 10) - spacing * columns / 2
    y = -rng.uniform(0.42, 0.53) * height * beam.magnification
    return beam, Detector(rows, columns, spacing, x, y)


def lateral_measures(points):
    """(n, 3) of landmarks (n, 9, 2): slope in degrees, Insall-Salvati,
    Caton-Deschamps."""
    upper, lower, facet_top, facet_end, tuberosity, front, back = (
        points[:, k] for k in range(7))

    def length(one, other):
        return np.linalg.norm(one - other, axis=-1)

    slopes = [slope_of(f, b, shaft) for f, b, shaft
              in zip(front, back, points[:, 7:9])]
    return np.stack([slopes,
                     length(lower, tuberosity) / length(upper, lower),
                     length(facet_end, front) / length(facet_top, facet_end)],
                    -1)
