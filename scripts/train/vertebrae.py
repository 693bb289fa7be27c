"""The vertebrae T1 to L5 as OpenSim's models have them, each in its own frame.

VTK XML files with ASCII points; every thoracic one has the same triangles,
and so has every lumbar one: a table of vertices tells where its endplates
are.  Local frame, mm: origin at the middle of the four corners of the body,
x anterior, y up along the body's axis, z to the patient's right.
"""

import pathlib
import xml.etree.ElementTree
from typing import NamedTuple

import numpy as np

from mesh import MILLIMETERS, Mesh, about_lateral, vertex_normals

NAMES = (tuple(f"T{i}" for i in range(1, 13))
         + tuple(f"L{i}" for i in range(1, 6)))
# vertices of the lateral edges of both endplates: right above, left above,
# right below, left below; a corner is the middle of its edge
CORNER_EDGES = {"T": ((112, 115), (114, 148), (8, 12), (14, 17)),
                "L": ((147, 148), (111, 112), (11, 14), (4, 8))}
# front and back of the upper and of the lower endplate, in the midline
ENDPLATES = {"T": ((74, 82), (0, 10)), "L": ((108, 78), (0, 5))}
UPPER_RIGHT, UPPER_LEFT, LOWER_RIGHT, LOWER_LEFT = range(4)


class Vertebra(NamedTuple):
    """mesh in the local frame; corners (4, 2): vertices of each edge."""

    name: str
    mesh: Mesh
    edges: np.ndarray

    def corners(self, vertices):
        """(4, 3): the corners of the body on (deformed) vertices."""
        return vertices[self.edges].mean(1)


def load_vertebrae(directory):
    """The 17 Vertebra, T1 first."""
    return [_load_vertebra(pathlib.Path(directory) / "opensim", name)
            for name in NAMES]


def _load_vertebra(directory, name):
    kind, number = name[0], name[1:]
    file = directory / (f"thoracic{number}_s.vtp" if kind == "T"
                        else f"lumbar{number}.vtp")
    mesh = read_polygons(file)
    vertices = mesh.vertices
    slopes = [np.arctan2(*(vertices[front] - vertices[back])[[1, 0]])
              for front, back in ENDPLATES[kind]]
    vertices = vertices @ about_lateral(-np.mean(slopes)).T
    edges = np.array(CORNER_EDGES[kind])
    vertices = vertices - vertices[edges].mean((0, 1))
    return Vertebra(name, smoothed(mesh.moved(vertices)), edges)


def read_polygons(file):
    """Mesh, in mm, of a VTK XML file with ASCII arrays in meters."""
    if not file.exists():
        raise SystemExit(f"{file}: no such file; see scripts/train/README.md "
                         "for where the meshes come from")
    piece = xml.etree.ElementTree.parse(file).getroot().find(".//Piece")
    points = np.array(piece.find("Points/DataArray").text.split(), float)
    arrays = {array.get("Name"): np.array(array.text.split(), np.int32)
              for array in piece.findall("Polys/DataArray")}
    triangles, start = [], 0
    for end in arrays["offsets"]:
        polygon = arrays["connectivity"][start:end]
        triangles += [(polygon[0], polygon[k], polygon[k + 1])
                      for k in range(1, len(polygon) - 1)]
        start = end
    return Mesh(points.reshape(-1, 3) * MILLIMETERS,
                np.array(triangles, np.int32))


def smoothed(mesh):
    """Four triangles for one, on a surface bent through the old vertices.

    The middle of an edge moves off the chord as far as the normals of its
    ends ask (a cubic through both, perpendicular to both normals); the old
    vertices keep their index and place.
    """
    triangles = mesh.triangles
    edges = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]],
                                    triangles[:, [2, 0]]]), 1)
    edges, index = np.unique(edges, axis=0, return_inverse=True)
    index = index.reshape(-1) + len(mesh.vertices)
    normals = vertex_normals(mesh)
    one, other = edges.T
    chord = mesh.vertices[other] - mesh.vertices[one]

    def rise(ends):
        along = (chord * normals[ends]).sum(1, keepdims=True)
        return along * normals[ends]

    middle = 0.5 * (mesh.vertices[one] + mesh.vertices[other])
    middle = middle + (rise(other) - rise(one)) / 8
    count = len(triangles)
    a, b, c = index[:count], index[count:2 * count], index[2 * count:]
    first, second, third = triangles.T
    split = np.concatenate([np.stack(corners, 1) for corners in (
        (first, a, c), (second, b, a), (third, c, b), (a, b, c))])
    return Mesh(np.concatenate([mesh.vertices, middle]),
                split.astype(np.int32))
