#!/usr/bin/python3
"""Train the landmark network and freeze it as TorchScript.

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
from torch.nn import functional

from augment import refusals, vary
from freeze import save_frozen
from network import (LandmarkNetwork, SIGMA_CELLS, STRIDE, cell_centers,
                     mean_position, probabilities)

BATCH = 8            # films with legs in a step,
REFUSED = 2          # and images that must be refused
LEARNING_RATE = 3e-3
WARM_UP = 30         # iterations
COORDINATE_SHARE = 0.25


def target_maps(landmarks, visible, height, width):
    """(n, 16, height, width): a Gaussian where a landmark is, a uniform map
    where there is none, each with sum 1."""
    count, channels = visible.shape
    x = cell_centers(width).view(1, 1, 1, width)
    y = cell_centers(height).view(1, 1, height, 1)
    sigma = SIGMA_CELLS * STRIDE
    distance = ((x - landmarks[..., 0].view(count, channels, 1, 1)) ** 2
                + (y - landmarks[..., 1].view(count, channels, 1, 1)) ** 2)
    gaussian = torch.exp(-distance / (2 * sigma**2))
    gaussian = gaussian / (gaussian.sum((2, 3), keepdim=True) + 1e-9)
    uniform = torch.full_like(gaussian, 1 / (height * width))
    return torch.where(visible.view(count, channels, 1, 1), gaussian, uniform)


def loss_of(logits, landmarks, visible):
    """(loss, mean landmark error in input pixels) of a batch."""
    maps = target_maps(landmarks, visible, *logits.shape[2:])
    log_probability = functional.log_softmax(logits.flatten(2), -1)
    cross_entropy = -(maps.flatten(2) * log_probability).sum(-1)
    # count a uniform target from its own entropy: what is left is a distance
    cross_entropy = cross_entropy - torch.where(
        visible, 0.0, math.log(maps.shape[2] * maps.shape[3]))
    positions = mean_position(probabilities(logits))
    seen, found = landmarks[visible], positions[visible]
    coordinates = functional.smooth_l1_loss(found, seen, beta=2.0)
    error = (found - seen).norm(dim=-1).mean().item()
    return cross_entropy.mean() + COORDINATE_SHARE * coordinates, error


def learning_rate(iteration, iterations):
    """A linear start and a cosine down to 2 percent."""
    cosine = 0.5 * (1 + math.cos(math.pi * iteration / iterations))
    return (LEARNING_RATE * min(1.0, (iteration + 1) / WARM_UP)
            * (0.98 * cosine + 0.02))


def draw_batches(count, iterations):
    """Index tensors: BATCH films to learn from and REFUSED to spoil."""
    order = torch.empty(0, dtype=torch.long)
    for _ in range(iterations):
        if len(order) < BATCH:
            order = torch.randperm(count)
        yield order[:BATCH], torch.randint(count, (REFUSED,))
        order = order[BATCH:]


def train(films, landmarks, extents, iterations):
    """A trained LandmarkNetwork, from the arrays of phantoms.py."""
    # channels last: the same sums, in half the time on a CPU
    network = LandmarkNetwork().to(memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE,
                                  weight_decay=1e-4)
    network.train()
    started, smoothed = time.monotonic(), None
    for iteration, (chosen, spoiled) in enumerate(
            draw_batches(len(films), iterations)):
        for group in optimizer.param_groups:
            group["lr"] = learning_rate(iteration, iterations)
        images, points, visible = vary(
            films[chosen].float()[:, None] / 255, landmarks[chosen])
        negatives = refusals(films[spoiled].float()[:, None] / 255,
                             extents[spoiled])
        images = torch.cat([images, negatives]).contiguous(
            memory_format=torch.channels_last)
        points = torch.cat([points, torch.zeros(REFUSED, *points.shape[1:])])
        visible = torch.cat([visible, torch.zeros(
            REFUSED, visible.shape[1], dtype=torch.bool)])
        loss, error = loss_of(network(images), points, visible)
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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("phantoms", type=pathlib.Path, help="from phantoms.py")
    parser.add_argument("model", type=pathlib.Path, help="model.pt to write")
    parser.add_argument("--iterations", type=int, default=1600)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(options.seed)
    with np.load(options.phantoms) as arrays:
        films = torch.from_numpy(arrays["films"])
        landmarks = torch.from_numpy(arrays["landmarks"])
        extents = torch.from_numpy(arrays["extent"])
    network = train(films, landmarks, extents, options.iterations)
    save_frozen(network, options.model)
    return 0


if __name__ == "__main__":
    sys.exit(main())
