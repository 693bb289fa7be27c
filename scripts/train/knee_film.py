"""A close-up of one knee: landmarks along both edges of the joint space, its
width column by column, osteophytes, and a grade.

The grade is a rule on what is rendered, in the shape of Kellgren and Lawrence
(Ann Rheum Dis 1957;16:494); w is the least joint space width of the knee, o
the largest osteophyte's length, mm:
    kl_4  w < 1      kl_3  w < 2.8      else by the osteophyte:
    kl_2  o >= 1.5   kl_1  o >= 0.5     kl_0  less
"""

import math
from dataclasses import replace

import numpy as np

from body import draw_body
from knee_anatomy import HELD_OUT, TIBIAE, TRAINING, knee_anatomy
from landmarks import NAMES, SIDES
from leg import draw_leg_shape
from mesh import smooth_step
from radiograph import first_possible, render
from stage import Film
from xray import Beam, Detector, add_path_length

PIXELS = 256
PLACES = np.linspace(0.36, 0.76, 9)   # of the tibia's half width, from the
#                                       middle: where the edges' landmarks are
BETWEEN = 8                           # columns from one to the next
EDGES = ("femur", "tibia")
COMPARTMENTS = ("medial", "lateral")
SHAFTS = ("femoral_shaft", "tibial_shaft")
KNEE_NAMES = (NAMES[1:3] + NAMES[4:] + SHAFTS
              + tuple(f"{side}_{edge}_{k + 1}" for side in COMPARTMENTS
                      for edge in EDGES for k in range(len(PLACES))))
BESIDE = (0.03, 0.15)  # a ruler lies beside the knee
SHAFT_MM = 55        # of the shafts' landmarks from the knee's
RAY_MM = 0.1         # between the rays that find the edges, at most
EDGE_MM = 0.5        # of bone along a ray: an edge is seen
WORN_MM, BARE_MM = 2.8, 1.0
OSTEOPHYTE_MM, DOUBTFUL_MM = 1.5, 0.5
# drawn for each grade: joint gap, osteophyte, mm
DRAWN = (((3.0, 6.5), (0.0, 0.4)), ((3.0, 6.0), (0.6, 1.3)),
         ((3.0, 5.0), (1.8, 4.5)), ((1.2, 2.7), (1.8, 6.0)),
         ((0.0, 0.9), (2.5, 7.0)))


class Osteophytes:
    """Draws a worn leg's shape; remembers the osteophytes of each leg."""

    def __init__(self):
        self.lengths = []

    def draw_shape(self, rng, scale):
        gap, length = DRAWN[rng.integers(len(DRAWN))]
        self.lengths.append(rng.uniform(*length))
        return replace(draw_leg_shape(rng, scale),
                       joint_gap=rng.uniform(*gap), bearing_from=PLACES[0])

    def grow(self, rng, body):
        """Spurs on both sides of tibia and femur, in the film frame."""
        for bone in body.bones:
            if bone.name not in EDGES:
                continue
            center = bone.outer.vertices[:, 0].mean()
            side = 0 if center < 0 else 1
            bone.outer = _with_spurs(rng, bone, self.lengths[side])


def _with_spurs(rng, bone, length):
    vertices = bone.outer.vertices.copy()
    x, y = vertices[:, 0].copy(), vertices[:, 1].copy()
    if bone.name == "tibia":
        level, end = y.min() + rng.uniform(5, 8), y < y.min() + 30
    else:
        level, end = y.max() - rng.uniform(10, 15), y > y.max() - 45
    middle = 0.5 * (x[end].min() + x[end].max())
    half = 0.5 * np.ptp(x[end])
    across = (x - middle) / half
    shares = rng.permutation([1.0, rng.uniform(0.2, 1.0)])
    for outward, share in zip((-1, 1), shares):
        margin = smooth_step((outward * across - 0.8) / 0.15)
        near = np.exp(-((y - level) / 4.0) ** 2) * margin * end
        vertices[:, 0] += outward * length * share * near
    return bone.outer.moved(vertices)


def grade_of(width, osteophyte):
    if width < BARE_MM:
        return 4
    if width < WORN_MM:
        return 3
    return 2 if osteophyte >= OSTEOPHYTE_MM else (
        1 if osteophyte >= DOUBTFUL_MM else 0)


def render_knee(mesh_directory, seed, held_out=False, pixels=PIXELS,
                width_mm=(125, 185), rows=None, femora=TRAINING):
    """The Film of a seed; numbers: medial_jsw, lateral_jsw (object mm), side
    (0 right, 1 left).  rows: of a film that is not square, `pixels` wide;
    femora: the knees to draw from, unless held_out."""
    choice = HELD_OUT if held_out else femora

    def draw(rng):
        anatomy = knee_anatomy(str(mesh_directory),
                               choice[rng.integers(len(choice))],
                               TIBIAE[rng.integers(len(TIBIAE))])
        osteophytes = Osteophytes()
        body = draw_body(rng, anatomy, osteophytes.draw_shape)
        osteophytes.grow(rng, body)
        side = int(rng.integers(2))
        beam, detector = _place(rng, body, SIDES[side], pixels,
                                rows or pixels, width_mm)
        truth = knee_truth(body, side, beam, detector)
        film = render(rng, body, beam, detector, ruler_at=BESIDE)
        width = min(truth["medial_jsw"], truth["lateral_jsw"])
        grade = grade_of(width, osteophytes.lengths[side])
        return Film(film.pixels, truth.pop("landmarks"), beam, detector,
                    classes={"kl": grade, "side": side},
                    numbers=dict(truth, side=side))
    return first_possible(draw, seed, 7)


def _place(rng, body, side, pixels, rows, width_mm):
    """A knee film, or the knee's part of a film of both legs."""
    knee = 0.5 * (body.landmark(side, "femoral_knee_center")
                  + body.landmark(side, "tibial_knee_center"))
    if rng.random() < 0.5:
        beam = Beam(knee[0] + rng.normal(0, 10), knee[1] + rng.normal(0, 10),
                    rng.uniform(950, 1500), rng.uniform(30, 90))
    else:
        beam = Beam(rng.uniform(-30, 30), knee[1] + rng.uniform(-80, 80),
                    rng.uniform(1500, 2600), rng.uniform(60, 140))
    spacing = rng.uniform(*width_mm) * body.scale / (pixels - 1)
    center = beam.project(knee[None])[0] + rng.normal(0, 4, 2)
    left, top = center - spacing * (np.array([pixels, rows]) - 1) / 2
    return beam, Detector(rows, pixels, spacing, left, top)


def knees_of_legs(body, beam, detector):
    """{side: {name of KNEE_NAMES: (2,) in pixels}} of a film of both legs."""
    found = {}
    for k, side in enumerate(SIDES):
        knee = detector.pixels(beam.project(
            body.landmark(side, "tibial_knee_center")[None]))[0]
        half = round((SHAFT_MM + 15) * beam.magnification / detector.spacing)
        left, top = (int(value) - half for value in knee)
        window = Detector(2 * half + 1, 2 * half + 1, detector.spacing,
                          detector.left + left * detector.spacing,
                          detector.top + top * detector.spacing)
        points = knee_truth(body, k, beam, window)["landmarks"]
        found[side] = dict(zip(KNEE_NAMES, points + [left, top]))
    return found


def _path_lengths(body, side, name, beam, detector):
    """mm of one bone along the rays, float32; the side is the bone's."""
    image = np.zeros((detector.rows, detector.columns), np.float32)
    for bone in body.bones:
        if (bone.name == name
                and (bone.outer.vertices[:, 0].mean() > 0) == bool(side)):
            add_path_length(bone.outer, 1.0, beam, detector, image)
    return image


def _edge(lengths, column, rows, downward):
    """The row where bone ends, from inside going down or up."""
    part = lengths[rows, column]
    inside = np.nonzero(part > EDGE_MM)[0]
    at = inside.max() if downward else inside.min()
    beyond = at + (1 if downward else -1)
    if not 0 <= beyond < len(part):
        raise ValueError("the edge is outside the film")
    share = (part[at] - EDGE_MM) / max(part[at] - part[beyond], 1e-6)
    return rows.start + at + (beyond - at) * share


def knee_truth(body, side, beam, detector):
    """landmarks (k, 2) in pixels of the detector, and both widths in mm."""
    mm = beam.magnification / detector.spacing
    rays = max(2, math.ceil(1 / mm / RAY_MM))   # per pixel and direction
    fine = detector.subdivided(rays)
    lengths = {name: _path_lengths(body, side, name, beam, fine)
               for name in EDGES}
    names = SIDES[side]
    points = detector.pixels(beam.project(np.array(
        [body.landmark(names, name) for name in NAMES])))
    knee = 0.5 * (points[1] + points[2])
    landmarks = [points[1], points[2], *points[4:]]
    for name, origin, up in (("femur", points[1], -1),
                             ("tibia", points[2], 1)):
        landmarks.append(_shaft(lengths[name], origin[1] + up * SHAFT_MM * mm,
                                origin[0], rays))
    tibia = [bone.outer.vertices for bone in body.bones
             if bone.name == "tibia"
             and (bone.outer.vertices[:, 0].mean() > 0) == bool(side)][0]
    plateau = tibia[tibia[:, 1] < tibia[:, 1].min() + 30]
    x = detector.pixels(beam.project(plateau))[:, 0]
    middle, half = 0.5 * (x.min() + x.max()), 0.5 * np.ptp(x)
    # on the film a right knee's medial side is to the right
    medial = 1 if side == 0 else -1
    rows = slice(max(0, round((knee[1] - 22 * mm) * rays)),
                 round((knee[1] + 22 * mm) * rays))
    places = np.linspace(PLACES[0], PLACES[-1],
                         BETWEEN * (len(PLACES) - 1) + 1)
    widths = {}
    for name, outward in zip(COMPARTMENTS, (medial, -medial)):
        columns = middle + outward * places * half
        dense = {edge: _edge_points(lengths[edge], columns, rows, rays,
                                    edge == "femur") for edge in EDGES}
        landmarks += [point for edge in EDGES
                      for point in dense[edge][::BETWEEN]]
        widths[name + "_jsw"] = least_width(
            dense["femur"], dense["tibia"]) / mm
    return dict(widths, landmarks=np.array(landmarks))


def _edge_points(lengths, columns, rows, rays, downward):
    """(n, 2) of an edge at columns of the film, in its pixels."""
    off = (rays - 1) / 2   # of a pixel's center among its rays
    return np.array([
        [c, (_edge(lengths, round(c * rays + off), rows, downward) - off)
         / rays] for c in columns])


def _shaft(lengths, row, near, rays):
    """Middle of the bone in a row of the film, in pixels."""
    off = (rays - 1) / 2
    line = lengths[min(max(round(row * rays + off), 0), len(lengths) - 1)]
    inside = (np.nonzero(line > EDGE_MM)[0] - off) / rays
    inside = inside[np.abs(inside - near) < 0.3 * len(lengths) / rays]
    return np.array([0.5 * (inside.min() + inside.max()), row])


def least_width(upper, lower):
    """Shortest distance of two edges (n, 2) sampled at the same places, or
    the negative overlap where they cross."""
    gap = lower[:, 1] - upper[:, 1]
    if gap.min() <= 0:
        return gap.min()
    apart = upper[:, None] - lower[None]
    return np.sqrt((apart**2).sum(-1)).min()
