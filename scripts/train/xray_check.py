#!/usr/bin/python3
"""Compare xray.c with the analytic chord lengths of a sphere; exit 1 if off.

What remains is the tessellation: the mesh lies up to 0.005 mm inside the
sphere, which near the rim makes chords of a ray shorter by more.
"""

import sys

import numpy as np

from mesh import Mesh
from xray import Beam, Detector, add_path_length

RADIUS_MM = 40.0
CENTER = np.array([3.3, -2.2, 60.0])


def sphere(rings=200):
    """A closed UV sphere with `rings` rings of latitude."""
    around = 2 * rings
    polar = np.linspace(0, np.pi, rings + 1)[1:-1, None]
    turn = np.linspace(0, 2 * np.pi, around, endpoint=False)[None, :]
    belt = np.stack([np.sin(polar) * np.cos(turn),
                     -np.cos(polar) * np.ones_like(turn),
                     np.sin(polar) * np.sin(turn)], -1).reshape(-1, 3)
    vertices = np.concatenate([[[0, -1, 0]], belt, [[0, 1, 0]]])
    last, triangles = len(vertices) - 1, []
    for j in range(around):
        k = (j + 1) % around
        triangles.append([0, 1 + j, 1 + k])
        for ring in range(rings - 2):
            upper, lower = 1 + ring * around, 1 + (ring + 1) * around
            triangles += [[upper + j, lower + j, upper + k],
                          [upper + k, lower + j, lower + k]]
        final = 1 + (rings - 2) * around
        triangles.append([last, final + k, final + j])
    mesh = Mesh(vertices * RADIUS_MM + CENTER, np.array(triangles, np.int32))
    corners = mesh.vertices[mesh.triangles]
    volume = np.einsum("ij,ij->", corners[:, 0],
                       np.cross(corners[:, 1], corners[:, 2]))
    return mesh if volume > 0 else Mesh(mesh.vertices,
                                        mesh.triangles[:, ::-1])


def analytic_chords(beam, detector):
    """Exact mm inside the sphere for every pixel's ray."""
    x, y = np.meshgrid(detector.column_positions(), detector.row_positions())
    if beam.source_to_object <= 0:
        squared = RADIUS_MM**2 - (x - CENTER[0])**2 - (y - CENTER[1])**2
        return 2 * np.sqrt(np.clip(squared, 0, None))
    source = np.array([beam.source_x, beam.source_y, -beam.source_to_object])
    pixel = np.stack([x, y, np.full_like(x, beam.object_to_detector)], -1)
    ray = pixel - source
    ray /= np.linalg.norm(ray, axis=-1, keepdims=True)
    to_center = CENTER - source
    along = ray @ to_center
    squared = along**2 - (to_center @ to_center - RADIUS_MM**2)
    return 2 * np.sqrt(np.clip(squared, 0, None))


def main():
    mesh = sphere()
    passed = True
    for name, beam in (("parallel beam", Beam(0, 0, 0, 0)),
                       ("point source", Beam(5, -8, 1500, 200))):
        detector = Detector(240, 240, 0.5, -60, -60)
        image = np.zeros((240, 240), np.float32)
        add_path_length(mesh, 1.0, beam, detector, image)
        exact = analytic_chords(beam, detector)
        error = np.abs(image - exact)
        largest = error[exact > 5].max()
        rms = np.sqrt((error**2).mean())
        stray = int((np.abs(image[exact == 0]) > 1e-3).sum())
        fine = largest < 0.1 and rms < 0.02 and stray == 0
        passed = passed and fine
        print(f"{name}: rms {rms:.4f} mm, max {largest:.3f} mm where the "
              f"chord is over 5 mm, stray pixels {stray}: "
              f"{'ok' if fine else 'WRONG'}")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
