"""Films of a thigh or a lower leg, with a broken bone or without.

Half of them show no break.  What must not be taken for one is on films of both
kinds: growth plates, nutrient canals, metal, casts, folds, scratches.
"""

import dataclasses
from dataclasses import dataclass, field

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import gaussian_filter, zoom

import limb_extras as extras
from body import CORTEX_MM, LONG_BONES, to_film
from boxes import shared
from fracture import carried, draw_break, draw_plate, pieces
from leg import build_leg, draw_leg_shape
from limb_anatomy import SHAFTS, draw_anatomy
from mesh import Mesh, about_lateral, about_vertical, inner_surface
from radiograph import Bone, Solid, first_possible, render
from xray import Beam, Detector

# bone: what moves with its lowest piece
HANGING = {"femur": ("patella", "tibia", "fibula", "talus", "calcaneus"),
           "tibia": ("talus", "calcaneus"), "fibula": ()}
# shares of films
BROKEN, YOUNG, METAL, CANAL, WRAPPED, FOLDED, SCRATCHED, MARGINS = (
    0.5, 0.2, 0.2, 0.3, 0.15, 0.3, 0.25, 0.08)
PLATES = {"femur": (0.93,), "tibia": (0.055, 0.95), "fibula": (0.06, 0.94)}
EXPOSED_FOR = 0.5     # share of the thickness that exposure makes up for
EDGE_MM = 5.0         # of a box, around the sharp edges
SMALLEST_BOX_MM = 18.0
ONE_BOX = 0.3         # breaks whose boxes share as much have one box
LEAST_LENGTH_MM = 205   # of the limb, on a film; less is a close-up
HEADLESS = 0.12       # of a femur that was drawn out, not to be shown
HIGHEST = (0.14, 0.35)  # share of a femur above its breaks; without a head


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
    displaced: bool = False
    solids: tuple = ()
    wrapping: object = None   # extras.Wrapping
    folded: bool = False

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
        usual = np.percentile(tube, 90)
        if self.folded:
            tube = tube + extras.folds_mm(rng, x, y) * (tube > 0)
        if self.wrapping:
            tube = tube + self.wrapping.thickness_mm(x, y, middle, width)
        return tube - EXPOSED_FOR * usual


def draw_limb(rng, anatomy, headless=False):
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
    mirror = np.array([1, 1, rng.choice([-1, 1])])
    beam = (turn[0] * mirror)[[0, 2]]
    cuts = _draw_cuts(rng, part, meshes, beam / np.linalg.norm(beam),
                      HIGHEST[headless])

    def posed(points):
        return to_film((points * mirror) @ turn.T)

    def surface(mesh):
        triangles = mesh.triangles if mirror[2] > 0 else (
            mesh.triangles[:, ::-1])
        return Mesh(posed(mesh.vertices), triangles)

    bones = [Bone(name, surface(outer), surface(inside), name in LONG_BONES)
             for name, outer, inside in _fragments(cuts, meshes, inner)]
    axis, girth = _soft_tissue(rng, part, meshes, scale)
    axis = posed(axis)
    span = posed(meshes[part].vertices)[:, 1]
    top, bottom = span.min(), span.max()
    if part == "femur" and headless:
        top += HEADLESS * (bottom - top)
    limb = Limb(bones, axis, girth, part=part, lateral=lateral,
                breaks=[posed(points) for points in _edges(cuts, meshes)],
                displaced=any(cut.displaced for name in cuts
                              for cut in cuts[name]),
                solids=tuple(Solid(surface(mesh), attenuation) for
                             mesh, attenuation in _solids(rng, part, meshes,
                                                          cuts)),
                wrapping=(extras.draw_wrapping(rng, top, bottom)
                          if rng.random() < WRAPPED else None),
                folded=rng.random() < FOLDED)
    return limb, (top, bottom)


def _draw_cuts(rng, part, meshes, beam, highest):
    """{bone: [Break, from the top down]}."""
    cuts = {name: [] for name in SHAFTS}
    if rng.random() < BROKEN:
        _draw_breaks(rng, part, meshes, cuts, beam, highest)
    if rng.random() < YOUNG:
        for name, shares in PLATES.items():
            for share in shares:
                y = meshes[name].vertices[:, 1]
                height = y.max() - (share + rng.normal(0, 0.006)) * np.ptp(y)
                cuts[name].append(draw_plate(rng, meshes[name], height))
    for name in cuts:
        cuts[name].sort(key=lambda cut: -cut.height)
    return cuts


def _draw_breaks(rng, part, meshes, cuts, beam, highest):
    names = ("femur",) if part == "femur" else (
        ("tibia",), ("fibula",), ("tibia", "fibula"))[rng.choice(3)]
    kind = "gap" if rng.random() < 0.45 else "displaced"
    share = rng.uniform(highest if part == "femur" else 0.14, 0.86)
    drawn = {}
    for name in names:
        y = meshes[name].vertices[:, 1]
        height = y.max() - np.clip(share + rng.normal(0, 0.06), 0.12,
                                   0.88) * np.ptp(y)
        alone = "gap" if name == "fibula" and len(names) == 1 else kind
        drawn[name] = draw_break(rng, meshes[name], height, alone, beam)
        cuts[name].append(drawn[name])
    if len(drawn) == 2:  # the fragments of both go the same way
        drawn["fibula"].turn = drawn["tibia"].turn
        drawn["fibula"].offset = (drawn["tibia"].offset
                                  + rng.normal(0, 0.6, 3))


def _fragments(cuts, meshes, inner):
    """[(name, outer, inner)] of all pieces of all bones."""
    found = []
    for name, mesh in meshes.items():
        outer, inside = mesh, inner[name]
        for bone, hanging in HANGING.items():
            if name in hanging:
                outer = outer.moved(carried(cuts[bone], outer.vertices))
                inside = inside.moved(carried(cuts[bone], inside.vertices))
        own = cuts.get(name, [])
        found += [(name, one, other) for one, other
                  in zip(pieces(own, outer), pieces(own, inside))]
    return found


def _edges(cuts, meshes):
    """[(n, 3) edges of each break], where they have moved to."""
    return [carried(own[:k], cut.edges(meshes[name]))
            for name, own in cuts.items() for k, cut in enumerate(own)
            if cut.broken]


def _solids(rng, part, meshes, cuts):
    """[(Mesh, attenuation)] in bones that have not come apart."""
    found = []
    for name in ("femur",) if part == "femur" else ("tibia", "fibula"):
        if any(cut.displaced for cut in cuts[name]):
            continue
        shaft = extras.shaft_of(meshes[name])
        broken = [cut.height for cut in cuts[name] if cut.broken]
        if name != "fibula" and rng.random() < METAL:
            found += extras.draw_metal(rng, shaft, *broken)
        if rng.random() < CANAL:
            found.append(extras.draw_canal(rng, shaft))
    return found


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
    length = max((span[1] - span[0]) * rng.uniform(0.5, 1.05),
                 LEAST_LENGTH_MM)
    if limb.breaks:
        edges = np.concatenate(limb.breaks)[:, 1]
        length = max(length, np.ptp(edges) + 80)
        lowest, highest = (edges.min() - 25 + length / 2,
                           edges.max() + 25 - length / 2)
        aim = rng.uniform(min(max(highest, span[0] + 0.4 * length), lowest),
                          lowest)
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


def render_limb(mesh_directory, seed, max_rows, max_columns, held_out=False):
    """The Film of a seed; boxes (m, 5) around its breaks; class of `view`;
    numbers: lateral, displaced."""

    def draw(rng):
        limb, span = draw_limb(rng, *draw_anatomy(rng, mesh_directory,
                                                  held_out))
        beam, detector = place_limb_film(rng, limb, span, max_rows,
                                         max_columns)
        film = render(rng, limb, beam, detector)
        film.boxes = boxes_on_film(limb, beam, detector)
        film.classes = {"view": int(limb.part == "tibia")}
        film.numbers = {"lateral": float(limb.lateral),
                        "displaced": float(limb.displaced)}
        if rng.random() < SCRATCHED:
            extras.add_scratches(rng, film.pixels)
        return with_margins(rng, film) if rng.random() < MARGINS else film

    return first_possible(draw, seed, 37)


def with_margins(rng, film):
    """As scanned, with a plain border, white, black or gray."""
    rows, columns = film.pixels.shape
    top, bottom = (int(rng.uniform(0, 0.08) * rows) for _ in range(2))
    left, right = (int(rng.uniform(0, 0.08) * columns) for _ in range(2))
    pixels = np.pad(film.pixels, ((top, bottom), (left, right)),
                    constant_values=rng.choice([0.0, 1.0, rng.random()]))
    old = film.detector
    detector = Detector(*pixels.shape, old.spacing,
                        old.left - left * old.spacing,
                        old.top - top * old.spacing)
    return dataclasses.replace(
        film, pixels=pixels, detector=detector,
        landmarks=film.landmarks + [left, top],
        boxes=film.boxes + [0, left, top, left, top])


def boxes_on_film(limb, beam, detector):
    """(m, 5): class 0, left, top, right, bottom in pixel centers."""
    boxes = []
    for edges in limb.breaks:
        points = detector.pixels(beam.project(edges))
        low, high = points.min(0), points.max(0)
        middle, half = 0.5 * (low + high), 0.5 * (high - low)
        half = np.maximum(half + EDGE_MM / detector.spacing,
                          0.5 * SMALLEST_BOX_MM / detector.spacing)
        corner = np.array([detector.columns, detector.rows]) - 0.5
        boxes.append([0, *np.clip(middle - half, -0.5, corner),
                      *np.clip(middle + half, -0.5, corner)])
    if len(boxes) == 2 and _one(*boxes):   # tibia and fibula, from the side
        (_, *low), (_, *high) = np.minimum(*boxes), np.maximum(*boxes)
        boxes = [[0, *low[:2], *high[2:]]]
    return np.array(boxes).reshape(-1, 5)


def _one(box, other):
    """Two boxes that no reader would draw twice."""
    if shared(box[1:], other[1:]) >= ONE_BOX:
        return True
    middle = (np.array(box[3:]) + box[1:3]) / 2
    return all(other[1 + i] <= middle[i] <= other[3 + i] for i in range(2))
