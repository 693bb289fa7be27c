"""Rendering a body as a film: geometry, attenuation, detector, processing.

Everything random comes from the generator that is passed in, so a seed is a
film.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter

from film_marks import BETWEEN_LEGS, add_marks
from mesh import Mesh, smooth_step
from stage import Film
from xray import add_path_length

# attenuation per mm at a diagnostic tube voltage, about 80 keV effective
CORTICAL_BONE = 0.036
TRABECULAR_BONE = 0.0105
MARROW = -0.0008          # fat: a little less than the muscle it displaces
SOFT_TISSUE = 0.0205
SCATTER_REACH_MM = 45
LEAST_ATTENUATION = -1.0  # of bones and solids; less: a mesh is not closed
ATTEMPTS = 50             # to draw a film that is possible


@dataclass
class Bone:
    """One bone in the film frame: its surface and the cortex's inside."""

    name: str
    outer: Mesh
    inner: Mesh
    hollow: bool = False   # a long bone: marrow in mid shaft


@dataclass
class Solid:
    """Something of one density in the film frame, such as an implant."""

    surface: Mesh
    attenuation: float     # per mm, in excess of soft tissue


def first_possible(draw, seed, *purpose):
    """The Film draw(rng) of the first generator of a seed that gives one.

    draw raises ValueError where the parts do not fit or a mesh is not closed.
    purpose: integers that keep one kind of film from repeating another's.
    """
    for attempt in range(ATTEMPTS):
        rng = np.random.default_rng([seed, attempt, *purpose])
        try:
            return draw(rng)
        except (ValueError, ZeroDivisionError, IndexError):
            continue
    raise RuntimeError(f"seed {seed}: no possible film in {ATTEMPTS} attempts")


def render(rng, body, beam, detector, oversampling=2,
           ruler_at=BETWEEN_LEGS):
    """A Film of a body; oversampling: rays per pixel and direction; ruler_at:
    shares of the width between which a ruler may lie.

    body: bones (Bone), solids (Solid), landmarks (n, 3) in the film frame, and
    soft_tissue_mm(rng, beam, detector): mm along the beam, (rows, columns).
    """
    fine = detector.subdivided(oversampling)
    attenuation = bone_attenuation(rng, body, beam, fine)
    for solid in body.solids:
        add_path_length(solid.surface, solid.attenuation, beam, fine,
                        attenuation)
    # soft tissue comes after: exposure control may make it negative
    if attenuation.min() < LEAST_ATTENUATION:
        raise ValueError("a ray leaves a mesh that it has not entered")
    attenuation += SOFT_TISSUE * body.soft_tissue_mm(rng, beam, fine)
    intensity = np.exp(-attenuation).reshape(
        detector.rows, oversampling, detector.columns, oversampling
    ).mean((1, 3))
    exposed = expose(rng, intensity, detector.spacing)
    pixels = process(rng, exposed, detector.spacing)
    add_marks(rng, pixels, detector, ruler_at)
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
        if bone.hollow:
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
