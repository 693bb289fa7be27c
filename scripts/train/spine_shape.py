"""How a spine is bent and how its vertebrae differ from the mesh's.

Everything is drawn from the generator passed in.  Index 0 is C7, then T1 to
L5; the sacrum is last.  Angles in degrees.
"""

from dataclasses import dataclass

import numpy as np

LEVELS = 18  # C7, T1..T12, L1..L5
LARGEST_TILT_RANGE_DEG = 75
# slope of the vertebra in the sagittal plane, anterior edge up positive,
# of a standing adult: kyphosis about 40, lordosis about 50 degrees
SAGITTAL_DEG = np.array([-22, -24, -22, -19, -15, -11, -7, -3, 1, 6, 10, 14,
                         17, 16, 10, 1, -11, -24, -36], float)
DISC_MM = np.array([5, 4, 4, 3.5, 3.5, 3.5, 3.5, 4, 4, 4.5, 5, 5.5, 6.5, 7.5,
                    8.5, 9.5, 10, 9.5])  # below each level
# half width and half depth of the rib cage at T1 to T12, scale 1
CAGE_HALF_WIDTH_MM = np.array([52, 78, 94, 104, 111, 116, 120, 122, 123, 122,
                               118, 112], float)
CAGE_HALF_DEPTH_MM = np.array([38, 55, 68, 76, 83, 88, 92, 94, 95, 94, 90, 86],
                              float)
# name, share, apex (level index) and its spread
CURVES = (("none", 0.15), ("thoracic", 0.35), ("thoracolumbar", 0.2),
          ("lumbar", 0.1), ("double", 0.2))
APEX = {"thoracic": 8.5, "thoracolumbar": 13.0, "lumbar": 15.2}


@dataclass
class SpineShape:
    """Per level, C7 first; tilts have a 19th value for the sacrum."""

    scale: float            # of everything, 1 is the meshes' size
    coronal: np.ndarray     # (19,) tilt in the film plane, clockwise from
                            # behind (left side up)
    sagittal: np.ndarray    # (19,)
    axial: np.ndarray       # (18,) rotation about the body's axis
    wedge: np.ndarray       # (18,) angle between the endplates, film plane
    height: np.ndarray      # (18,) factors on the mesh's size
    width: np.ndarray
    depth: np.ndarray
    disc_mm: np.ndarray     # (18,) below each level
    waves: np.ndarray       # (18, 3, 7): see bend()
    lean: float             # of the whole spine

    def bend(self, level, vertices):
        """Vertices (n, 3) of a vertebra with its own size and form."""
        size = np.array([self.depth[level], self.height[level],
                         self.width[level]]) * self.scale
        formed = vertices * size
        for wave in self.waves[level]:
            phase = vertices @ wave[:3] + wave[3]
            formed = formed + wave[4:] * np.sin(phase)[:, None]
        half = np.radians(0.5 * self.wedge[level])
        body = np.clip(formed[:, 1:2] / (12 * self.scale), -1, 1)
        return formed + (formed[:, 2:3] * np.tan(half) * body) * [0, 1, 0]


def draw_spine_shape(rng, wide=False):
    """A SpineShape.  wide: of a wider family, for tests only."""
    coronal = draw_coronal_tilts(rng)
    along = np.linspace(0, 1, LEVELS)
    spread = 1.5 if wide else 1.0

    def sizes(center, noise):
        slope = rng.normal(0, 0.05 * spread)
        return (center + slope * (along - 0.5)
                + rng.normal(0, noise * spread, LEVELS))

    waves = np.concatenate([
        rng.normal(0, 0.07, (LEVELS, 3, 3)),          # per mm
        rng.uniform(0, 2 * np.pi, (LEVELS, 3, 1)),
        rng.normal(0, 0.4 * spread, (LEVELS, 3, 3))], -1)
    curvature = np.gradient(coronal)[:LEVELS]
    sagittal = SAGITTAL_DEG * np.where(np.arange(19) < 13,
                                       rng.uniform(0.3, 1.3),
                                       rng.uniform(0.5, 1.2))
    return SpineShape(
        scale=rng.uniform(0.78, 1.12),
        coronal=coronal + np.append(rng.normal(0, 0.9, LEVELS),
                                    rng.normal(0, 0.5)),
        sagittal=sagittal + rng.normal(0, 1.5, 19),
        axial=(rng.uniform(0.5, 2.2) * curvature
               + rng.normal(0, 2) + rng.normal(0, 1.2, LEVELS)),
        wedge=0.3 * curvature + rng.normal(0, 0.9, LEVELS),
        height=sizes(rng.normal(1, 0.05), 0.025),
        width=sizes(rng.normal(1, 0.06), 0.02),
        depth=sizes(rng.normal(1, 0.06), 0.03),
        disc_mm=(DISC_MM * rng.uniform(0.7, 1.2)
                 * np.exp(rng.normal(0, 0.12, LEVELS))),
        waves=waves, lean=rng.normal(0, 1.3))


def draw_coronal_tilts(rng):
    """(19,): one structural curve or two, and what compensates for them."""
    while True:
        tilts = _draw_curves(rng)
        if np.ptp(tilts) < LARGEST_TILT_RANGE_DEG:
            return tilts


def _draw_curves(rng):
    kinds, shares = zip(*CURVES)
    kind = kinds[rng.choice(len(kinds), p=shares)]
    level = np.arange(19.0)
    if kind == "none":
        return _curve(level, rng.uniform(4, 15), rng.uniform(2, 4),
                      rng.normal(0, 4))
    toward = rng.choice([-1, 1], p=(0.3, 0.7))
    angle = _draw_angle(rng)
    if kind == "double":
        tilts = _curve(level, rng.normal(7.8, 0.8), rng.uniform(2.2, 3.2),
                       toward * angle)
        return tilts + _curve(level, rng.normal(14.2, 0.6),
                              rng.uniform(1.8, 2.6),
                              -toward * angle * rng.uniform(0.6, 1.1))
    apex = APEX[kind] + rng.normal(0, 0.9)
    tilts = _curve(level, apex, rng.uniform(2.2, 3.6), toward * angle)
    for side in (-1, 1):  # milder ones above and below
        tilts = tilts + _curve(level, apex + side * rng.uniform(5, 7.5),
                               rng.uniform(1.9, 2.8),
                               -toward * angle * rng.uniform(0.1, 0.5))
    return tilts


def _draw_angle(rng):
    """Mild curves are common, severe ones are there to learn."""
    return rng.uniform(8, 40) if rng.random() < 0.65 else rng.uniform(40, 80)


def _curve(level, apex, half_length, angle):
    """Tilts of a curve of that Cobb angle: the slope of a bell, whose
    steepest points are half_length levels from the apex."""
    across = (level - apex) / half_length
    return 0.5 * angle * across * np.exp(0.5 * (1 - across**2))
