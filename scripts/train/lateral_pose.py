"""A flexed knee in its tibia's frame: form, slope, flexion, patella.

Everything that deforms moves vertices, so that a landmark, which is a vertex,
stays where it is on its bone.
"""

from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from anatomy import half_width, middle, proximal_tibia
from knee import fit_knee
from leg import Leg, LegShape
from mesh import about_lateral, smooth_step

SHAFT_DEPTHS = (1.2, 2.2)  # plateau depths below the plateau: its two points
BEND_MM = (14, 46)         # below the top: turns wholly, and not any more
WARP_MM = 0.9              # amplitude of each of the waves of a warp
WAVES = 6
JOINT_MM = 70              # of the femur, what can meet tibia or patella
BELOW = ("tibia", "fibula")


@dataclass
class LateralShape:
    """One knee; lengths in mm, angles in degrees."""

    femur_scale: np.ndarray     # (3,): body frame
    tibia_scale: np.ndarray
    patella_scale: np.ndarray
    slope: float                # of the medial plateau
    lateral_slope: float        # of the lateral one
    flexion: float
    joint_gap: float
    patella_gap: float          # cartilage between it and the femur
    tendon: float               # its length / the patella's
    patella_tilt: float
    cortex: float


def draw_shape(rng):
    scale = rng.uniform(0.88, 1.2)

    def form(spread):
        return scale * (1 + rng.normal(0, spread, 3).clip(-0.15, 0.15))

    tibia = form(0.04)
    femur = tibia * (1 + rng.normal(0, 0.02, 3))
    worn = rng.random() < 0.2
    slope = float(np.clip(rng.normal(8, 4.5), -3, 20))
    return LateralShape(
        femur_scale=femur, tibia_scale=tibia, patella_scale=form(0.07),
        slope=slope, lateral_slope=slope + rng.normal(-2, 4),
        flexion=rng.uniform(12, 55),
        joint_gap=rng.uniform(0.3, 2) if worn else rng.uniform(2, 5.5),
        patella_gap=rng.uniform(1, 6),
        tendon=float(np.clip(rng.normal(1.05, 0.22), 0.6, 1.75)),
        patella_tilt=rng.normal(0, 5), cortex=scale * rng.uniform(0.7, 1.25))


def warped(rng, vertices):
    """Vertices moved by smooth waves 35 to 110 mm long: another person's."""
    moved = vertices.copy()
    for _ in range(WAVES):
        direction = rng.normal(0, 1, 3)
        direction *= (2 * np.pi / rng.uniform(35, 110)
                      / np.linalg.norm(direction))
        shift = rng.normal(0, WARP_MM / 1.7, 3)
        moved += np.sin(vertices @ direction
                        + rng.uniform(0, 2 * np.pi))[:, None] * shift
    return moved


def section_middle(points, triangles, origin, down, level):
    """The middle (2,) of a flat projection's outline `level` below origin,
    across the direction down (2,); points (n, 2)."""
    across = np.array([-down[1], down[0]])
    depth = (points - origin) @ down - level
    edges = triangles[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2)
    first, second = depth[edges[:, 0]], depth[edges[:, 1]]
    cut = first * second < 0
    if not cut.any():
        raise ValueError("the bone does not reach that far")
    share = (first / (first - second))[cut, None]
    places = ((1 - share) * points[edges[cut, 0]]
              + share * points[edges[cut, 1]] - origin) @ across
    return (origin + level * down
            + 0.5 * (places.min() + places.max()) * across)


def shaft_points(points, triangles, front, back, down):
    """(2, 2): the shaft's middle at both levels, of a flat projection.

    front, back: corners of the plateau; down: about along the shaft."""
    depth = np.linalg.norm(front - back)
    for _ in range(2):
        upper, lower = (section_middle(points, triangles, 0.5 * (front + back),
                                       down, depths * depth)
                        for depths in SHAFT_DEPTHS)
        down = (lower - upper) / np.linalg.norm(lower - upper)
    return np.stack([upper, lower])


def slope_of(front, back, shaft):
    """Degrees by which the plateau (front, back) leans backward against the
    perpendicular to the shaft (2, 2); either side of the picture may be
    front, and y may point up or down."""
    rays = [shaft[1] - shaft[0], front - back]
    cosine = rays[0] @ rays[1] / np.prod([np.linalg.norm(r) for r in rays])
    return np.degrees(np.arccos(np.clip(cosine, -1, 1))) - 90


def with_slopes(vertices, triangles, medial, lateral, slopes):
    """Tibial vertices whose plateaus are turned until their slopes are those;
    medial, lateral: the vertices that are (front, back) corner of each."""
    bent = vertices
    plateau = proximal_tibia(vertices)
    across = np.clip((vertices[:, 2] - middle(plateau[:, 2]))
                     / half_width(plateau[:, 2]), -1, 1)
    top = vertices[:, 1].max()
    share = 1 - smooth_step((top - vertices[:, 1] - BEND_MM[0])
                            / (BEND_MM[1] - BEND_MM[0]))
    pivot = np.array([0.0, top - 0.5 * sum(BEND_MM)])
    turns = np.zeros(2)  # at the medial and the lateral corners
    for _ in range(6):
        flat = bent[:, :2]
        front, back = flat[medial[0]], flat[medial[1]]
        shaft = shaft_points(flat, triangles, front, back,
                             np.array([0.0, -1.0]))
        found = [slope_of(flat[f], flat[b], shaft)
                 for f, b in (medial, lateral)]
        turns += np.radians(np.subtract(slopes, found))
        angle = (turns.mean() + np.diff(turns) * across) * share
        cosine, sine = np.cos(angle), np.sin(angle)
        x, y = (vertices[:, :2] - pivot).T
        bent = vertices.copy()
        bent[:, 0] = pivot[0] + cosine * x - sine * y
        bent[:, 1] = pivot[1] + sine * x + cosine * y
    return bent


def pose_knee(rng, side, shape):
    """{bone: Mesh} of a flexed right knee, the tibia's shaft along y."""
    femur = side.anatomy.femur
    tibia = warped(rng, side.tibia.vertices * shape.tibia_scale)
    tibia = with_slopes(tibia, side.tibia.triangles, *(
        (side.landmarks[plateau + "_anterior"],
         side.landmarks[plateau + "_posterior"])
        for plateau in ("plateau", "lateral_plateau")),
        (shape.slope, shape.lateral_slope))
    leg = Leg({"femur": warped(rng, femur.vertices * shape.femur_scale),
               "tibia": tibia,
               "fibula": warped(rng, side.fibula.vertices
                                * shape.tibia_scale)})
    fit_knee(leg, _frontal(rng, shape))
    knee = leg.bones["femur"]
    knee = knee[knee[:, 1] < knee[:, 1].min() + JOINT_MM]
    axis = [knee[:, 0].mean(), knee[:, 1].min() + 20, knee[:, 2].mean()]
    leg.move(about_lateral(np.radians(shape.flexion)), pivot=axis,
             only=("femur",))
    _close_joint(leg, shape.joint_gap)
    patella = _place_patella(rng, side, leg, shape)
    return {"femur": femur.moved(leg.bones["femur"]),
            "tibia": side.tibia.moved(leg.bones["tibia"]),
            "fibula": side.fibula.moved(leg.bones["fibula"]),
            "patella": side.patella.moved(patella)}


def _frontal(rng, shape):
    """What fit_knee wants to know."""
    return LegShape(1, 1, 1, 88, 87, rng.normal(0, 1.5), 0, 0, 0, 0,
                    shape.joint_gap, 1)


def _close_joint(leg, gap):
    """Move the tibia along its shaft until it is `gap` from the femur."""
    femur = leg.bones["femur"]
    tree = cKDTree(femur[femur[:, 1] < np.percentile(femur[:, 1], 60)])
    top = leg.bones["tibia"]
    top = top[top[:, 1] > top[:, 1].max() - 25][::3]
    offset = -25.0  # apart to begin with
    for _ in range(8):
        offset += 0.8 * (tree.query(top + [0, offset, 0])[0].min() - gap)
    leg.move(np.eye(3), offset=[0, offset, 0], only=BELOW)


def _place_patella(rng, side, leg, shape):
    """On the end of its tendon, as far back as the femur lets it."""
    tuberosity = leg.bones["tibia"][side.landmarks["tibial_tuberosity"]]
    patella = warped(rng, side.patella.vertices * shape.patella_scale)
    pole = patella[side.landmarks["patella_lower_pole"]]
    length = np.linalg.norm(
        patella[side.landmarks["patella_upper_pole"]] - pole)
    lean = 0.3 * shape.flexion + shape.patella_tilt
    patella = ((patella - pole)
               @ about_lateral(np.radians(lean)).T)
    femur = leg.bones["femur"]
    tree = cKDTree(femur[np.linalg.norm(femur - tuberosity, axis=1) < 160])
    middle = tuberosity * [1, 1, 0] + [0, 0, rng.normal(0, 2)
                                       + femur[femur[:, 1]
                                               < femur[:, 1].min() + 60,
                                               2].mean()]
    for degrees in np.arange(60, -25, -1.0):
        angle = np.radians(degrees)
        place = middle + shape.tendon * length * np.array(
            [np.sin(angle), np.cos(angle), 0])
        distance = tree.query(patella[::4] + place)[0].min()
        if distance < shape.patella_gap:
            return patella + place
    raise ValueError("the patella does not meet the femur")
