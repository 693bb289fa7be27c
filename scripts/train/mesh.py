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
    normals = np.zeros_like(mesh.vertices)
    for corner in range(3):
        np.add.at(normals, mesh.triangles[:, corner], faces)
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
