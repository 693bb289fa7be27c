"""Triangle meshes of bones: loading, normals, mirroring, rotations.

Body frame, millimeters (as the International Society of Biomechanics has it):
x anterior, y up, z to the patient's right.
"""

import os
import pathlib
from typing import NamedTuple

import numpy as np

BONES_FILE = pathlib.Path("bmf_female_ct") / "bmf_bones_f32.npz"
MILLIMETERS = 1000.0  # the file is in meters


class Mesh(NamedTuple):
    """A closed surface, triangles counter-clockwise seen from outside."""

    vertices: np.ndarray   # (n, 3) float64, mm
    triangles: np.ndarray  # (m, 3) int32, indices into vertices

    def moved(self, vertices):
        """The same triangles on other vertices."""
        return Mesh(vertices, self.triangles)

    def shifted(self, offset):
        return self.moved(self.vertices + offset)

    def mirrored(self):
        """The other side's bone: z changes sign, and so does the winding."""
        return Mesh(self.vertices * [1, 1, -1], self.triangles[:, ::-1])


def default_directory():
    """Where the meshes are expected when nobody says otherwise."""
    data = os.environ.get("OSTEON_TESTDATA")
    if data:
        return pathlib.Path(data) / "meshes"
    repository = pathlib.Path(__file__).resolve().parents[2]
    return repository.parent / "shared" / "data" / "meshes"


def missing(file):
    """What to raise where a mesh is not there; a worker process must not
    exit, or its pool waits for ever."""
    return FileNotFoundError(f"{file}: no such file; see scripts/train/"
                             "README.md for where the meshes come from")


def load_right_bones(directory):
    """{name: Mesh} of the right leg's bones and the sacrum, each in mm."""
    file = pathlib.Path(directory) / BONES_FILE
    if not file.exists():
        raise missing(file)
    names = ("Femur", "Tibia", "Fibula", "Patella", "Talus", "Calcaneus",
             "Pelvis")
    stored = {name.lower(): name + "R" for name in names}
    stored["sacrum"] = "Sacrum"
    with np.load(file) as arrays:
        return {name: Mesh(arrays[key + "_v"].astype(float) * MILLIMETERS,
                           arrays[key + "_f"].astype(np.int32))
                for name, key in stored.items()}


def vertex_normals(mesh):
    """Outward unit normals (n, 3), faces weighted by their area."""
    corners = mesh.vertices[mesh.triangles]
    faces = np.cross(corners[:, 1] - corners[:, 0],
                     corners[:, 2] - corners[:, 0])
    count = len(mesh.vertices)
    normals = np.stack([sum(
        np.bincount(mesh.triangles[:, corner], faces[:, axis], count)
        for corner in range(3)) for axis in range(3)], -1)
    return normals / (np.linalg.norm(normals, axis=1, keepdims=True) + 1e-12)


def smooth_step(position):
    """0 below 0, 1 above 1, and a smooth ramp in between."""
    position = np.clip(position, 0, 1)
    return position * position * (3 - 2 * position)


def inner_surface(mesh, along, shaft_mm, end_mm):
    """The inside of the cortex: thick in mid shaft, thin at both ends.

    along: index of the long axis.  Vertices move inward along their normals.
    """
    axis = mesh.vertices[:, along]
    position = (axis - axis.min()) / (np.ptp(axis) + 1e-9)
    shaft = smooth_step(position / 0.28) * smooth_step((1 - position) / 0.28)
    thickness = end_mm + (shaft_mm - end_mm) * shaft
    return mesh.moved(mesh.vertices
                      - vertex_normals(mesh) * thickness[:, None])


def refined(mesh, longest):
    """The same surface without edges longer than longest (mm): they are
    halved, for both triangles beside them, so what is closed stays closed."""
    vertices, triangles = mesh
    while True:
        edges = np.sort(triangles[:, [[0, 1], [1, 2], [2, 0]]], -1)
        lengths = np.linalg.norm(vertices[edges[..., 0]]
                                 - vertices[edges[..., 1]], axis=-1)
        long = lengths > longest
        if not long.any():
            return Mesh(vertices, triangles)
        halved, index = np.unique(edges[long], axis=0, return_inverse=True)
        middles = np.full(long.shape, -1, np.int32)
        middles[long] = len(vertices) + index.ravel()
        vertices = np.concatenate([vertices, vertices[halved].mean(1)])
        triangles = _split(triangles, middles)


def _split(triangles, middles):
    """Triangles (m, 3) cut at the middles (m, 3) of their edges 01, 12, 20;
    -1: an edge that stays whole."""
    count = (middles >= 0).sum(1)
    parts = [triangles[count == 0]]
    for turn in range(3):
        order = [turn, (turn + 1) % 3, (turn + 2) % 3]
        (a, b, c), (ab, bc, ca) = triangles[:, order].T, middles[:, order].T
        one = (count == 1) & (ab >= 0)
        two = (count == 2) & (ca < 0)
        parts += [np.stack(corners, -1)[chosen] for chosen, corners in (
            (one, (a, ab, c)), (one, (ab, b, c)),
            (two, (ab, b, bc)), (two, (a, ab, bc)), (two, (a, bc, c)))]
    (a, b, c), (ab, bc, ca) = triangles.T, middles.T
    parts += [np.stack(corners, -1)[count == 3] for corners in (
        (a, ab, ca), (ab, b, bc), (ca, bc, c), (ab, bc, ca))]
    return np.concatenate(parts)


def about_anterior(angle):
    """Rotation matrix about x (in the frontal plane), radians."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[1, 0, 0], [0, c, -s], [0, s, c]])


def about_vertical(angle):
    """Rotation matrix about y (turning the leg in or out), radians."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])


def about_lateral(angle):
    """Rotation matrix about z (flexion and extension), radians."""
    c, s = np.cos(angle), np.sin(angle)
    return np.array([[c, -s, 0], [s, c, 0], [0, 0, 1]])
