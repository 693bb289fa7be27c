"""Whose bones a film of a limb shows: those of training, or others.

Training: the CT skeleton, femora 1, 2 and 4 and a tibia from MR
(knee_anatomy.py).  Held out whole: tibia, fibula, talus, calcaneus and patella
of the Visible Human Female (Andreassen et al., Sci Data 2022, University of
Denver, CC BY 4.0) and femora 3 and 5.
"""

import copy
import functools
import pathlib

import numpy as np

from anatomy import find_plafond_center, middle, proximal_tibia
from knee_anatomy import HELD_OUT, TIBIAE, TRAINING, knee_anatomy
from mesh import Mesh, missing, refined

FOLDER = "vhf_female_denver"
FILES = {"tibia": "Tibia", "fibula": "Fibula", "talus": "Talus",
         "calcaneus": "Calcaneous", "patella": "Patella"}
LONGEST_EDGE_MM = 6.0
SHAFTS = ("femur", "tibia", "fibula")   # what is broken


def draw_anatomy(rng, mesh_directory, held_out=False):
    """(Anatomy, whether the femur has no head) of one person or another."""
    femora = HELD_OUT if held_out else TRAINING
    femur = femora[rng.integers(len(femora))]
    tibia = FOLDER if held_out else TIBIAE[rng.integers(len(TIBIAE))]
    return _anatomy(str(mesh_directory), femur, tibia), femur is not None


@functools.lru_cache(maxsize=None)
def _anatomy(mesh_directory, femur, tibia):
    stranger = tibia == FOLDER
    anatomy = copy.copy(knee_anatomy(mesh_directory, femur,
                                     None if stranger else tibia))
    if stranger:
        _set_lower_leg(anatomy, pathlib.Path(mesh_directory) / FOLDER)
    for name in SHAFTS:
        setattr(anatomy, name, refined(_closed(getattr(anatomy, name)),
                                       LONGEST_EDGE_MM))
    return anatomy


def _closed(mesh):
    """With the one triangle that a mesh from MR lacks."""
    edges = {(a, b) for triangle in mesh.triangles.tolist()
             for a, b in zip(triangle, triangle[1:] + triangle[:1])}
    after = {b: a for a, b in edges if (b, a) not in edges}
    if len(after) != 3:
        return mesh
    first = next(iter(after))
    missing_one = [first, after[first], after[after[first]]]
    return mesh._replace(triangles=np.concatenate(
        [mesh.triangles, np.array([missing_one], np.int32)]))


def _set_lower_leg(anatomy, folder):
    """Bones that were scanned together, as they lay; the patella where the
    other one was."""
    bones = {name: read_stl(folder / f"VHF_Left_Bone_{file}_smooth.stl")
             for name, file in FILES.items()}
    upright = _upright(bones["tibia"].vertices)
    bones = {name: bone.moved(bone.vertices @ upright.T)
             for name, bone in bones.items()}
    tibia = bones["tibia"].vertices
    plateau = proximal_tibia(tibia)
    center = np.array([middle(plateau[:, 0]), tibia[:, 1].max(),
                       middle(plateau[:, 2])])
    kneecap = bones.pop("patella")
    for name, bone in bones.items():
        setattr(anatomy, name, bone.shifted(-center))
    anatomy.tibia_length = -anatomy.tibia.vertices[:, 1].min()
    anatomy.ankle_center = find_plafond_center(anatomy.tibia.vertices)
    anatomy.patella = kneecap.shifted(_box_center(anatomy.patella)
                                      - _box_center(kneecap))


def _box_center(mesh):
    return 0.5 * (mesh.vertices.min(0) + mesh.vertices.max(0))


def _upright(vertices):
    """The rotation that makes a bone's long axis vertical."""
    axis = np.linalg.svd(vertices - vertices.mean(0),
                         full_matrices=False)[2][0]
    axis = axis * np.sign(axis[1])
    lateral = np.cross([1.0, 0, 0], axis)
    lateral /= np.linalg.norm(lateral)
    return np.stack([np.cross(axis, lateral), axis, lateral])


def read_stl(path):
    """Mesh of a binary STL of a left bone (x to the right, y anterior, z up)
    as a right bone in the body frame."""
    if not path.exists():
        raise missing(path)
    facets = np.frombuffer(path.read_bytes(), np.dtype([
        ("normal", "<f4", 3), ("corners", "<f4", (3, 3)),
        ("attribute", "<u2")]), offset=84)
    corners, index = np.unique(facets["corners"].reshape(-1, 3), axis=0,
                               return_inverse=True)
    x, y, z = corners.astype(float).T
    mesh = Mesh(np.stack([y, z, -x], -1),
                index.reshape(-1, 3).astype(np.int32))
    a, b, c = np.moveaxis(mesh.vertices[mesh.triangles], 1, 0)
    outward = np.einsum("ij,ij->", a, np.cross(b, c)) > 0
    return mesh if outward else mesh._replace(
        triangles=mesh.triangles[:, ::-1])
