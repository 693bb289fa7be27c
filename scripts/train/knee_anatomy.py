"""Other people's knees: distal femora and a proximal tibia from MR.

The meshes end at the border of the MR volume.  Their shafts are drawn out to
the length of the CT skeleton's, whose other bones they borrow, so that the
code that builds legs takes them as they are.
"""

import copy
import functools
import pathlib

import numpy as np

from anatomy import Anatomy, distal_femur, half_width, middle, proximal_tibia
from mesh import Mesh, missing, smooth_step

TRAINING = (None, 1, 2, 4)   # femora; None is the CT skeleton's
HELD_OUT = (3, 5)
TIBIAE = (None, "tibia_mesh")
CUT_MM = 14                  # from the cut end, what is drawn out
SHAFT_SHARE = 0.55           # of the section's width there


@functools.lru_cache(maxsize=None)
def knee_anatomy(mesh_directory, femur, tibia):
    """An Anatomy with that femur (1 to 5) and tibia; None: the CT's."""
    anatomy = copy.copy(_skeleton(mesh_directory))
    folder = pathlib.Path(mesh_directory) / "pymskt_knee"
    if femur is not None:
        mesh = read_vtk(folder / f"{femur}_RIGHT_femur.vtk")
        anatomy.femur = _placed_femur(mesh, anatomy)
    if tibia is not None:
        anatomy.tibia = _placed_tibia(read_vtk(folder / f"{tibia}.vtk"),
                                      anatomy)
    return anatomy


@functools.lru_cache(maxsize=1)
def _skeleton(mesh_directory):
    return Anatomy(mesh_directory)


def read_vtk(path):
    """Mesh of a legacy ASCII polydata file (left, posterior, up), version 4.2
    or 5.1, in the body frame."""
    if not path.exists():
        raise missing(path)
    words = path.read_text().split()
    at = words.index("POINTS")
    count = int(words[at + 1])
    points = np.array(words[at + 3:at + 3 + 3 * count], float).reshape(-1, 3)
    if "CONNECTIVITY" in words:
        at = words.index("CONNECTIVITY")
        size = int(words[words.index("POLYGONS") + 2])
        triangles = np.array(words[at + 2:at + 2 + size], np.int32)
    else:
        at = words.index("POLYGONS")
        size = int(words[at + 2])
        triangles = np.array(words[at + 3:at + 3 + size],
                             np.int32).reshape(-1, 4)[:, 1:]
    mesh = Mesh(np.stack([-points[:, 1], points[:, 2], -points[:, 0]], -1),
                triangles.reshape(-1, 3))
    corners = mesh.vertices[mesh.triangles]
    volume = np.einsum("ij,ij->", corners[:, 0],
                       np.cross(corners[:, 1], corners[:, 2]))
    return mesh if volume > 0 else mesh.moved(mesh.vertices)._replace(
        triangles=mesh.triangles[:, ::-1])


def drawn_out(vertices, end, goal, toward):
    """Vertices within CUT_MM of height `end` taper to a shaft that reaches
    height `goal`, its axis passing through toward (x, z) there."""
    share = smooth_step(1 - np.abs(vertices[:, 1] - end) / CUT_MM)
    section = vertices[share > 0]
    center = np.array([middle(section[:, 0]), middle(section[:, 2])])
    result = vertices.copy()
    result[:, 1] += (goal - end) * share
    across = vertices[:, [0, 2]] - center
    result[:, [0, 2]] = (center + share[:, None] * (np.asarray(toward)
                                                    - center)
                         + across * (1 - (1 - SHAFT_SHARE) * share[:, None]))
    return result


def _placed_femur(mesh, anatomy):
    own = distal_femur(mesh.vertices)
    model = distal_femur(anatomy.femur.vertices)
    scale = half_width(model[:, 2]) / half_width(own[:, 2])
    vertices = mesh.vertices * scale
    own = distal_femur(vertices)
    vertices = vertices + [model[:, 0].mean() - own[:, 0].mean(),
                           -anatomy.femur_length - vertices[:, 1].min(),
                           anatomy.knee_z - middle(own[:, 2])]
    shaft = anatomy.femur.vertices
    shaft = shaft[np.abs(shaft[:, 1] + 0.5 * anatomy.femur_length) < 15]
    return mesh.moved(drawn_out(vertices, vertices[:, 1].max(), -40.0,
                                (middle(shaft[:, 0]), middle(shaft[:, 2]))))


def _placed_tibia(mesh, anatomy):
    own = proximal_tibia(mesh.vertices)
    model = proximal_tibia(anatomy.tibia.vertices)
    vertices = mesh.vertices * (half_width(model[:, 2])
                                / half_width(own[:, 2]))
    own = proximal_tibia(vertices)
    vertices = vertices - [middle(own[:, 0]), vertices[:, 1].max(),
                           middle(own[:, 2])]
    return mesh.moved(drawn_out(vertices, vertices[:, 1].min(),
                                -anatomy.tibia_length,
                                anatomy.ankle_center[[0, 2]]))
