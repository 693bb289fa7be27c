"""Soft tissue of a trunk around a spine: wall, lungs, heart, bowel gas.

Everything is a thickness of muscle in mm along the beam; air is negative.
"""

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import gaussian_filter, zoom

from mesh import smooth_step
from spine_shape import CAGE_HALF_WIDTH_MM
from xray import Detector

DEEPEST_MM = 100   # half depth of a trunk of scale and girth 1
COARSE = 4
EXPOSED_FOR = 0.5  # share of the thickness that exposure makes up for


def trunk_mm(rng, body, beam, detector):
    """Thickness in mm along the beam, float32 (rows, columns).

    Soft tissue is soft: it is drawn with COARSE times fewer pixels.
    """
    thickness = _coarse_trunk_mm(rng, body, beam, Detector(
        -(-detector.rows // COARSE) + 1, -(-detector.columns // COARSE) + 1,
        detector.spacing * COARSE, detector.left, detector.top))
    return zoom(thickness, COARSE, order=1, mode="nearest", grid_mode=False
                )[:detector.rows, :detector.columns]


def _coarse_trunk_mm(rng, body, beam, detector):
    y = (detector.row_positions() / beam.magnification)[:, None]
    x = (detector.column_positions() / beam.magnification)[None]
    levels = body.axis[:, 1]
    middle = _smooth_axis(body)(np.clip(y, levels[0], body.sacrum[1]))
    thickness = _wall(body, x - middle, y)
    air = _lungs(rng, body, x - middle, y) * (1 - _heart(rng, body, x, y))
    thickness = thickness * (1 - air)
    thickness = thickness * (1 - _bowel(rng, body, x, y))
    noise = gaussian_filter(rng.normal(0, 1, thickness.shape
                                       ).astype(np.float32),
                            9.0 / detector.spacing)
    thickness = thickness * (1 + 0.02 * noise / (noise.std() + 1e-9))
    # the exposure control gives a thick trunk more light
    return (thickness - EXPOSED_FOR * np.percentile(thickness, 80)
            ).astype(np.float32)


def _smooth_axis(body):
    """Where the middle of the trunk is at a height: most of the curve."""
    points = np.concatenate([body.axis, body.sacrum[None]])
    line = np.polyfit(points[:, 1], points[:, 0], 1)
    straight = np.polyval(line, points[:, 1])
    return PchipInterpolator(points[:, 1],
                             straight + 0.7 * (points[:, 0] - straight))


def _wall(body, across, y):
    """An elliptic trunk from the neck to the pelvis."""
    t1, t3, t9 = body.axis[[1, 3, 9], 1]
    l3, s1 = body.axis[15, 1], body.sacrum[1]
    heights = [t1 - 60, t1 - 10, t3, t9, l3, s1, s1 + 120]
    half = np.array([58, 75, 150, 152, 138, 160, 178]) * body.scale
    depth = np.array([52, 60, 82, 100, 92, 100, 105]) / 100
    inside = np.clip(y, heights[0], heights[-1])
    width = PchipInterpolator(heights, half)(inside) * body.girth
    deep = (PchipInterpolator(heights, depth)(inside)
            * DEEPEST_MM * body.scale * body.girth)
    return 2 * deep * np.sqrt(np.clip(1 - (across / width) ** 2, 0, 1))


def _lungs(rng, body, across, y):
    """Share of the thickness that is air, both lungs above the diaphragm."""
    t1, t12 = body.axis[1, 1], body.axis[12, 1]
    height = np.clip((y - t1) / (t12 - t1), 0, 1)
    rib = np.interp(height, np.linspace(0, 1, 12), CAGE_HALF_WIDTH_MM)
    outer = rib * body.scale * 0.93
    inner = body.scale * (22 + rng.uniform(0, 12) + 12 * height)
    center, half = 0.5 * (outer + inner), 0.5 * (outer - inner)
    share = np.zeros(np.broadcast(across, y).shape)
    for side in (-1, 1):
        off = (side * across - center) / np.maximum(half, 1)
        dome = (t1 + (t12 - t1) * rng.uniform(0.72, 0.95)
                + 30 * body.scale * off**2)
        share = np.maximum(share, smooth_step((1.1 - np.abs(off)) / 0.45)
                           * smooth_step((dome - y) / 12)
                           * smooth_step((y - t1 - 2) / 30))
    return share * rng.uniform(0.35, 0.62)


def _heart(rng, body, x, y):
    """How much of the air the heart takes, right of the film's middle."""
    center = body.axis[8] + [rng.uniform(15, 40) * body.scale,
                             rng.uniform(-5, 40) * body.scale, 0]
    size = np.array([rng.uniform(42, 62), rng.uniform(50, 70)]) * body.scale
    away = np.hypot((x - center[0]) / size[0], (y - center[1]) / size[1])
    return smooth_step((1.15 - away) / 0.3)


def _bowel(rng, body, x, y):
    return gas_share(rng, x, y, body.sacrum[0],
                     (body.axis[12, 1], body.sacrum[1] + 80 * body.scale),
                     body.scale)


def gas_share(rng, x, y, middle, heights, scale):
    """Share of the thickness that is gas in loops of the abdomen, around x =
    middle and between two heights, mm."""
    share = np.zeros(np.broadcast(x, y).shape)
    for _ in range(rng.integers(2, 12)):
        center = (middle + rng.normal(0, 70) * scale, rng.uniform(*heights))
        size = rng.uniform(8, 28, 2) * scale
        turn = rng.uniform(0, np.pi)
        dx, dy = x - center[0], y - center[1]
        away = np.hypot((dx * np.cos(turn) + dy * np.sin(turn)) / size[0],
                        (dy * np.cos(turn) - dx * np.sin(turn)) / size[1])
        share = np.maximum(share, smooth_step((1 - away) / 0.6)
                           * rng.uniform(0.05, 0.22))
    return share
