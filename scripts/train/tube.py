"""Closed tubes along a path: ribs, stems, anything without a mesh."""

import numpy as np

from mesh import Mesh


def tube(path, radius, flat=1, sides=10):
    """Mesh around path (n, 3) mm with an elliptic section.

    radius: (2,) half axes, the first along coordinate `flat` of the body
    frame as far as the path allows, the second across it.
    """
    path = np.asarray(path, float)
    count = len(path)
    along = np.gradient(path, axis=0)
    along /= np.linalg.norm(along, axis=1, keepdims=True)
    first = np.zeros((count, 3))
    first[:, flat] = 1
    first -= along * (first * along).sum(1, keepdims=True)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    second = np.cross(along, first)
    angle = np.arange(sides) * 2 * np.pi / sides
    ring = (np.cos(angle)[None, :, None] * first[:, None] * radius[0]
            + np.sin(angle)[None, :, None] * second[:, None] * radius[1])
    vertices = np.concatenate([(path[:, None] + ring).reshape(-1, 3),
                               path[[0, -1]]])
    return Mesh(vertices, _tube_triangles(count, sides))


def _tube_triangles(count, sides):
    """Triangles of a tube, counter-clockwise seen from outside."""
    triangles = []
    for ring in range(count - 1):
        for side in range(sides):
            a = ring * sides + side
            b = ring * sides + (side + 1) % sides
            triangles += [(a, b, a + sides), (b, b + sides, a + sides)]
    first, last = count * sides, count * sides + 1
    for side in range(sides):
        beside = (side + 1) % sides
        end = (count - 1) * sides
        triangles += [(first, beside, side), (last, end + side, end + beside)]
    return np.array(triangles, np.int32)
