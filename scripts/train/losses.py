"""What training asks of each kind of output."""

import math

import torch
from torch.nn import functional

from network import (SIGMA_CELLS, cell_centers, mean_position, probabilities)

COORDINATE_SHARE = 0.25
CLASSES_SHARE = 0.5
SPREAD_CELLS = (1.0, 1.5)    # of a box's center
NEAR_CENTER = 0.6            # of its Gaussian: these cells know the size


def target_maps(landmarks, visible, height, width, stride):
    """(n, k, height, width): a Gaussian where a landmark is, a uniform map
    where there is none, each with sum 1."""
    count, channels = visible.shape
    x = cell_centers(width, stride).view(1, 1, 1, width)
    y = cell_centers(height, stride).view(1, 1, height, 1)
    sigma = SIGMA_CELLS * stride
    distance = ((x - landmarks[..., 0].view(count, channels, 1, 1)) ** 2
                + (y - landmarks[..., 1].view(count, channels, 1, 1)) ** 2)
    gaussian = torch.exp(-distance / (2 * sigma**2))
    gaussian = gaussian / (gaussian.sum((2, 3), keepdim=True) + 1e-9)
    uniform = torch.full_like(gaussian, 1 / (height * width))
    return torch.where(visible.view(count, channels, 1, 1), gaussian, uniform)


def landmark_loss(logits, landmarks, visible, stride, precise=2.0):
    """(loss, mean landmark error in input pixels) of a batch."""
    maps = target_maps(landmarks, visible, *logits.shape[2:], stride)
    log_probability = functional.log_softmax(logits.flatten(2), -1)
    cross_entropy = -(maps.flatten(2) * log_probability).sum(-1)
    # count a uniform target from its own entropy: what is left is a distance
    cross_entropy = cross_entropy - torch.where(
        visible, 0.0, math.log(maps.shape[2] * maps.shape[3]))
    positions = mean_position(probabilities(logits), stride)
    seen, found = landmarks[visible], positions[visible]
    coordinates = functional.smooth_l1_loss(found, seen, beta=precise)
    error = (found - seen).norm(dim=-1).mean().item()
    return cross_entropy.mean() + COORDINATE_SHARE * coordinates, error


def classes_loss(logits, truth):
    """Cross entropy of (n, classes) logits; truth (n,), -1: not to judge."""
    return CLASSES_SHARE * functional.cross_entropy(logits, truth,
                                                    ignore_index=-1)


def box_loss(answer, boxes, stride):
    """Centers as a quality focal loss (Li et al., Generalized Focal Loss,
    2020) on Gaussians, sizes and offsets of the cells near a center (Zhou,
    Objects as Points, 2019); answer (n, classes + 4, h, w), boxes
    (n, m, 5)."""
    count, channels, height, width = answer.shape
    logits, shape = answer[:, :channels - 4], answer[:, channels - 4:]
    x = cell_centers(width, stride).view(1, width)
    y = cell_centers(height, stride).view(height, 1)
    heat = torch.zeros_like(logits)
    shapes, wanted = [], []
    for i, box in ((i, box) for i in range(count) for box in boxes[i]
                   if box[0] >= 0):
        near = _around(box, x, y, stride)
        kind = int(box[0])
        heat[i, kind] = torch.maximum(heat[i, kind], near)
        cells = (near >= NEAR_CENTER).nonzero(as_tuple=True)
        size, center = box[3:5] - box[1:3], 0.5 * (box[1:3] + box[3:5])
        places = torch.stack([x[0, cells[1]], y[cells[0], 0]], -1)
        shapes.append(shape[i][:, cells[0], cells[1]].T)
        wanted.append(torch.cat([
            torch.log(size.clamp(min=1) / stride).expand(len(places), 2),
            (center - places) / stride], 1))
    off = (heat - torch.sigmoid(logits)) ** 2
    loss = (off * functional.binary_cross_entropy_with_logits(
        logits, heat, reduction="none")).sum() / heat.sum().clamp(min=1)
    if sum(len(cells) for cells in shapes):
        loss = loss + functional.smooth_l1_loss(torch.cat(shapes),
                                                torch.cat(wanted))
    return loss


def _around(box, x, y, stride):
    """(h, w): a Gaussian of height 1 in the cell of a box's center, wider
    where the box is."""
    center, size = 0.5 * (box[1:3] + box[3:5]), box[3:5] - box[1:3]
    spread = stride * (size / (6 * stride)).clamp(*SPREAD_CELLS)
    middle = ((center - (stride - 1) / 2) / stride).round() * stride + (
        stride - 1) / 2
    return torch.exp(-((x - middle[0]) / spread[0]) ** 2 / 2
                     - ((y - middle[1]) / spread[1]) ** 2 / 2)
