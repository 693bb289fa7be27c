"""A standing pair of legs on a film: how the film lies, which are possible."""

import functools
from dataclasses import dataclass, replace

import numpy as np

from anatomy import Anatomy
from body import draw_body
from landmarks import SIDES, hip_knee_ankle_angle
from radiograph import render
from xray import Beam, Detector

LARGEST_DEVIATION_DEG = 16.0


@dataclass
class Layout:
    """What part of the body a film shows."""

    top_margin_mm: float      # above the upper hip center, on the detector
    bottom_margin_mm: float   # below the lower ankle; negative cuts it off
    side_margin_mm: float     # at least, beside the outermost landmark
    aspect: float             # rows / columns wanted; wide stances get less


def draw_layout(rng):
    return Layout(rng.uniform(60, 190), rng.uniform(45, 140),
                  rng.uniform(30, 80), rng.uniform(1.9, 3.0))


def place_film(rng, body, layout, max_rows, max_columns):
    """(Beam, Detector) for a body; the film fits max_rows x max_columns."""
    beam = Beam(0, 0, rng.uniform(1500, 2600), rng.uniform(60, 140))
    x, y = (body.landmarks[:, :2] * beam.magnification).T
    height = layout.top_margin_mm + np.ptp(y) + layout.bottom_margin_mm
    width = max(height / layout.aspect,
                np.ptp(x) + 2 * layout.side_margin_mm)
    spacing = max(height / max_rows, width / max_columns)
    rows = min(max_rows, round(height / spacing))
    columns = min(max_columns, round(width / spacing))
    off_center = rng.uniform(-0.5, 0.5) * (width - np.ptp(x)
                                           - 2 * layout.side_margin_mm)
    left = 0.5 * (x.min() + x.max()) + off_center - width / 2
    beam.source_x = rng.uniform(-30, 30)
    beam.source_y = (0.5 * (y.min() + y.max()) / beam.magnification
                     + rng.uniform(-60, 60))
    # the beam is not centered on the origin: the film moves with it
    shift = np.array([beam.source_x, beam.source_y]) * (1 - beam.magnification)
    detector = Detector(rows, columns, spacing, left + shift[0],
                        y.min() - layout.top_margin_mm + shift[1])
    return beam, detector


@functools.lru_cache(maxsize=1)
def load_anatomy(mesh_directory):
    return Anatomy(mesh_directory)


def render_legs(mesh_directory, seed, max_rows, max_columns, layout=None,
                oversampling=2, measure=None):
    """The Film of a seed.  Draws again when a body is not possible or its
    deformity is beyond LARGEST_DEVIATION_DEG.  measure(body, beam, detector)
    gives the film's numbers."""
    anatomy = load_anatomy(str(mesh_directory))
    for attempt in range(50):
        rng = np.random.default_rng([seed, attempt])
        try:
            body = draw_body(rng, anatomy)
        except (ValueError, ZeroDivisionError):
            continue
        chosen = layout or draw_layout(rng)
        beam, detector = place_film(rng, body, chosen, max_rows, max_columns)
        points = detector.pixels(beam.project(body.landmarks))
        angles = [hip_knee_ankle_angle(points, side) for side in SIDES]
        if max(abs(angle - 180) for angle in angles) < LARGEST_DEVIATION_DEG:
            film = render(rng, body, beam, detector, oversampling)
            return (film if measure is None else
                    replace(film, numbers=measure(body, beam, detector)))
    raise RuntimeError(f"seed {seed}: no possible body in 50 attempts")
