"""Rods and pedicle screws of an instrumented spine."""

import numpy as np

from body import to_film
from radiograph import Solid
from tube import tube

TITANIUM = 0.16          # attenuation per mm at about 80 keV, less muscle's
ROD_RADIUS_MM, SCREW_RADIUS_MM = 2.75, 2.6
SCREWED = 0.8            # share of pedicles with a screw


def draw_instrumentation(rng, scale, centers, turns):
    """(Solid, ...) in the film frame beside some neighboring vertebrae.

    centers (n, 3), turns (n, 3, 3): of the vertebrae in the body frame of
    mesh.py.
    """
    count = rng.integers(3, 11)
    first = rng.integers(1, len(centers) - count + 1)
    solids = []
    for side in (-1, 1):
        rod, screws = [], []
        for level in range(first, first + count):
            head = centers[level] + turns[level] @ np.array(
                [-38.0, 0, side * 14 * scale])
            rod.append(head)
            if rng.random() < SCREWED:
                tip = centers[level] + turns[level] @ np.array(
                    [rng.uniform(0, 10), rng.normal(0, 2),
                     side * rng.uniform(3, 9) * scale])
                screws.append((head, tip))
        solids += [_metal(rod, ROD_RADIUS_MM)]
        solids += [_metal(screw, SCREW_RADIUS_MM) for screw in screws]
    return tuple(solids)


def _metal(path, radius):
    surface = tube(np.array(path), np.array([radius, radius]))
    return Solid(surface.moved(to_film(surface.vertices)), TITANIUM)
