#!/usr/bin/python3
"""An independent judge of how real the phantoms look.

KneeLocalizer's linear SVM was trained by others, on real knee radiographs
(Tiulpin, Thevenot, Rahtu, Saarakkala 2017, "A novel method for automatic
localization of joint area on knee plain radiographs"; MIT licence), to tell
knees from the rest of a film.  It is slid over rendered films: what it never
saw looks real to it where it finds the knee.  Printed: how often its best
window lies within 30 mm of the true joint, and how often a window drawn by
chance would.

Its features are OpenCV's HOG descriptor of a window of 64 x 64 pixels with
its defaults (blocks of 16, cells of 8, 9 unsigned bins, gamma by root,
L2-Hys 0.2; Dalal and Triggs 2005), computed here with numpy.  Needs
OSTEON_TESTDATA (models_third_party/kneelocalizer_mit, meshes) and what
scripts/train needs; without the data it says so and ends with 77.
"""

import argparse
import os
import pathlib
import sys

import numpy as np
from scipy.ndimage import gaussian_filter, zoom

sys.dont_write_bytecode = True
ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts/train"))
# pylint: disable=wrong-import-position
from knee_film import KNEE_NAMES, render_knee  # noqa: E402
from landmarks import CHANNELS, SIDES  # noqa: E402
from leg_film import render_legs  # noqa: E402

WINDOW, BLOCK, CELL, BINS = 64, 16, 8, 9
STEP = 4                          # pixels between windows
WINDOWS_MM = (110, 120, 130)      # around the 120 mm that KneeLocalizer cuts
PERCENTILES = (5, 99)             # of gray values, black and white
CLIP, NEAR_MM = 0.2, 30


def votes_of(image):
    """(rows, columns, BINS): each pixel's gradient, by direction."""
    root = np.sqrt(image)
    padded = np.pad(root, 1, mode="reflect")
    dx = padded[1:-1, 2:] - padded[1:-1, :-2]
    dy = padded[2:, 1:-1] - padded[:-2, 1:-1]
    size = np.hypot(dx, dy)
    place = np.arctan2(dy, dx) % np.pi * BINS / np.pi - 0.5
    lower = np.floor(place).astype(int)
    share = place - lower
    votes = np.zeros((*image.shape, BINS), np.float32)
    rows, columns = np.indices(image.shape, sparse=True)
    for bins, part in ((lower, 1 - share), (lower + 1, share)):
        np.add.at(votes, (rows, columns, bins % BINS), size * part)
    return votes


def cell_weights():
    """(4, BLOCK, BLOCK): what a pixel of a block adds to each of its cells,
    in OpenCV's order: down the columns."""
    place = np.arange(BLOCK) + 0.5
    gauss = np.exp(-((place - BLOCK / 2) ** 2) / (2 * (BLOCK / 4) ** 2))
    near = np.stack([np.clip(1 - np.abs(place / CELL - 0.5 - cell), 0, None)
                     for cell in range(BLOCK // CELL)])
    weighted = near * gauss
    return np.stack([np.outer(weighted[y], weighted[x])
                     for x in range(2) for y in range(2)])


def blocks_of(image):
    """(rows, columns, 36): normalized blocks, STEP pixels apart."""
    votes = votes_of(image)
    view = np.lib.stride_tricks.sliding_window_view(
        votes, (BLOCK, BLOCK), axis=(0, 1))[::STEP, ::STEP]
    blocks = np.einsum("yxbij,cij->yxcb", view, cell_weights(),
                       optimize=True)
    blocks = blocks.reshape(*blocks.shape[:2], -1)
    length = np.linalg.norm(blocks, axis=-1, keepdims=True)
    blocks = np.minimum(blocks / (length + 0.1 * blocks.shape[-1]), CLIP)
    length = np.linalg.norm(blocks, axis=-1, keepdims=True)
    return blocks / (length + 1e-3)


def scores_of(image, weights, bias):
    """Of each window: (rows, columns), STEP pixels apart; None: too small."""
    if min(image.shape) < WINDOW:
        return None
    blocks = blocks_of(image)
    along = (WINDOW - BLOCK) // CELL + 1
    stride = CELL // STEP
    each = blocks @ weights.reshape(along * along, -1).T
    rows, columns = (n - (along - 1) * stride for n in blocks.shape[:2])
    total = np.full((rows, columns), bias)
    for x in range(along):
        for y in range(along):
            total += each[y * stride:y * stride + rows,
                          x * stride:x * stride + columns, x * along + y]
    return total


def windows_of(film, weights, bias):
    """(n, 3): score and center (mm from the film's corner) of all windows."""
    low, high = np.percentile(film.pixels, PERCENTILES)
    gray = np.clip((film.pixels - low) / (high - low), 0, 1) * 255
    spacing = film.detector.spacing
    found = []
    for width in WINDOWS_MM:
        scale = spacing * WINDOW / width
        smooth = gaussian_filter(gray, max(0, 0.4 * (1 / scale - 1)))
        scores = scores_of(np.clip(zoom(smooth, scale, order=1), 0, 255),
                           weights, bias)
        if scores is None:
            continue
        y, x = np.indices(scores.shape)
        found.append(np.stack([
            scores, (x * STEP + WINDOW / 2) * width / WINDOW,
            (y * STEP + WINDOW / 2) * width / WINDOW], -1).reshape(-1, 3))
    return np.concatenate(found)


def legs(meshes, seed):
    """A film of both legs, and the middle of each knee (pixels)."""
    film = render_legs(meshes, seed, 672, 288)
    return film, [np.mean([film.landmarks[CHANNELS.index(f"{side}.{name}")]
                           for name in ("femoral_knee_center",
                                        "tibial_knee_center")], 0)
                  for side in SIDES]


def knee(meshes, seed):
    film = render_knee(meshes, seed, True)
    return film, [np.mean([film.landmarks[KNEE_NAMES.index(name)]
                           for name in ("femoral_knee_center",
                                        "tibial_knee_center")], 0)]


def judge(kind, meshes, seeds, weights, bias):
    """(distances of the best windows in mm, chance of NEAR_MM)."""
    distances, chances = [], []
    for seed in seeds:
        film, centers = kind(meshes, seed)
        centers = [(np.asarray(center) + 0.5) * film.detector.spacing
                   for center in centers]
        windows = windows_of(film, weights, bias)
        middle = np.mean([center[0] for center in centers])
        for center in centers:
            half = windows if len(centers) == 1 else windows[
                (windows[:, 1] < middle) == (center[0] < middle)]
            away = np.hypot(*(half[:, 1:] - center).T)
            distances.append(away[half[:, 0].argmax()])
            chances.append(np.mean(away <= NEAR_MM))
    return np.array(distances), float(np.mean(chances))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    data = pathlib.Path(os.environ.get("OSTEON_TESTDATA",
                                       ROOT.parent / "shared/data"))
    parser.add_argument("--films", type=int, default=40, metavar="N")
    parser.add_argument("--seed", type=int, default=800000, metavar="S")
    options = parser.parse_args()
    file = data / "models_third_party/kneelocalizer_mit/svm_model.npy"
    if not file.exists():
        print(f"skipped: {file} is not there; set OSTEON_TESTDATA")
        return 77
    # the file is a pickle: from a data set whose digest is recorded
    weights, bias = np.load(file, allow_pickle=True, encoding="bytes")
    seeds = range(options.seed, options.seed + options.films)
    print(f"{'film':<6}{'knees':>7}{'within 30 mm':>15}{'by chance':>12}"
          f"{'median':>10}")
    for name, kind in (("legs", legs), ("knee", knee)):
        away, chance = judge(kind, data / "meshes", seeds,
                             np.asarray(weights, np.float64), float(bias))
        print(f"{name:<6}{len(away):>7}{np.mean(away <= NEAR_MM):>15.0%}"
              f"{chance:>12.0%}{np.median(away):>7.1f} mm", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
