"""Breaking a bone: a mesh becomes two, and the lower one moves.

The cut is a plane, a little ragged, across the bone's long axis (y).  The
vertices on its far side slide along the axis onto the cut and toward its
middle: what they were becomes a lid without thickness, so both fragments stay
closed surfaces, which is what xray.c needs.  A growth plate is such a cut too,
nearly level and hardly opened, that is not a break.
"""

from dataclasses import dataclass

import numpy as np

from mesh import (about_anterior, about_lateral, about_vertical,
                  smooth_step)

GAP_LEAN = 0.2  # slope of a gap along the X-rays, at most
LID_MM = 20.0   # from here on a vertex lies in the middle of the lid


@dataclass
class Break:
    """Where a bone is cut and how the lower fragment has moved (mm, rad)."""

    height: float          # y of the cut on the bone's axis
    center: np.ndarray     # (2,) x and z of the axis there
    slope: np.ndarray      # (2,) of the plane along x and z
    ragged: np.ndarray     # (n, 4): waves of the cut: x, z per mm, phase, mm
    turn: np.ndarray       # (3, 3) about the center of the cut
    offset: np.ndarray     # (3,)
    broken: bool = True    # False: a growth plate
    displaced: bool = False

    def cut(self, vertices):
        """Height of the cut at the x and z of vertices (n, 3)."""
        x, z = (vertices[:, [0, 2]] - self.center).T
        # beyond the shaft the plane goes on level
        y = (self.height + np.clip(x, -25, 25) * self.slope[0]
             + np.clip(z, -25, 25) * self.slope[1])
        for wave in self.ragged:
            y = y + wave[3] * np.sin(x * wave[0] + z * wave[1] + wave[2])
        return y

    def upper(self, mesh):
        return self._clamped(mesh, np.maximum)

    def lower(self, mesh):
        """The other fragment, where it was."""
        return self._clamped(mesh, np.minimum)

    def _clamped(self, mesh, which):
        vertices = mesh.vertices.copy()
        beyond = np.abs(which(vertices[:, 1], self.cut(vertices))
                        - vertices[:, 1])
        vertices[:, [0, 2]] -= ((vertices[:, [0, 2]] - self.center)
                                * smooth_step(beyond / LID_MM)[:, None])
        lid = beyond > 0
        vertices[lid, 1] = self.cut(vertices[lid])
        return mesh.moved(vertices)

    def moved(self, vertices):
        """Where what hangs on the lower fragment has moved to."""
        pivot = np.array([self.center[0], self.height, self.center[1]])
        return (vertices - pivot) @ self.turn.T + pivot + self.offset

    def edges(self, mesh):
        """(n, 3): the rims of both fragments, as far as they are sharp."""
        vertices = mesh.vertices
        around = np.hypot(*(vertices[:, [0, 2]] - self.center).T) < 40
        near = np.abs(vertices[:, 1] - self.cut(vertices)) < 2.5
        rim = vertices[near & around].copy()
        rim[:, 1] = self.cut(rim)
        return np.concatenate([rim, self.moved(rim)])


def pieces(cuts, mesh):
    """The Meshes a mesh becomes by cuts, which come from the top down."""
    if not cuts:
        return [mesh]
    first, *others = cuts
    return [first.upper(mesh)] + [
        piece.moved(first.moved(piece.vertices))
        for piece in pieces(others, first.lower(mesh))]


def carried(cuts, points):
    """Where cuts take points that hang on the lowest piece."""
    for cut in reversed(cuts):
        points = cut.moved(points)
    return points


def draw_break(rng, mesh, height, kind, beam):
    """A Break of mesh at y = height.

    kind: "gap" (a dark line, hardly moved) or "displaced".  beam: (2,) unit
    vector, x and z of the X-rays: a gap that leans much along them shows no
    line, so it does not.
    """
    vertices = mesh.vertices
    low, high = _section(mesh, height)
    steep = np.tan(np.radians(rng.uniform(0, 55) if rng.random() < 0.6
                              else rng.uniform(0, 12)))
    # near an end of the bone an oblique cut would run into the joint
    spare = min(height - vertices[:, 1].min(), vertices[:, 1].max() - height)
    steep *= np.clip((spare - 30) / 60, 0.15, 1)
    toward = rng.uniform(0, 2 * np.pi)
    slope = steep * np.array([np.cos(toward), np.sin(toward)])
    waves = np.stack([rng.normal(0, 0.35, 4), rng.normal(0, 0.35, 4),
                      rng.uniform(0, 2 * np.pi, 4),
                      rng.uniform(0.2, 1.0, 4)], -1)
    if kind == "gap":
        turn = _turn(rng.normal(0, 0.8, 3))
        aside = rng.normal(0, 0.5, 2)
        apart = -rng.uniform(1.0, 2.6) * np.hypot(1, steep)
        along = slope @ beam
        slope -= beam * (along - np.clip(along, -GAP_LEAN, GAP_LEAN))
    else:
        turn = _turn(rng.normal(0, [7, 10, 7]))
        size = rng.uniform(0.1, 1.1) * (high - low).mean()
        way = rng.uniform(0, 2 * np.pi)
        aside = size * np.array([np.cos(way), np.sin(way)])
        apart = rng.uniform(-10, 18)   # apart, or shortened
    return Break(height, 0.5 * (low + high), slope, waves, turn,
                 np.array([aside[0], apart, aside[1]]),
                 displaced=kind != "gap")


def draw_plate(rng, mesh, height):
    """A growth plate of mesh at y = height."""
    low, high = _section(mesh, height)
    waves = np.stack([rng.normal(0, 0.12, 4), rng.normal(0, 0.12, 4),
                      rng.uniform(0, 2 * np.pi, 4),
                      rng.uniform(0.2, 0.8, 4)], -1)
    return Break(height, 0.5 * (low + high), rng.normal(0, 0.05, 2), waves,
                 np.eye(3), np.array([0, -rng.uniform(0.6, 2.2), 0]),
                 broken=False)


def _section(mesh, height):
    """Least and greatest x and z of mesh near y = height."""
    ring = mesh.vertices[np.abs(mesh.vertices[:, 1] - height) < 6]
    return ring[:, [0, 2]].min(0), ring[:, [0, 2]].max(0)


def _turn(degrees):
    a, v, l = np.radians(degrees)
    return about_anterior(a) @ about_vertical(v) @ about_lateral(l)
