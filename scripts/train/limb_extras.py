"""What else a film of a limb shows and is no break: metal, holes where metal
was, nutrient canals, casts, folds of skin and cloth, scratches.

Bones are in the body frame of one right leg (mm); attenuation per mm is in
excess of what is there.
"""

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import PchipInterpolator

from mesh import smooth_step
from tube import tube

STEEL, TITANIUM = 0.32, 0.15
HOLE = -0.026              # a drill hole through cortex and marrow
CANAL = -0.03
PLASTER, GLASS_FIBER = 1.35, 0.8   # mm of muscle that a mm is worth


@dataclass
class Shaft:
    """Middle (x, z) and half widths (x, z) of a bone at a height y."""

    middle: PchipInterpolator
    half: PchipInterpolator
    low: float
    high: float

    def height(self, share):
        """y at a share of the length, from the top."""
        return self.high - share * (self.high - self.low)

    def path(self, heights, aside=(0.0, 0.0)):
        """(n, 3): the axis, shifted by a multiple of the half widths."""
        x, z = (self.middle(heights)
                + np.asarray(aside) * self.half(heights)).T
        return np.stack([x, heights, z], -1)


def shaft_of(mesh):
    vertices = mesh.vertices
    low, high = vertices[:, 1].min(), vertices[:, 1].max()
    heights, middles, halves = [], [], []
    for y in np.linspace(low, high, 25)[1:-1]:
        ring = vertices[np.abs(vertices[:, 1] - y) < 7][:, [0, 2]]
        if len(ring) < 4:
            continue
        heights.append(y)
        middles.append(0.5 * (ring.min(0) + ring.max(0)))
        halves.append(0.5 * np.ptp(ring, axis=0))
    return Shaft(PchipInterpolator(heights, middles),
                 PchipInterpolator(heights, halves), low, high)


def draw_metal(rng, shaft, near=None):
    """[(Mesh, attenuation)]: a nail, a plate, pins, or the holes of screws
    that were taken out.  near: height of the break they hold."""
    attenuation = STEEL if rng.random() < 0.5 else TITANIUM
    middle = (shaft.height(rng.uniform(0.3, 0.7)) if near is None
              else near + rng.normal(0, 15))
    kind = rng.choice(4, p=(0.3, 0.4, 0.15, 0.15))
    if kind == 0:
        return _nail(rng, shaft, attenuation)
    if kind == 1:
        return _plate(rng, shaft, middle, attenuation)
    if kind == 2:
        return _screws(rng, shaft, middle, attenuation, reach=rng.uniform(
            25, 90), radius=rng.uniform(1.0, 2.5))
    return _screws(rng, shaft, middle, HOLE, reach=0.0,
                   radius=rng.uniform(1.4, 2.4))


def _nail(rng, shaft, attenuation):
    ends = shaft.height(rng.uniform(0.03, 0.1)), shaft.height(
        rng.uniform(0.7, 0.92))
    radius = rng.uniform(3.5, 5.5)
    rod = tube(shaft.path(np.linspace(*ends, 14)), (radius, radius), flat=0)
    parts = [(rod, attenuation)]
    for end, toward in zip(ends, (-1, 1)):
        for k in range(1, 1 + rng.integers(0, 3)):
            parts += _screw(rng, shaft, end + toward * 18 * k,
                            rng.uniform(1.8, 2.6), 4.0, 1, attenuation)
    return parts


def _plate(rng, shaft, middle, attenuation):
    half_length = rng.uniform(35, 90)
    heights = np.linspace(middle + half_length, middle - half_length, 14)
    across = int(rng.integers(2))          # beside x or beside z
    aside = np.zeros(2)
    aside[across] = 1.12 * rng.choice([-1, 1])
    thick, wide = rng.uniform(1.2, 2.4), rng.uniform(4.5, 8.0)
    body = tube(shaft.path(heights, aside), (thick, wide), flat=2 * across)
    parts = [(body, attenuation)]
    step = rng.uniform(12, 18)
    for y in np.arange(middle - half_length + 7, middle + half_length - 5,
                       step):
        if rng.random() < 0.75:
            parts += _screw(rng, shaft, y, rng.uniform(1.5, 2.3), 3.0,
                            across, attenuation)
    return parts


def _screws(rng, shaft, middle, attenuation, reach, radius):
    across = int(rng.integers(2))
    parts = []
    for k in range(rng.integers(2, 6)):
        parts += _screw(rng, shaft, middle + (k - 2) * rng.uniform(14, 30),
                        radius, reach, across, attenuation)
    return parts


def _screw(rng, shaft, y, radius, reach, across, attenuation):
    """One through the bone along x (across 0) or z (1), reach mm beyond."""
    if not shaft.low + 8 < y < shaft.high - 8:
        return []
    start, end = (shaft.path(np.array([y]))[0] for _ in range(2))
    long = float(shaft.half(y)[across]) + reach
    axis = 2 * across
    start[axis] -= long
    end[axis] += long - rng.uniform(0, 2)
    end[1] += rng.normal(0, 2)
    path = start + np.linspace(0, 1, 4)[:, None] * (end - start)
    return [(tube(path, (radius, radius), flat=1, sides=8), attenuation)]


def draw_canal(rng, shaft):
    """(Mesh, attenuation): a vessel's way through the cortex, oblique."""
    top = shaft.height(rng.uniform(0.28, 0.55))
    heights = np.linspace(top, top - rng.uniform(18, 45), 8)
    angle = rng.uniform(0, 2 * np.pi)
    inward = np.linspace(1.0, 0.55, 8)[:, None]
    around = np.array([np.cos(angle), np.sin(angle)])
    path = np.stack([shaft.path(np.array([y]), around * share)[0]
                     for y, share in zip(heights, inward[:, 0])])
    radius = rng.uniform(0.4, 0.9)
    return tube(path, (radius, radius), flat=0, sides=8), CANAL


@dataclass
class Wrapping:
    """A cast or a splint around a limb, from one height to another."""

    top: float
    bottom: float
    thickness: float
    worth: float
    weave: np.ndarray    # (n, 3): waves along x and y per mm, phase

    def thickness_mm(self, x, y, middle, half):
        """mm of muscle along the beam at (rows, columns); half: (rows,)."""
        across = np.abs(x[None] - middle[:, None])
        outer, inner = (2 * np.sqrt(np.clip(
            size[:, None] ** 2 - across**2, 0, None))
            for size in (half + self.thickness, half))
        woven = 1 + 0.06 * sum(
            np.sin(x[None] * wave[0] + y[:, None] * wave[1] + wave[2])
            for wave in self.weave)
        there = (smooth_step((y - self.top) / 3)
                 * smooth_step((self.bottom - y) / 3))
        return self.worth * (outer - inner) * woven * there[:, None]


def draw_wrapping(rng, top, bottom):
    """A Wrapping of a limb that reaches from top to bottom (film y)."""
    ends = rng.uniform(top - 100, bottom + 100, 2)
    return Wrapping(min(ends), max(ends) + 60, rng.uniform(3, 10),
                    PLASTER if rng.random() < 0.5 else GLASS_FIBER,
                    np.stack([rng.normal(0, 0.3, 3), rng.normal(0, 0.5, 3),
                              rng.uniform(0, 6.3, 3)], -1))


def folds_mm(rng, x, y):
    """Skin folds, cloth and bandages: edges and strips, mm (rows, columns).
    """
    total = np.zeros((len(y), len(x)), np.float32)
    for _ in range(rng.integers(1, 4)):
        center_x, center_y = rng.uniform(x[0], x[-1]), rng.uniform(y[0], y[-1])
        slope = np.tan(np.radians(rng.normal(0, 25)))
        line = (y[:, None] - center_y - slope * (x[None] - center_x)
                - rng.normal(0, 0.002) * (x[None] - center_x) ** 2)
        width = rng.uniform(0.6, 4)
        if rng.random() < 0.5:
            total += rng.uniform(-6, 6) * smooth_step(line / width)
        else:
            total += rng.uniform(-4, 6) * np.exp(-(line / width) ** 2)
    return total


def add_scratches(rng, pixels):
    """Lines and dust of detector, plate and scanner, in place."""
    rows, columns = pixels.shape
    for _ in range(rng.integers(1, 4)):
        value = rng.choice([-1, 1]) * rng.uniform(0.05, 0.5)
        if rng.random() < 0.4:   # a dead row, a seam
            row = rng.integers(rows)
            pixels[row:row + rng.integers(1, 3)] += value
            continue
        length = rng.uniform(0.05, 0.8) * rows
        angle = rng.uniform(0, np.pi)
        along = np.linspace(0, length, max(2, int(2 * length)))
        r = rng.uniform(0, rows) + along * np.sin(angle)
        c = (rng.uniform(0, columns) + along * np.cos(angle)
             + rng.normal(0, 3) * np.sin(along / max(length, 1) * 3))
        r, c = r.astype(int), c.astype(int)
        on = (r >= 0) & (r < rows) & (c >= 0) & (c < columns)
        pixels[r[on], c[on]] = pixels[r[on], c[on]] + value
    np.clip(pixels, 0, 1, out=pixels)
