"""Training both networks of parts.py: centers, and corners around them."""

import dataclasses
import math
import time

import torch
from torch import nn
from torch.nn import functional

from augment import coarsen, uniform
from losses import landmark_loss
from network import mean_position, probabilities
from parts import (CROP_STRIDE, CornerNetwork, crop_around, frames, into_crop,
                   steps_along)

FILMS = 4                # in a step
LEARNING_RATE = 3e-3
ASTRAY = 2               # crops of a film that show no body
NEAR_PITCHES = 0.13      # how far a crop is from the body, standard deviation
FAR_PITCHES, FAR = 0.4, 0.25   # and at most, in this share of the crops
TURNED_DEG, SCALED = 6.0, 0.1
COARSEST = 2.0
NOISE = 0.03
TILT_SHARE, SURE_SHARE = 0.2, 0.3
WITHIN_DEG = 3.0         # an endplate is found when its tilt is this right


def centers_stage(stage):
    """The Stage of the first look: half the size, centers for corners."""
    lone = [channel - stage.bodies * (stage.corners - 1)
            for channel in stage.mirrored[stage.bodies * stage.corners:]]
    names = tuple(name.partition(".")[0] for name in
                  stage.landmarks[:stage.bodies * stage.corners:stage.corners])
    return dataclasses.replace(
        stage, rows=stage.rows // 2, columns=stage.columns // 2,
        landmarks=names + stage.landmarks[stage.bodies * stage.corners:],
        mirrored=(*range(stage.bodies), *lone), bodies=0, corners=0)


def centers_arrays(stage, arrays):
    """What phantoms.py would have written for centers_stage."""
    split = stage.bodies * stage.corners
    points, visible = arrays["landmarks"], arrays["visible"]
    of_bodies = points[:, :split].unflatten(1, (stage.bodies, -1)).mean(2)
    whole = visible[:, :split].unflatten(1, (stage.bodies, -1)).all(2)
    films = torch.stack([
        functional.avg_pool2d(film[None].float(), 2)[0].round().byte()
        for film in arrays["films"]])
    return dict(arrays, films=films, extent=arrays["extent"] // 2,
                landmarks=(torch.cat([of_bodies, points[:, split:]], 1)
                           - 0.5) / 2,
                visible=torch.cat([whole, visible[:, split:]], 1))


def train_corners(stage, arrays, iterations):
    """A trained CornerNetwork from the arrays of phantoms.py."""
    network = CornerNetwork(stage.corners).to(
        memory_format=torch.channels_last)
    optimizer = torch.optim.AdamW(network.parameters(), lr=LEARNING_RATE,
                                  weight_decay=1e-4)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, LEARNING_RATE, total_steps=iterations, pct_start=0.05,
        final_div_factor=10)
    network.train()
    started, smoothed = time.monotonic(), None
    order = torch.empty(0, dtype=torch.long)
    for iteration in range(iterations):
        if len(order) < FILMS:
            order = torch.randperm(len(arrays["films"]))
        chosen, order = order[:FILMS], order[FILMS:]
        loss, error = corner_loss(network, *draw_crops(stage, arrays, chosen))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 5.0)
        optimizer.step()
        schedule.step()
        smoothed = error if smoothed is None else (0.97 * smoothed
                                                   + 0.03 * error)
        if (iteration + 1) % 50 == 0:
            print(f"corners {iteration + 1} of {iterations}: loss "
                  f"{loss.item():.3f}, tilts {smoothed:.2f} deg, "
                  f"{time.monotonic() - started:.0f} s", flush=True)
    return network.to(memory_format=torch.contiguous_format).eval()


def draw_crops(stage, arrays, chosen):
    """(crops (m, 1, h, w), corners (m, k, 2) in them, shown (m,) bool): all
    bodies of the chosen films and ASTRAY crops of each beside them."""
    images = arrays["films"][chosen].float()[:, None] / 255
    split = stage.bodies * stage.corners
    points = arrays["landmarks"][chosen, :split].unflatten(
        1, (stage.bodies, -1))
    shown = arrays["visible"][chosen, :split].unflatten(
        1, (stage.bodies, -1)).all(2)
    centers = points.mean(2)
    steps = steps_along(centers)
    astray = torch.randint(stage.bodies, (ASTRAY,))
    points = torch.cat([points, points[:, astray]], 1)
    shown = torch.cat([shown, torch.zeros(len(chosen), ASTRAY).bool()], 1)
    centers = torch.cat([centers, centers[:, astray]], 1)
    steps = torch.cat([steps, steps[:, astray]], 1)
    centers = centers + displacement(steps, shown)
    axes = turned(frames(steps), shown.shape)
    mirrored = torch.rand(shown.shape) < 0.5
    axes[..., 0, :] *= torch.where(mirrored, -1.0, 1.0)[..., None]
    crops = crop_around(images, centers, axes)
    corners = into_crop(points, centers, axes)
    swapped = corners[:, :, list(stage.mirrored[:stage.corners])]
    corners = torch.where(mirrored[..., None, None], swapped, corners)
    return (expose(coarsen(crops, COARSEST)),
            corners.flatten(0, 1), shown.flatten())


def expose(crops):
    """Gamma, contrast, blur, a little noise: what a crop shows stays there."""
    shape = (len(crops), 1, 1, 1)
    crops = crops.clamp(0, 1) ** torch.exp(torch.randn(shape) * 0.3)
    softness = torch.rand(shape) * (torch.rand(shape) < 0.3)
    blurred = functional.avg_pool2d(crops, 3, 1, 1)
    crops = crops + softness * (blurred - crops)
    noise = NOISE * torch.rand(shape) ** 2
    return crops + torch.randn_like(crops) * noise


def displacement(steps, shown):
    """How far crops are from their bodies, in input pixels: a little, and
    where none is shown beside the row."""
    far = torch.rand(shown.shape) < FAR
    off = torch.randn(*shown.shape, 2) * NEAR_PITCHES
    wide = (2 * torch.rand(*shown.shape, 2) - 1) * FAR_PITCHES
    off = torch.where(far[..., None], wide, off)
    side = torch.where(torch.rand(shown.shape) < 0.5, -1.0, 1.0)
    beside = side * uniform(shown.numel(), 2, 5).view(shown.shape)
    off[..., 0] = torch.where(shown, off[..., 0], beside)
    across = torch.stack([steps[..., 1], -steps[..., 0]], -1)
    return off[..., :1] * across + off[..., 1:] * steps


def turned(axes, shape):
    """Crops' axes (..., 2, 2), turned and scaled at random."""
    angle = torch.randn(shape) * math.radians(TURNED_DEG)
    size = torch.exp(torch.randn(shape) * SCALED)
    cosine, sine = size * torch.cos(angle), size * torch.sin(angle)
    turn = torch.stack([torch.stack([cosine, sine], -1),
                        torch.stack([-sine, cosine], -1)], -2)
    return axes @ turn


def tilts(points):
    """(m, 2): degrees of the upper and lower endplate of corners (m, 4, 2)."""
    across = points[:, 1::2] - points[:, ::2]
    return torch.rad2deg(torch.atan2(across[..., 1],
                                     across[..., 0].clamp(min=1)))


def corner_loss(network, crops, corners, shown):
    """(loss, mean error of the endplates' tilts in degrees) of a batch."""
    maps, sure = network(crops.contiguous(memory_format=torch.channels_last))
    place, _ = landmark_loss(maps[shown], corners[shown],
                             torch.ones(len(corners[shown]), corners.shape[1]
                                        ).bool(), CROP_STRIDE)
    found = mean_position(probabilities(maps), CROP_STRIDE)
    off = tilts(found) - tilts(corners)
    tilt = functional.smooth_l1_loss(tilts(found)[shown],
                                     tilts(corners)[shown], beta=1.0)
    right = ((off.abs() < WITHIN_DEG) & shown[:, None]).float()
    judged = functional.binary_cross_entropy_with_logits(sure, right)
    return (place + TILT_SHARE * tilt + SURE_SHARE * judged,
            off[shown].abs().mean().item())
