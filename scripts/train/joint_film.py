"""The part of a film that shows the joint of a knee, as the program cuts it
out around landmarks of an earlier network: of a knee film, or of one of both
legs, whose pixels are coarse and whose knees are seen from afar."""

from dataclasses import replace

import numpy as np

from knee_film import KNEE_NAMES, SHAFTS, TRAINING, render_knee
from xray import Detector

# the tibia's edges hold its tangent; the plateaus' landmarks of the first
# networks are those of a surface that the film does not show
JOINT_NAMES = tuple(name for name in KNEE_NAMES
                    if name not in SHAFTS and "plateau" not in name)
ROWS, COLUMNS = 128, 256
TIMES = 2.55         # the region's width, of the distance of both plateaus'
#                      landmarks; model.yaml says the same
WIDTH_OFF = 0.11     # the program's region: at most so much wider or narrower,
CENTER_OFF_MM = 2.0  # and its center off by that standard deviation
KNEE_FILM_MM = (0.33, 0.6)    # a pixel, in the object plane
LEG_FILM_MM = (0.45, 1.2)
FIELD_MM = (118, 72)           # rendered, for only a part is looked at
LEG_FEMORA = (None, None) + TRAINING


def render_joint(mesh_directory, seed, held_out=False):
    """The Film of a seed; landmarks as JOINT_NAMES, numbers as render_knee."""
    rng = np.random.default_rng([seed, 11])
    legs = rng.random() < 0.4
    spacing = rng.uniform(*(LEG_FILM_MM if legs else KNEE_FILM_MM))
    columns, rows = (round(size / spacing) for size in FIELD_MM)
    film = render_knee(mesh_directory, seed, held_out, pixels=columns,
                       rows=rows, width_mm=(FIELD_MM[0], FIELD_MM[0]),
                       femora=LEG_FEMORA if legs else TRAINING)
    center, width = region_of(film.landmarks)
    center = center + rng.normal(0, CENTER_OFF_MM, 2) / film.object_spacing_mm
    width *= rng.uniform(1 - WIDTH_OFF, 1 + WIDTH_OFF)
    kept = [KNEE_NAMES.index(name) for name in JOINT_NAMES]
    return cut_out(replace(film, landmarks=film.landmarks[kept]), center,
                   width, width * ROWS / COLUMNS)


def region_of(landmarks):
    """(center (2,), width) in pixels of the region to look at."""
    places = dict(zip(KNEE_NAMES, landmarks))
    center = 0.5 * (places["femoral_knee_center"]
                    + places["tibial_knee_center"])
    apart = (places["medial_tibial_plateau"]
             - places["lateral_tibial_plateau"])
    return center, TIMES * np.hypot(*apart)


def cut_out(film, center, width, height):
    """A Film of whole pixels of another, 0 where that ends."""
    left, top = np.round(center - np.array([width, height]) / 2).astype(int)
    rows, columns = round(height), round(width)
    pixels = np.zeros((rows, columns), np.float32)
    y = slice(max(0, -top), min(rows, film.pixels.shape[0] - top))
    x = slice(max(0, -left), min(columns, film.pixels.shape[1] - left))
    pixels[y, x] = film.pixels[y.start + top:y.stop + top,
                               x.start + left:x.stop + left]
    was = film.detector
    detector = Detector(rows, columns, was.spacing,
                        was.left + left * was.spacing,
                        was.top + top * was.spacing)
    return replace(film, pixels=pixels, detector=detector, region=True,
                   landmarks=film.landmarks - [left, top])
