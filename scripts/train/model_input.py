"""From a film to the network's input: the contract of README.md.

The program reproduces this in C; training and evaluation use it as it is.
"""

from typing import NamedTuple

import numpy as np
import torch

PERCENTILES = (1, 99)
FRAME_NOISE = 0.01      # of the film's range: inference/film.h
LEAST_FILM = 4          # one in so many rows and columns is no frame


class Placement(NamedTuple):
    """How a film lies in the input; multiply and add per axis (x, y)."""

    scale: tuple   # input pixels per film pixel
    offset: tuple  # input pixels left of and above the film
    size: tuple    # input pixels the film takes up
    frame: tuple   # film pixels left out before it

    def to_input(self, points):
        """Pixel-center coordinates (..., 2) of the film to the input's."""
        inside = np.asarray(points) - self.frame
        return (inside + 0.5) * self.scale - 0.5 + self.offset

    def to_film(self, points):
        inside = (np.asarray(points) - self.offset + 0.5) / self.scale - 0.5
        return inside + self.frame

    @property
    def extent(self):
        """top, left, bottom, right of the film in the input."""
        (left, top), (width, height) = self.offset, self.size
        return top, left, top + height, left + width


def _peel(film, left, noise):
    """`left`, a pair of slices, without its plain outermost lines."""
    while film[left].size:
        lines = [np.ptp(film[left], axis=1 - axis) > noise
                 for axis in range(2)]
        if not all(some.any() for some in lines):
            return None
        less = tuple(
            slice(part.start + int(np.argmax(some)),
                  part.stop - int(np.argmax(some[::-1])))
            for part, some in zip(left, lines))
        if less == left:
            return left
        left = less
    return None


def find_film(image):
    """(rows, columns), slices of an image without the frame around the film.

    Outermost rows and columns go while their values are equal, and then while
    they differ by at most FRAME_NOISE of the range of what was left; none
    when less than a quarter of the rows or columns would be left.
    """
    image = np.asarray(image, np.float32)
    whole = tuple(slice(0, size) for size in image.shape)
    left = _peel(image, whole, np.float32(0))
    if left:
        noise = np.float32(np.ptp(image[left])) * np.float32(FRAME_NOISE)
        left = _peel(image, left, noise)
    if not left or any((part.stop - part.start) * LEAST_FILM < size
                       for part, size in zip(left, image.shape)):
        return whole
    return left


def fit(rows, columns, most_rows, most_columns):
    """(height, width) in an input of that size of a film of rows x columns."""
    scale = min(most_rows / rows, most_columns / columns)
    return max(1, round(rows * scale)), max(1, round(columns * scale))


def nearest_rank(values, percent):
    """The percentile as one of the values, without interpolation."""
    ordered = np.sort(values, axis=None)
    return ordered[int(percent / 100 * (ordered.size - 1))]


def normalize(pixels):
    """Stretch the 1st..99th percentile to 0..1; ValueError if flat."""
    low, high = (nearest_rank(pixels, percent) for percent in PERCENTILES)
    if not high > low:
        raise ValueError("the film has no contrast")
    return np.clip((pixels - low) / (high - low), 0, 1)


def letterbox(film, most_rows, most_columns, region=False):
    """(input float32 (most_rows, most_columns), Placement) of a film, or of a
    region of one, of which all is taken."""
    part = (slice(0, film.shape[0]),
            slice(0, film.shape[1])) if region else find_film(film)
    frame = (part[1].start, part[0].start)
    film = film[part]
    rows, columns = film.shape
    height, width = fit(rows, columns, most_rows, most_columns)
    source = torch.from_numpy(np.ascontiguousarray(film, np.float32))
    resampled = torch.nn.functional.interpolate(
        source[None, None], size=(height, width), mode="bilinear",
        antialias=True, align_corners=False)[0, 0].numpy()
    top, left = (most_rows - height) // 2, (most_columns - width) // 2
    image = np.zeros((most_rows, most_columns), np.float32)
    image[top:top + height, left:left + width] = normalize(resampled)
    return image, Placement((width / columns, height / rows), (left, top),
                            (width, height), frame)
