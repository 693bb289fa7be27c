#!/usr/bin/python3
"""Render the phantoms of a stage into an .npz file that train.py reads.

Film i of a run with seed s depends on s + i alone, whatever the number of
worker processes.  The file holds
    films        uint8 (n, rows, columns)  the network's input, times 255
    landmarks    float32 (n, k, 2)   x, y in input pixel centers
    visible      bool (n, k)         the landmark is on the film
    extent       int16 (n, 4)        top, left, bottom, right of the film
    spacing_mm   float32 (n,)        mm per input pixel in the object plane
    boxes        float32 (n, m, 5)   class or -1, left, top, right, bottom
    class_NAME   int64 (n,)          of each classes output
    number_NAME  float32 (n,)        other truth
"""

import argparse
import functools
import multiprocessing
import pathlib
import sys

import numpy as np
import torch

from mesh import default_directory
from model_input import letterbox
from stage import find_stage


def training_film(seed, address, mesh_directory, held_out=False):
    """One row of each array of the file, as a dict."""
    stage = find_stage(address)
    phantom = (held_out and stage.held_out_phantom) or stage.phantom
    film = phantom(mesh_directory, seed)
    image, placement = letterbox(film.pixels, stage.rows, stage.columns,
                                 film.region)
    row = {
        "films": np.round(image * 255).astype(np.uint8),
        "landmarks": placement.to_input(
            film.landmarks.reshape(-1, 2)).astype(np.float32),
        "visible": on_film(film, placement),
        "extent": np.array(placement.extent, np.int16),
        "spacing_mm": np.float32(film.object_spacing_mm / placement.scale[1]),
        "boxes": boxes_in_input(film.boxes, placement, stage.most_boxes)}
    row.update({f"class_{name}": np.int64(value)
                for name, value in film.classes.items()})
    row.update({f"number_{name}": np.float32(value)
                for name, value in film.numbers.items()})
    return row


def on_film(film, placement):
    """(k,) bool: landmarks the film shows, none under a shutter at its edge."""
    x, y = (film.landmarks.reshape(-1, 2) - placement.frame).T
    columns, rows = np.round(np.divide(placement.size, placement.scale))
    inside = (x >= 0) & (x <= columns - 1) & (y >= 0) & (y <= rows - 1)
    return inside if film.visible is None else inside & film.visible


def boxes_in_input(boxes, placement, most):
    """(most, 5) with class -1 where there is none on the film."""
    result = np.full((most, 5), -1, np.float32)
    if boxes is not None and len(boxes):
        boxes = np.asarray(boxes, float)[:most]
        result[:len(boxes), 0] = boxes[:, 0]
        result[:len(boxes), 1:3] = placement.to_input(boxes[:, 1:3])
        result[:len(boxes), 3:5] = placement.to_input(boxes[:, 3:5])
        top, left, bottom, right = placement.extent
        x, y = (result[:, 1:3] + result[:, 3:5]).T / 2
        outside = (x < left) | (x >= right) | (y < top) | (y >= bottom)
        result[outside, 0] = -1
    return result


def prepare_worker():
    torch.set_num_threads(1)


def render_set(address, mesh_directory, count, first_seed, workers,
               held_out=False):
    """The arrays of the file, as a dict."""
    job = functools.partial(training_film, address=address,
                            mesh_directory=mesh_directory, held_out=held_out)
    rendered = []
    with multiprocessing.Pool(workers, prepare_worker) as pool:
        seeds = range(first_seed, first_seed + count)
        for result in pool.imap(job, seeds, chunksize=4):
            rendered.append(result)
            if len(rendered) % 100 == 0:
                print(f"rendered {len(rendered)} of {count}", flush=True)
    return {name: np.stack([row[name] for row in rendered])
            for name in rendered[0]}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("stage", help="BUNDLE/STAGE")
    parser.add_argument("output", type=pathlib.Path, help=".npz to write")
    parser.add_argument("--meshes", type=pathlib.Path,
                        default=default_directory(), metavar="DIR")
    parser.add_argument("--held-out", action="store_true",
                        help="the films to assess on, not those to train on")
    parser.add_argument("--films", type=int, metavar="N",
                        help="how many (default: as the stage says)")
    parser.add_argument("--workers", type=int, default=2, metavar="N")
    options = parser.parse_args()
    stage = find_stage(options.stage)
    count, seed = ((stage.held_out_films, stage.held_out_seed)
                   if options.held_out else (stage.films, stage.first_seed))
    arrays = render_set(stage.address, options.meshes, options.films or count,
                        seed, options.workers, options.held_out)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    np.savez(options.output, **arrays)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except FileNotFoundError as error:
        sys.exit(str(error))
