"""Bones of a knee seen from the side, and the vertices that are landmarks.

Training has the CT skeleton's tibia, fibula and patella and a tibia from MR.
Held out whole is another woman's knee (Visible Human Female, Andreassen et
al., Scientific Data 2022, CC BY 4.0): tibia, fibula and patella, under femora
that no training film has.
"""

import functools
import pathlib
from dataclasses import dataclass

import numpy as np

from anatomy import half_width, middle, proximal_tibia
from knee_anatomy import HELD_OUT, TIBIAE, TRAINING, knee_anatomy
from limb_anatomy import FOLDER, read_stl
from mesh import Mesh

MEDIAL = (-0.70, -0.35)    # of the half width: where the slope is read
LATERAL = (0.35, 0.70)
FRONT_MM = (14, 100)       # below the top: ends of the line down the front
CORNER_DEG = 45            # from across the plateau to along it
RIDGE_MM = 7               # from the lower pole to either side
FACET_DEG = 45             # from up to the back: the facet's upper corner
FACET_END = 0.25           # of the length: the apex below has no cartilage
PATELLA_NAMES = ("patella_upper_pole", "patella_lower_pole",
                 "patella_articular_upper", "patella_articular_lower")
TIBIA_NAMES = ("tibial_tuberosity", "plateau_anterior", "plateau_posterior")


@dataclass
class KneeSide:
    """Unposed bones of a right knee (Mesh, mm, body frame) and, by landmark,
    the index of the vertex of the patella or tibia that is it."""

    anatomy: object        # of the femur, for its frame and length
    tibia: Mesh            # origin: the middle of the plateau, at its top
    fibula: Mesh           # in the tibia's frame
    patella: Mesh          # origin: the middle of its bounding box
    landmarks: dict


@functools.lru_cache(maxsize=None)
def training_knee(mesh_directory, femur, tibia):
    anatomy = knee_anatomy(mesh_directory, femur, tibia)
    return _with_landmarks(anatomy, anatomy.tibia, anatomy.fibula,
                           anatomy.patella)


@functools.lru_cache(maxsize=None)
def held_out_knee(mesh_directory, femur):
    folder = pathlib.Path(mesh_directory) / FOLDER
    tibia, fibula, patella = (
        read_stl(folder / f"VHF_Left_Bone_{name}_smooth.stl")
        for name in ("Tibia", "Fibula", "Patella"))
    turn = _upright(tibia.vertices)
    tibia, fibula = (mesh.moved(mesh.vertices @ turn.T)
                     for mesh in (tibia, fibula))
    plateau = proximal_tibia(tibia.vertices)
    center = np.array([middle(plateau[:, 0]), tibia.vertices[:, 1].max(),
                       middle(plateau[:, 2])])
    return _with_landmarks(knee_anatomy(mesh_directory, femur, None),
                           tibia.shifted(-center), fibula.shifted(-center),
                           patella)


def draw_knee(rng, mesh_directory, held_out):
    if held_out:
        return held_out_knee(mesh_directory,
                             HELD_OUT[rng.integers(len(HELD_OUT))])
    return training_knee(mesh_directory,
                         TRAINING[rng.integers(len(TRAINING))],
                         TIBIAE[rng.integers(len(TIBIAE))])


def _with_landmarks(anatomy, tibia, fibula, patella):
    patella = patella.shifted(-0.5 * (patella.vertices.min(0)
                                      + patella.vertices.max(0)))
    return KneeSide(anatomy, tibia, fibula, patella,
                    {**_tibial(tibia.vertices), **_patellar(patella.vertices)})


def _upright(vertices):
    """Rotation that puts a tibia's shaft along y and its plateau along z."""
    y = vertices[:, 1]
    shares = np.linspace(0.25, 0.75, 11)
    rings = [vertices[np.abs(y - y.min() - share * np.ptp(y)) < 5].mean(0)
             for share in shares]
    up = rings[-1] - rings[0]
    up /= np.linalg.norm(up)
    plateau = proximal_tibia(vertices)
    plateau = plateau - plateau.mean(0)
    plateau -= np.outer(plateau @ up, up)
    lateral = np.linalg.eigh(plateau.T @ plateau)[1][:, -1]
    lateral *= np.sign(lateral[2])
    return np.stack([np.cross(up, lateral), up, lateral])


def _farthest(vertices, among, direction):
    """Index of the vertex of `among` (a mask) that is farthest in a direction
    (anterior, up)."""
    along = vertices[:, :2] @ np.asarray(direction, float)
    return int(np.where(among, along, -np.inf).argmax())


def _beyond_chord(vertices, among, first, last):
    """Index of the vertex of `among` that stands out most from the chord of
    two others, on the right when one goes from the first to the last."""
    along = vertices[last, :2] - vertices[first, :2]
    return _farthest(vertices, among, [along[1], -along[0]])


def _tibial(vertices):
    """The corners of both plateaus; the tuberosity, which stands out most
    from the line down the front."""
    plateau = proximal_tibia(vertices)
    across = ((vertices[:, 2] - middle(plateau[:, 2]))
              / half_width(plateau[:, 2]))
    below = vertices[:, 1].max() - vertices[:, 1]
    ends = [_farthest(vertices, (np.abs(below - level) < 4)
                      & (np.abs(across) < 0.5), [1, 0])
            for level in FRONT_MM]
    crest = ((below > FRONT_MM[0]) & (below < FRONT_MM[1])
             & (across > -0.1) & (across < 0.35))
    marks = {"tibial_tuberosity": _beyond_chord(vertices, crest, *ends[::-1])}
    for name, (low, high) in (("plateau", MEDIAL),
                              ("lateral_plateau", LATERAL)):
        marks[name + "_anterior"], marks[name + "_posterior"] = _corners(
            vertices, (across > low) & (across < high) & (below < 35))
    return marks


def _corners(vertices, among):
    """Front and back corner of a plateau (a mask), each farthest half way
    between along and across it."""
    slope = 0.0
    for _ in range(4):  # across the plateau depends on where its corners are
        front, back = (
            _farthest(vertices, among, [np.sin(angle), np.cos(angle)])
            for angle in (np.radians(CORNER_DEG) - slope,
                          -np.radians(CORNER_DEG) - slope))
        rise = vertices[front] - vertices[back]
        slope = np.arctan2(rise[1], rise[0])
    return front, back


def _patellar(vertices):
    """The poles are the two vertices that are farthest apart along it.  A
    mesh does not show where the articular facet ends: it goes from the
    corner of top and back down to FACET_END of the length, on the back."""
    lower = int(vertices[:, 1].argmin())
    upper = int(np.linalg.norm(vertices - vertices[lower], axis=1).argmax())
    ridge = np.abs(vertices[:, 2] - vertices[lower, 2]) < RIDGE_MM
    share = ((vertices[:, 1] - vertices[lower, 1])
             / (vertices[upper, 1] - vertices[lower, 1]))
    angle = np.radians(FACET_DEG)
    return {"patella_upper_pole": upper, "patella_lower_pole": lower,
            "patella_articular_upper": _farthest(
                vertices, ridge, [-np.sin(angle), np.cos(angle)]),
            "patella_articular_lower": _farthest(
                vertices, ridge & (np.abs(share - FACET_END) < 0.03),
                [-1, 0])}
