"""Rendering a body as a film: geometry, attenuation, detector, processing.

Everything random comes from the generator that is passed in, so a seed is a
film.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter

from body import LONG_BONES
from film_marks import add_marks
from mesh import smooth_step
from soft_tissue import soft_tissue_mm
from xray import Beam, Detector, add_path_length

# attenuation per mm at a diagnostic tube voltage, about 80 keV effective
CORTICAL_BONE = 0.036
TRABECULAR_BONE = 0.0105
MARROW = -0.0008          # fat: a little less than the muscle it displaces
SOFT_TISSUE = 0.0205
SCATTER_REACH_MM = 45


@dataclass
class Layout:
    """What part of the body a film shows."""

    top_margin_mm: float      # above the upper hip center, on the detector
    bottom_margin_mm: float   # below the lower ankle; negative cuts it off
    side_margin_mm: float     # at least, beside the outermost landmark
    aspect: float             # rows / columns wanted; wide stances get less


@dataclass
class Film:
    """pixels float32 in [0, 1], bright bone; landmarks in pixel centers."""

    pixels: np.ndarray      # (rows, columns)
    landmarks: np.ndarray   # (16, 2): x, y, channel order
    beam: Beam
    detector: Detector

    @property
    def object_spacing_mm(self):
        """mm per pixel in the plane of the legs."""
        return self.detector.spacing / self.beam.magnification


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


def render(rng, body, beam, detector, oversampling=2):
    """A Film; oversampling: rays per pixel and direction."""
    fine = detector.subdivided(oversampling)
    attenuation = bone_attenuation(rng, body, beam, fine)
    attenuation += SOFT_TISSUE * soft_tissue_mm(rng, body, beam, fine)
    intensity = np.exp(-attenuation).reshape(
        detector.rows, oversampling, detector.columns, oversampling
    ).mean((1, 3))
    exposed = expose(rng, intensity, detector.spacing)
    pixels = process(rng, exposed, detector.spacing)
    add_marks(rng, pixels, detector)
    landmarks = detector.pixels(beam.project(body.landmarks))
    return Film(pixels.astype(np.float32), landmarks, beam, detector)


def bone_attenuation(rng, body, beam, detector):
    """Attenuation (not mm) of all bones in excess of soft tissue."""
    image = np.zeros((detector.rows, detector.columns), np.float32)
    heights = detector.row_positions() / beam.magnification
    for bone in body.bones:
        density = rng.uniform(0.75, 1.15)
        cortex = CORTICAL_BONE * density
        inside = np.full(detector.rows, TRABECULAR_BONE * density)
        if bone.name in LONG_BONES:  # the shaft is hollow
            y = bone.outer.vertices[:, 1]
            along = (heights - y.min()) / np.ptp(y)
            shaft = smooth_step(along / 0.3) * smooth_step((1 - along) / 0.3)
            inside = inside * (1 - shaft) + MARROW * shaft
        add_path_length(bone.outer, cortex, beam, detector, image)
        add_path_length(bone.inner, inside - cortex, beam, detector, image)
    return image


def expose(rng, intensity, spacing):
    """What a detector of this pixel spacing (mm) records of the intensity."""
    scatter_to_primary = rng.uniform(0.15, 0.9)
    scatter = gaussian_filter(intensity, SCATTER_REACH_MM / spacing)
    signal = ((intensity + scatter_to_primary * scatter)
              / (1 + 0.3 * scatter_to_primary))
    photons = 10 ** rng.uniform(3.6, 5.0) * (spacing / 1.5) ** 2
    counted = rng.poisson(np.clip(signal, 0, None) * photons) / photons
    blurred = gaussian_filter(counted, rng.uniform(0.25, 0.7))
    return np.clip(blurred, 0.5 / photons, None)


def process(rng, exposed, spacing):
    """Log, tone equalization and window, as vendors' software does it."""
    density = -np.log(exposed)
    strength, reach_mm = rng.uniform(0.3, 0.75), rng.uniform(25, 60)
    density -= strength * gaussian_filter(density, reach_mm / spacing)
    low, high = np.percentile(density, [rng.uniform(0.5, 6),
                                        rng.uniform(98.5, 99.9)])
    return np.clip((density - low) / (high - low), 0, 1) ** rng.uniform(0.7,
                                                                        1.4)
