"""Films of a thigh or a lower leg, with a broken bone or without."""

from dataclasses import dataclass, field

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import gaussian_filter, zoom

from body import CORTEX_MM, LONG_BONES, to_film
from fracture import draw_break
from leg import build_leg, draw_leg_shape
from leg_film import load_anatomy
from mesh import Mesh, about_lateral, about_vertical, inner_surface
from radiograph import Bone, render
from xray import Beam, Detector

# bone: what moves with its lower fragment
HANGING = {"femur": ("patella", "tibia", "fibula", "talus", "calcaneus"),
           "tibia": ("talus", "calcaneus"), "fibula": ()}
BROKEN_SHARE = 0.65
EXPOSED_FOR = 0.5     # share of the thickness that exposure makes up for
EDGE_MM = 5.0         # of a box, around the sharp edges
SMALLEST_BOX_MM = 18.0


@dataclass
class Limb:
    """Bones in the film frame; the axis (n, 3) of the soft tissue."""

    bones: list
    axis: np.ndarray
    girth_mm: np.ndarray   # (n, 2): half width and half depth
    landmarks: np.ndarray = field(default_factory=lambda: np.zeros((0, 3)))
    breaks: list = field(default_factory=list)   # (n, 3) edges of each
    part: str = "femur"    # or tibia: what the film is of
    lateral: bool = False
    solids: tuple = ()

    def soft_tissue_mm(self, rng, beam, detector):
        y = detector.row_positions() / beam.magnification
        x = detector.column_positions() / beam.magnification
        heights = self.axis[:, 1]
        inside = np.clip(y, heights[0], heights[-1])
        middle = PchipInterpolator(heights, self.axis[:, 0])(inside)
        width, depth = PchipInterpolator(heights, self.girth_mm)(inside).T
        across = (x[None] - middle[:, None]) / width[:, None]
        tube = 2 * depth[:, None] * np.sqrt(np.clip(1 - across**2, 0, 1))
        coarse = rng.normal(0, 1, (-(-detector.rows // 8),
                                   -(-detector.columns // 8)))
        blotches = gaussian_filter(coarse, 1 / detector.spacing)
        blotches = zoom(blotches, 8, order=1)[:detector.rows,
                                              :detector.columns]
        tube = tube * (1 + 0.02 * blotches / (blotches.std() + 1e-9))
        return tube - EXPOSED_FOR * np.percentile(tube, 90)


def draw_limb(rng, anatomy):
    """(Limb, (top, bottom) in mm of what the film is to show)."""
    scale = rng.uniform(0.85, 1.13)
    shape = draw_leg_shape(rng, scale)
    leg = build_leg(anatomy, shape)
    lateral = rng.random() < 0.5
    view = rng.normal(88 if lateral else 0, 14)
    turn = (about_vertical(np.radians(view * rng.choice([-1, 1])))
            @ about_lateral(np.radians(rng.normal(0, 5))))
    meshes, inner = {}, {}
    for name, vertices in leg.bones.items():
        meshes[name] = Mesh(vertices, getattr(anatomy, name).triangles)
        shaft, end = CORTEX_MM[name]
        thick = scale * shape.cortex_scale
        inner[name] = inner_surface(meshes[name], 1, shaft * thick,
                                    end * thick)
    part = "femur" if rng.random() < 0.5 else "tibia"
    fragments, edges = _break(rng, part, meshes, inner)
    mirror = np.array([1, 1, rng.choice([-1, 1])])

    def posed(points):
        return to_film((points * mirror) @ turn.T)

    def surface(mesh):
        triangles = mesh.triangles if mirror[2] > 0 else (
            mesh.triangles[:, ::-1])
        return Mesh(posed(mesh.vertices), triangles)

    bones = [Bone(name, surface(outer), surface(inside), name in LONG_BONES)
             for name, outer, inside in fragments]
    axis, girth = _soft_tissue(rng, part, meshes, scale)
    span = posed(meshes[part].vertices)[:, 1]
    return (Limb(bones, posed(axis), girth,
                 breaks=[posed(points) for points in edges],
                 part=part, lateral=lateral),
            (span.min(), span.max()))


def _break(rng, part, meshes, inner):
    """([(name, outer, inner)] of all pieces, [edges of each break])."""
    broken = {}
    if rng.random() < BROKEN_SHARE:
        names = ("femur",) if part == "femur" else (
            ("tibia",), ("fibula",), ("tibia", "fibula"))[rng.choice(3)]
        kind = "gap" if rng.random() < 0.45 else "displaced"
        share = rng.uniform(0.14, 0.86)
        for name in names:
            y = meshes[name].vertices[:, 1]
            height = y.max() - np.clip(share + rng.normal(0, 0.06), 0.12,
                                       0.88) * np.ptp(y)
            alone = "gap" if name == "fibula" and len(names) == 1 else kind
            broken[name] = draw_break(rng, meshes[name], height, alone)
        if len(broken) == 2:  # the fragments of both go the same way
            broken["fibula"].turn = broken["tibia"].turn
            broken["fibula"].offset = (broken["tibia"].offset
                                       + rng.normal(0, 0.6, 3))
    pieces, edges = [], []
    for name, mesh in meshes.items():
        if name in broken:
            cut = broken[name]
            pieces += [(name, cut.upper(mesh), cut.upper(inner[name])),
                       (name, cut.lower(mesh), cut.lower(inner[name]))]
            edges.append(cut.edges(mesh))
            continue
        carrier = next((cut for bone, cut in broken.items()
                        if name in HANGING[bone]), None)
        outer, inside = mesh, inner[name]
        if carrier is not None:
            outer = outer.moved(carrier.moved(outer.vertices))
            inside = inside.moved(carrier.moved(inside.vertices))
        pieces.append((name, outer, inside))
    return pieces, edges


def _soft_tissue(rng, part, meshes, scale):
    """Axis (n, 3), hip to ankle or knee, and half axes (n, 2) in mm."""
    femur, tibia = meshes["femur"].vertices, meshes["tibia"].vertices
    levels = [(femur, 0.0), (femur, 0.3), (femur, 0.6), (femur, 0.92),
              (tibia, 0.05), (tibia, 0.3), (tibia, 0.7), (tibia, 0.95)]
    points = []
    for vertices, share in levels:
        y = vertices[:, 1].max() - share * np.ptp(vertices[:, 1])
        ring = vertices[np.abs(vertices[:, 1] - y) < 8]
        points.append([ring[:, 0].mean(), y, ring[:, 2].mean()])
    stout = rng.uniform(0.75, 1.25) * scale
    half = np.array([92, 84, 72, 60, 57, 58, 42, 38]) * stout
    return (np.array(points),
            np.stack([half, half * rng.uniform(0.9, 1.1)], -1))


def place_limb_film(rng, limb, span, max_rows, max_columns):
    """(Beam, Detector) showing part of the bone, with every break if there
    is one."""
    beam = Beam(0, 0, rng.uniform(900, 1300), rng.uniform(40, 140))
    length = (span[1] - span[0]) * rng.uniform(0.45, 1.05)
    if limb.breaks:
        edges = np.concatenate(limb.breaks)[:, 1]
        length = max(length, np.ptp(edges) + 80)
        aim = rng.uniform(edges.max() + 25 - length / 2,
                          edges.min() - 25 + length / 2)
    else:
        aim = rng.uniform(span[0] + 0.4 * length, span[1] - 0.4 * length)
    axis = PchipInterpolator(limb.axis[:, 1], limb.axis[:, 0])
    beam.source_x = float(axis(np.clip(aim, *limb.axis[[0, -1], 1])))
    beam.source_y = aim
    height = length * beam.magnification
    width = max(110, min(height / rng.uniform(1.5, 2.6), 260))
    spacing = max(height / max_rows, width / max_columns)
    rows, columns = round(height / spacing), round(width / spacing)
    left = beam.source_x - width / 2 + rng.uniform(-0.12, 0.12) * width
    return beam, Detector(min(rows, max_rows), min(columns, max_columns),
                          spacing, left, aim - height / 2)


def render_limb(mesh_directory, seed, max_rows, max_columns, oversampling=2):
    """The Film of a seed; boxes (m, 5) around its breaks."""
    anatomy = load_anatomy(str(mesh_directory))
    for attempt in range(50):
        rng = np.random.default_rng([seed, attempt, 37])
        try:
            limb, span = draw_limb(rng, anatomy)
        except (ValueError, ZeroDivisionError):
            continue
        beam, detector = place_limb_film(rng, limb, span, max_rows,
                                         max_columns)
        film = render(rng, limb, beam, detector, oversampling)
        film.boxes = boxes_on_film(limb, beam, detector)
        film.numbers = {"femur": float(limb.part == "femur"),
                        "lateral": float(limb.lateral)}
        return film
    raise RuntimeError(f"seed {seed}: no possible limb in 50 attempts")


def boxes_on_film(limb, beam, detector):
    """(m, 5): class 0, left, top, right, bottom in pixel centers."""
    boxes = []
    for edges in limb.breaks:
        points = detector.pixels(beam.project(edges))
        low, high = points.min(0), points.max(0)
        middle, half = 0.5 * (low + high), 0.5 * (high - low)
        half = np.maximum(half + EDGE_MM / detector.spacing,
                          0.5 * SMALLEST_BOX_MM / detector.spacing)
        boxes.append([0, *(middle - half), *(middle + half)])
    return np.array(boxes).reshape(-1, 5)
