#!/usr/bin/python3
"""Train the network of a stage and freeze it as TorchScript.

A fixed number of iterations from a fixed seed, so that the same films give
the same network on the same machine and library.
"""

import argparse
import math
import pathlib
import sys
import time

import numpy as np
import torch
from torch import nn

from augment import refusals, vary
from freeze import save_frozen
from losses import box_loss, classes_loss, landmark_loss
from network import Network, as_answered
from patches import draw_patches
from parts import ReadParts
from stage import find_stage
from train_parts import centers_arrays, centers_stage, train_corners

BATCH = 8            # films to find something on in a step,
REFUSED = 2          # and images that must be refused
LEARNING_RATE = 3e-3
WARM_UP = 30         # iterations


def learning_rate(iteration, iterations):
    """A linear start and a cosine down to 2 percent."""
    cosine = 0.5 * (1 + math.cos(math.pi * iteration / iterations))
    return (LEARNING_RATE * min(1.0, (iteration + 1) / WARM_UP)
            * (0.98 * cosine + 0.02))


def draw_batches(boxes, iterations):
    """Index tensors: BATCH films to learn from and REFUSED to spoil.

    boxes (n, m, 5): a film that has one comes twice as often.
    """
    count = len(boxes)
    boxed = (boxes[..., 0] >= 0).any(1).nonzero().flatten()
    pool = torch.cat([torch.arange(count), boxed])
    order = torch.empty(0, dtype=torch.long)
    for _ in range(iterations):
        if len(order) < BATCH:
            order = pool[torch.randperm(len(pool))]
        yield order[:BATCH], torch.randint(count, (REFUSED,))
        order = order[BATCH:]


def refused_rows(values, fill):
    """values (BATCH, ...) with REFUSED more rows of fill."""
    rows = torch.full((REFUSED, *values.shape[1:]), fill, dtype=values.dtype)
    return torch.cat([values, rows])


def draw_batch(stage, arrays, chosen, spoiled):
    """(images, truth): BATCH varied films and REFUSED without an answer."""
    films = arrays["films"]
    images, points, visible, boxes, mirrored = vary(
        films[chosen].float()[:, None] / 255, arrays["landmarks"][chosen],
        arrays["visible"][chosen], arrays["boxes"][chosen], stage)
    negatives = refusals(films[spoiled].float()[:, None] / 255,
                         arrays["extent"][spoiled], stage.upright)
    images = torch.cat([images, negatives]).contiguous(
        memory_format=torch.channels_last)
    truth = {"landmarks": refused_rows(points, 0.0),
             "visible": refused_rows(visible, False),
             "boxes": refused_rows(boxes, -1.0)}
    for name in stage.classes:
        classes = arrays["class_" + name][chosen]
        if name in stage.sided:
            classes = torch.where(mirrored, 1 - classes, classes)
        truth[name] = refused_rows(classes, stage.refused.get(name, -1))
    return images, truth


def batches(stage, arrays, iterations):
    """(images, truth) of each step."""
    if stage.patch:
        for _ in range(iterations):
            images, boxes = draw_patches(arrays["films"], arrays["boxes"],
                                         stage.patch)
            yield (images.contiguous(memory_format=torch.channels_last),
                   {"boxes": boxes})
    else:
        for chosen, spoiled in draw_batches(arrays["boxes"], iterations):
            yield draw_batch(stage, arrays, chosen, spoiled)


def loss_of(stage, answers, truth):
    """(loss, mean landmark error in input pixels) of a batch."""
    loss, error = 0.0, 0.0
    if stage.landmarks:
        loss, error = landmark_loss(answers["landmarks"], truth["landmarks"],
                                    truth["visible"], stage.stride,
                                    stage.precise)
    if stage.boxes:
        loss = loss + box_loss(answers["boxes"], truth["boxes"], stage.stride)
    for name in stage.classes:
        loss = loss + classes_loss(answers[name], truth[name])
    return loss, error


def train(stage, arrays, iterations):
    """A trained Network, from the arrays of phantoms.py."""
    # channels last: the same sums, in half the time on a CPU
    network = Network(stage).to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE,
                                  weight_decay=1e-4)
    network.train()
    started, smoothed = time.monotonic(), None
    for iteration, (images, truth) in enumerate(
            batches(stage, arrays, iterations)):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(iteration, iterations)
        loss, error = loss_of(stage, network(images), truth)
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        smoothed = error if smoothed is None else (0.95 * smoothed
                                                   + 0.05 * error)
        if (iteration + 1) % 50 == 0:
            print(f"iteration {iteration + 1} of {iterations}: loss "
                  f"{loss.item():.3f}, landmarks {smoothed:.2f} px, "
                  f"{time.monotonic() - started:.0f} s", flush=True)
    return network.to(memory_format=torch.contiguous_format).eval()


def train_answering(stage, arrays, iterations):
    """A trained module that answers as model.yaml expects."""
    if not stage.bodies:
        return as_answered(train(stage, arrays, iterations), stage.named)
    centers = train(centers_stage(stage), centers_arrays(stage, arrays),
                    iterations)
    corners = train_corners(stage, arrays, stage.corner_iterations)
    return ReadParts(centers, corners, stage)


def load_arrays(path):
    """{name: tensor} of a file of phantoms.py."""
    with np.load(path) as arrays:
        return {name: torch.from_numpy(arrays[name]) for name in arrays.files}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("stage", help="BUNDLE/STAGE")
    parser.add_argument("phantoms", type=pathlib.Path, help="from phantoms.py")
    parser.add_argument("--output", type=pathlib.Path, metavar="FILE",
                        help="default: the weights in models/")
    parser.add_argument("--iterations", type=int,
                        help="default: as the stage says")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    stage = find_stage(options.stage)
    answering = train_answering(stage, load_arrays(options.phantoms),
                                options.iterations or stage.iterations)
    save_frozen(answering, options.output or stage.weights_path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
