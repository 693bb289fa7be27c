"""AP films of a pelvis, and the part of one that shows a hip, as the program
cuts it out around landmarks of an earlier network."""

import functools

import numpy as np

from joint_film import cut_out
from landmarks import SIDES
from pelvis_body import PelvisAnatomy, draw_pelvis_body
from pelvis_landmarks import HIP, NAMES, WHOLE
from pelvis_shape import HELD_OUT, TRAINING
from pelvis_truth import pelvis_truth
from radiograph import first_possible, render
from stage import Film
from xray import Beam, Detector

MAX_ROWS, MAX_COLUMNS = 288, 352
REPLACED = 0.22          # share of the hips with an implant,
REPLACED_CLOSE = 0.35    # and of those to train on
ROWS, COLUMNS = 224, 192
TIMES = 2.1              # the region's width, of the distance from the
#                          head's center to the lesser trochanter
WIDTH_OFF = 0.10         # the region: at most so much wider or narrower,
CENTER_OFF_MM = 3.0      # and its center off by that standard deviation
PIXEL_MM = (0.3, 0.8)    # of the films that hips are cut out of
BESIDE = (0.02, 0.08)    # a ruler lies beside the patient


@functools.lru_cache(maxsize=1)
def load_pelvis_anatomy(mesh_directory):
    return PelvisAnatomy(mesh_directory)


def _beam(rng, body):
    middle = body.landmarks[:, :2].mean(0)
    beam = Beam(middle[0] + rng.normal(0, 12),
                middle[1] - rng.uniform(0, 70) * body.scale, 0,
                rng.uniform(80, 180))
    beam.source_to_object = rng.uniform(1000, 1300) - beam.object_to_detector
    return beam


def place_pelvis_film(rng, body, max_rows, max_columns):
    """(Beam, Detector): from the iliac crests, or a little below, down to
    the upper third of both femora."""
    beam = _beam(rng, body)
    size = body.scale * beam.magnification
    x, y = beam.project(body.landmarks).T
    crest = beam.project(np.array([[0, body.crest, 0]]))[0, 1]
    top = crest + rng.uniform(-30, 15) * size
    height = y.mean() + rng.uniform(128, 175) * size - top
    width = max(height / rng.uniform(0.74, 1.0),
                np.ptp(x) + rng.uniform(140, 170) * size)
    spacing = max(height / max_rows, width / max_columns)
    left = x.mean() - width / 2 + rng.normal(0, 6) * size
    return beam, Detector(min(max_rows, round(height / spacing)),
                          min(max_columns, round(width / spacing)), spacing,
                          left, top)


def _as_film(film, truth, names, detector, beam, numbers):
    """The Film with the truth of `names`, (side, name) in channel order."""
    known = [name in truth[side] for side, name in names]
    points = np.array([truth[side][name] if there else (np.nan, np.nan)
                       for there, (side, name) in zip(known, names)])
    points = np.nan_to_num(detector.pixels(points), nan=-1.0)
    return Film(film.pixels, points, beam, detector,
                visible=np.array(known), numbers=numbers)


def render_pelvis(mesh_directory, seed, held_out=False, rows=MAX_ROWS,
                  columns=MAX_COLUMNS, names=WHOLE, replaced=REPLACED):
    """The Film of a seed: `names` of the right side, then of the left."""
    anatomy = load_pelvis_anatomy(str(mesh_directory))

    def draw(rng):
        body = draw_pelvis_body(rng, anatomy,
                                HELD_OUT if held_out else TRAINING, replaced)
        beam, detector = place_pelvis_film(rng, body, rows, columns)
        truth = pelvis_truth(body, anatomy, beam)
        film = render(rng, body, beam, detector, ruler_at=BESIDE)
        return _as_film(film, truth, [(side, name) for side in SIDES
                                      for name in names],
                        detector, beam, _implants(body))
    return first_possible(draw, seed, 13)


def _implants(body):
    return {f"{side}_implant": float(part.opening is not None)
            for side, part in body.sides.items()}


def render_hip(mesh_directory, seed, held_out=False):
    """The Film of one hip, a left one mirrored, with the landmarks HIP."""
    anatomy = load_pelvis_anatomy(str(mesh_directory))

    def draw(rng):
        body = draw_pelvis_body(rng, anatomy, HELD_OUT if held_out
                                else TRAINING, REPLACED_CLOSE)
        beam = _beam(rng, body)
        side = SIDES[rng.integers(2)]
        truth = pelvis_truth(body, anatomy, beam)
        place = truth[side]
        width = TIMES * np.hypot(*(place["hip_center"]
                                   - place["lesser_trochanter"]))
        detector = _around(rng, place["hip_center"], width,
                           beam.magnification)
        film = render(rng, body, beam, detector, ruler_at=BESIDE)
        film = _as_film(film, truth, [(side, name) for name in HIP],
                        detector, beam,
                        {"implant": _implants(body)[f"{side}_implant"]})
        center = (detector.pixels(place["hip_center"])
                  + rng.normal(0, CENTER_OFF_MM, 2) * beam.magnification
                  / detector.spacing)
        width *= rng.uniform(1 - WIDTH_OFF, 1 + WIDTH_OFF) / detector.spacing
        film = cut_out(film, center, width, width * ROWS / COLUMNS)
        return _mirrored(film) if side == "left" else film
    return first_possible(draw, seed, 17)


def _around(rng, center, width, magnification):
    """A Detector that shows somewhat more than the region, or less on one
    side, where the film ends."""
    spacing = rng.uniform(*PIXEL_MM) * magnification
    half = 0.5 * width * np.array([1, ROWS / COLUMNS])
    before, after = half * rng.uniform(1.1, 1.4), half * rng.uniform(1.1, 1.4)
    if rng.random() < 0.15:
        after = half * rng.uniform(0.8, 1.1, 2)
    left, top = center - before
    columns, rows = np.round((before + after) / spacing).astype(int)
    return Detector(rows, columns, spacing, left, top)


def _mirrored(film):
    film.pixels = np.ascontiguousarray(film.pixels[:, ::-1])
    film.landmarks = film.landmarks * [-1, 1] + [film.pixels.shape[1] - 1, 0]
    return film


def all_landmarks(film):
    """{side: {name: (2,)}} of a film with NAMES, without those it does not
    show."""
    rows, columns = film.pixels.shape
    found = {}
    for k, side in enumerate(SIDES):
        part = slice(k * len(NAMES), (k + 1) * len(NAMES))
        found[side] = {
            name: point for name, point, there in zip(
                NAMES, film.landmarks[part], film.visible[part])
            if there and 0 <= point[0] <= columns - 1
            and 0 <= point[1] <= rows - 1}
    return found
