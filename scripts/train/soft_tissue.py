"""Muscle, fat and skin around the bones: elliptic tubes and a trunk."""

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.ndimage import gaussian_filter

from landmarks import SIDES
from mesh import smooth_step

# half widths (side to side) and half depths (along the beam) in mm, from
# above the hip to below the ankle, at the levels of _levels()
HALF_WIDTHS_MM = np.array([95, 92, 78, 62, 58, 60, 38, 35, 40], float)
HALF_DEPTHS_MM = np.array([95, 92, 80, 62, 56, 60, 40, 45, 70], float)
TRUNK_HALF_DEPTH_MM = 105


def soft_tissue_mm(rng, body, beam, detector):
    """Thickness in mm along the beam, float32 (rows, columns)."""
    y = detector.row_positions() / beam.magnification
    x = detector.column_positions()
    stoutness = rng.uniform(0.85, 1.3)
    thickness = _trunk(body, stoutness, beam, x, y)
    for side in SIDES:
        thickness = np.maximum(
            thickness, _leg(body, side, stoutness, beam, x, y))
    return thickness * _texture(rng, detector)


def _levels(hip, knee, ankle):
    """(height y, center x) mm at nine levels of a leg, film frame."""
    outward = np.sign(hip[0])
    thigh, calf = 0.5 * (hip + knee), knee + 0.3 * (ankle - knee)
    return np.array([
        [hip[1] - 40, hip[0] + outward * 20],
        [hip[1] + 60, hip[0] + outward * 25],
        [thigh[1], thigh[0] + outward * 6],
        [knee[1] - 40, knee[0]],
        [knee[1] + 10, knee[0]],
        [calf[1], calf[0]],
        [ankle[1] - 70, ankle[0]],
        [ankle[1] + 5, ankle[0]],
        [ankle[1] + 60, ankle[0]]]).T


def _leg(body, side, stoutness, beam, x, y):
    heights, centers = _levels(body.landmark(side, "hip_center"),
                               body.landmark(side, "femoral_knee_center"),
                               body.landmark(side, "ankle_center"))
    inside = np.clip(y, heights[0], heights[-1])
    girth = stoutness * body.scale
    center = PchipInterpolator(heights, centers)(inside) * beam.magnification
    width = PchipInterpolator(heights, HALF_WIDTHS_MM * girth)(inside)
    depth = PchipInterpolator(heights, HALF_DEPTHS_MM * girth)(inside)
    across = (x[None] - center[:, None]) / width[:, None]
    tube = 2 * depth[:, None] * np.sqrt(np.clip(1 - across**2, 0, 1))
    return tube * smooth_step((y - heights[0] + 70) / 70)[:, None]


def _trunk(body, stoutness, beam, x, y):
    hips = [body.landmark(side, "hip_center") for side in SIDES]
    half = (0.5 * abs(hips[0][0] - hips[1][0]) + 85) * stoutness
    center = 0.5 * (hips[0][0] + hips[1][0]) * beam.magnification
    across = (x[None] - center) / (half * beam.magnification)
    depth = 2 * TRUNK_HALF_DEPTH_MM * stoutness * body.scale
    crotch = min(hip[1] for hip in hips) + 55
    return (depth * np.sqrt(np.clip(1 - across**2, 0, 1))
            * smooth_step((crotch - y[:, None]) / 70))


def _texture(rng, detector):
    """A factor around 1 with soft blotches of about a centimeter."""
    spread = 9.0 / detector.spacing
    noise = rng.normal(0, 1, (detector.rows, detector.columns))
    blotches = gaussian_filter(noise.astype(np.float32), spread)
    return 1 + 0.015 * blotches / (blotches.std() + 1e-9)
