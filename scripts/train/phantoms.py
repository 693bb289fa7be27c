#!/usr/bin/python3
"""Render long-leg phantoms into an .npz file that train.py reads.

Film i of a run with seed s depends on s + i alone, whatever the number of
worker processes.  The file holds
    films       uint8 (n, 672, 288)   the network's input, times 255
    landmarks   float32 (n, 16, 2)    x, y in input pixel centers
    extent      int16 (n, 4)          top, left, bottom, right of the film
    spacing_mm  float32 (n,)          mm per input pixel in the leg plane
"""

import argparse
import functools
import multiprocessing
import pathlib
import sys

import numpy as np
import torch

from anatomy import Anatomy
from body import draw_body
from landmarks import SIDES, hip_knee_ankle_angle
from mesh import default_directory
from model_input import COLUMNS, ROWS, fit, letterbox
from radiograph import draw_layout, place_film, render

LARGEST_DEVIATION_DEG = 16.0


@functools.lru_cache(maxsize=1)
def load_anatomy(mesh_directory):
    return Anatomy(mesh_directory)


def render_phantom(mesh_directory, seed, max_rows=ROWS, max_columns=COLUMNS,
                   layout=None, oversampling=2):
    """The Film of a seed.  Draws again when a body is not possible or its
    deformity is beyond LARGEST_DEVIATION_DEG."""
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
            return render(rng, body, beam, detector, oversampling)
    raise RuntimeError(f"seed {seed}: no possible body in 50 attempts")


def training_film(seed, mesh_directory):
    """(film, landmarks, extent, spacing_mm) of a seed, as the file has it."""
    film = render_phantom(mesh_directory, seed)
    image, placement = letterbox(film.pixels)
    left, top = placement.offset
    height, width = fit(*film.pixels.shape)
    return (np.round(image * 255).astype(np.uint8),
            placement.to_input(film.landmarks).astype(np.float32),
            np.array([top, left, top + height, left + width], np.int16),
            np.float32(film.object_spacing_mm / placement.scale[1]))


def prepare_worker():
    torch.set_num_threads(1)


def render_set(mesh_directory, count, first_seed, workers, progress=True):
    """The four arrays of the file, as a dict."""
    job = functools.partial(training_film, mesh_directory=mesh_directory)
    rendered = []
    with multiprocessing.Pool(workers, prepare_worker) as pool:
        seeds = range(first_seed, first_seed + count)
        for result in pool.imap(job, seeds, chunksize=4):
            rendered.append(result)
            if progress and len(rendered) % 100 == 0:
                print(f"rendered {len(rendered)} of {count}", flush=True)
    films, landmarks, extent, spacing = zip(*rendered)
    return {"films": np.stack(films), "landmarks": np.stack(landmarks),
            "extent": np.stack(extent), "spacing_mm": np.stack(spacing)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output", type=pathlib.Path, help=".npz to write")
    parser.add_argument("--meshes", type=pathlib.Path,
                        default=default_directory(), metavar="DIR")
    parser.add_argument("--films", type=int, default=1000, metavar="N")
    parser.add_argument("--seed", type=int, default=10000, metavar="S")
    parser.add_argument("--workers", type=int, default=2, metavar="N")
    options = parser.parse_args()
    arrays = render_set(options.meshes, options.films, options.seed,
                        options.workers)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    np.savez(options.output, **arrays)
    return 0


if __name__ == "__main__":
    sys.exit(main())
