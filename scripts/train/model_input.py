"""From a film to the network's input: the contract of README.md.

The program reproduces this in C; training and evaluation use it as it is.
"""

from typing import NamedTuple

import numpy as np
import torch

PERCENTILES = (1, 99)


class Placement(NamedTuple):
    """How a film lies in the input; multiply and add per axis (x, y)."""

    scale: tuple   # input pixels per film pixel
    offset: tuple  # input pixels left of and above the film
    size: tuple    # input pixels the film takes up

    def to_input(self, points):
        """Pixel-center coordinates (..., 2) of the film to the input's."""
        return (np.asarray(points) + 0.5) * self.scale - 0.5 + self.offset

    def to_film(self, points):
        return (np.asarray(points) - self.offset + 0.5) / self.scale - 0.5

    @property
    def extent(self):
        """top, left, bottom, right of the film in the input."""
        (left, top), (width, height) = self.offset, self.size
        return top, left, top + height, left + width


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


def letterbox(film, most_rows, most_columns):
    """(input float32 (most_rows, most_columns), Placement) of a film."""
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
                            (width, height))
