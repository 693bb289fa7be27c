"""Variations of the training films, and films that must be refused.

Images are (n, 1, rows, columns) in [0, 1], landmarks (n, k, 2) in input
pixels, visible (n, k) bool: whether a landmark is on the film at all; boxes
(n, m, 5): class (-1: none), left, top, right, bottom in input pixels.  How far
variations go is the stage's (stage.Variation).
"""

import math

import torch
from torch.nn import functional

EDGE_PIXELS = 3  # a landmark closer to the film's edge counts as cut off


def warp(images, matrices, shifts):
    """Sample output pixel p from input pixel M (p - center) + center + shift.

    matrices: (n, 2, 2), shifts: (n, 2), both in pixels, x before y.
    """
    height, width = images.shape[2:]
    half = torch.tensor([(width - 1) / 2, (height - 1) / 2])
    theta = torch.empty(len(images), 2, 3)
    theta[:, :, :2] = matrices * half / half[:, None]
    theta[:, :, 2] = shifts / half
    grid = functional.affine_grid(theta, images.shape, align_corners=True)
    return functional.grid_sample(images, grid, align_corners=True)


def warp_points(points, matrices, shifts, shape):
    """Where warp() moves points (n, k, 2)."""
    center = torch.tensor([(shape[3] - 1) / 2, (shape[2] - 1) / 2])
    moved = points - center - shifts[:, None]
    return moved @ torch.inverse(matrices).transpose(1, 2) + center


def rotation_and_scale(degrees, scale, squeeze):
    """(n, 2, 2) matrices; squeeze > 1 makes the picture narrower."""
    angle = torch.deg2rad(degrees)
    cosine, sine = torch.cos(angle), torch.sin(angle)
    matrices = torch.stack([torch.stack([cosine, -sine], -1),
                            torch.stack([sine, cosine], -1)], -2)
    matrices = matrices / scale[:, None, None]
    matrices[:, 0] *= squeeze[:, None]
    return matrices


def uniform(count, low, high):
    return low + (high - low) * torch.rand(count)


def move(images, landmarks, boxes, stage):
    """Scale, a few degrees, shifts; half of them mirrored if that may be.

    (images, landmarks, boxes, order (n, k), mirrored (n,)): order is the
    channel whose landmark each channel now has.
    """
    count, variation = len(images), stage.variation
    matrices = rotation_and_scale(torch.randn(count) * variation.turned_deg,
                                  uniform(count, *variation.scale),
                                  uniform(count, *variation.squeeze))
    shifts = torch.randn(count, 2) * torch.tensor(variation.shift)
    moved = warp(images, matrices, shifts)
    points = warp_points(landmarks, matrices, shifts, images.shape)
    boxes = warp_boxes(boxes, matrices, shifts, images.shape)
    order = torch.arange(points.shape[1]).repeat(count, 1)
    if stage.mirrored is None:
        return moved, points, boxes, order, torch.zeros(count, dtype=bool)
    mirrored = torch.rand(count) < 0.5
    moved[mirrored] = moved[mirrored].flip(3)
    last = images.shape[3] - 1
    order[mirrored] = torch.tensor(stage.mirrored, dtype=torch.long)
    points = points.gather(1, order[..., None].expand_as(points))
    points[..., 0] = torch.where(mirrored[:, None], last - points[..., 0],
                                 points[..., 0])
    flipped = torch.stack([boxes[..., 0], last - boxes[..., 3], boxes[..., 2],
                           last - boxes[..., 1], boxes[..., 4]], -1)
    boxes = torch.where(mirrored[:, None, None], flipped, boxes)
    return moved, points, boxes, order, mirrored


def warp_boxes(boxes, matrices, shifts, shape):
    """The upright boxes around where warp() moves the corners of boxes."""
    left, top, right, bottom = boxes[..., 1:].unbind(-1)
    corners = torch.stack([torch.stack([left, left, right, right], -1),
                           torch.stack([top, bottom, top, bottom], -1)], -1)
    moved = warp_points(corners.flatten(1, 2), matrices, shifts,
                        shape).view_as(corners)
    return torch.cat([boxes[..., :1], moved.amin(2), moved.amax(2)], -1)


def collimate(images, landmarks, variation):
    """Blacken some of the edges; (images, open (n, 4), visible).

    open: left, top, right, bottom of what is left, in pixels.
    """
    count, _, height, width = images.shape
    inset = torch.rand(count, 4) * torch.tensor([0.02, 0.05, 0.02, 0.05])
    inset *= (torch.rand(count, 1) < 0.5)
    cut_off = torch.rand(count, 4) < torch.tensor(variation.cut_off)
    inset = torch.where(cut_off, torch.rand(count, 4) * 0.3, inset)
    size = torch.tensor([height, width, height, width])
    top, left, bottom, right = (inset * size).unbind(1)
    bottom, right = height - bottom, width - right
    y = torch.arange(height).view(1, height, 1)
    x = torch.arange(width).view(1, 1, width)

    def edge(value):
        return value.view(count, 1, 1)

    open_field = ((y >= edge(top)) & (y < edge(bottom))
                  & (x >= edge(left)) & (x < edge(right)))
    visible = ((landmarks[..., 0] >= left[:, None] + EDGE_PIXELS)
               & (landmarks[..., 0] < right[:, None] - EDGE_PIXELS)
               & (landmarks[..., 1] >= top[:, None] + EDGE_PIXELS)
               & (landmarks[..., 1] < bottom[:, None] - EDGE_PIXELS))
    return (images * open_field[:, None],
            torch.stack([left, top, right, bottom], -1), visible)


def without_cut_boxes(boxes, field):
    """Boxes whose center is outside the open field become class -1."""
    center = 0.5 * (boxes[..., 1:3] + boxes[..., 3:5])
    inside = ((center >= field[:, None, :2])
              & (center < field[:, None, 2:])).all(-1)
    boxes = boxes.clone()
    boxes[..., 0] = torch.where(inside, boxes[..., 0], -1.0)
    return boxes


def coarsen(images, most):
    """As if some films had fewer pixels than the input, up to `most` times."""
    if most <= 1:
        return images
    height, width = images.shape[2:]
    result = []
    for image in images.split(1):
        factor = float(uniform(1, 1.0, most))
        if torch.rand(1) < 0.5:
            small = functional.interpolate(
                image, size=(round(height / factor), round(width / factor)),
                mode="bilinear", antialias=True, align_corners=False)
            image = functional.interpolate(
                small, size=(height, width), mode="bilinear",
                align_corners=False)
        result.append(image)
    return torch.cat(result)


def expose_differently(images):
    """Gamma, contrast, brightness, blur and noise."""
    count = len(images)
    shape = (count, 1, 1, 1)
    images = images.clamp(0, 1) ** torch.exp(torch.randn(shape) * 0.3)
    blurred = functional.avg_pool2d(images, 3, 1, 1)
    blurred = functional.avg_pool2d(blurred, 3, 1, 1)
    softness = torch.rand(shape) * (torch.rand(shape) < 0.3)
    images = images + softness * (blurred - images)
    images = images * (1 + torch.randn(shape) * 0.1)
    images = images + torch.randn(shape) * 0.04
    noise = 0.09 * torch.rand(shape) ** 2
    return (images + torch.randn_like(images) * noise).clamp(0, 1)


def vary(images, landmarks, visible, boxes, stage):
    """The same four, varied, and which are mirrored: a training batch from
    stored films."""
    images, landmarks, boxes, order, mirrored = move(images, landmarks, boxes,
                                                     stage)
    images, field, uncovered = collimate(images, landmarks, stage.variation)
    images = coarsen(images, stage.variation.coarse)
    return (expose_differently(images), landmarks,
            visible.gather(1, order) & uncovered,
            without_cut_boxes(boxes, field), mirrored)


def enlarged_crops(images):
    """Parts of legs, two to six times enlarged, turned anyhow."""
    count = len(images)
    matrices = rotation_and_scale(torch.rand(count) * 360,
                                  torch.exp(uniform(count, math.log(2),
                                                    math.log(6))),
                                  uniform(count, 0.6, 1.6))
    height, width = images.shape[2:]
    shifts = (torch.rand(count, 2) - 0.5) * torch.tensor([width * 0.9,
                                                          height * 0.9])
    return warp(images, matrices, shifts)


def shrunk(images):
    """Legs far too small, as on a whole-body image."""
    count = len(images)
    matrices = rotation_and_scale(torch.randn(count) * 5,
                                  uniform(count, 0.25, 0.5),
                                  uniform(count, 0.9, 1.1))
    return warp(images, matrices, torch.randn(count, 2) * 20)


def patterns(shape):
    """Noise of random grain on a random slope, or next to nothing."""
    count, _, height, width = shape
    slope_y = torch.linspace(-1, 1, height).view(1, 1, height, 1)
    slope_x = torch.linspace(-1, 1, width).view(1, 1, 1, width)
    slopes = torch.randn(2, count, 1, 1, 1)
    images = 0.5 + 0.4 * (slopes[0] * slope_y + slopes[1] * slope_x)
    images = images * (torch.rand(count, 1, 1, 1) < 0.7)
    for grain in (1, 4, 16, 48):
        noise = torch.randn(count, 1, max(2, height // grain),
                            max(2, width // grain))
        noise = functional.interpolate(noise, size=(height, width),
                                       mode="bilinear", align_corners=False)
        chosen = torch.rand(count, 1, 1, 1) < 0.5
        images = images + noise * chosen * torch.rand(count, 1, 1, 1) * 0.5
    return images.clamp(0, 1)


def inverted(films, extents):
    """Dark bones within each film's extent (top, left, bottom, right)."""
    result = torch.zeros_like(films)
    for i, (top, left, bottom, right) in enumerate(extents.tolist()):
        film = films[i, :, top:bottom, left:right]
        result[i, :, top:bottom, left:right] = 1 - film
    return result


def refusals(films, extents, upright=True):
    """Images (n, 1, h, w) without a leg to measure, made from films."""
    kinds = (
        (3, lambda film, extent: film.flip(2)),
        (3, lambda film, extent: film.flip(2, 3)),
        (3, inverted),
        (1, lambda film, extent: inverted(film, extent).flip(2)),
        (6, lambda film, extent: enlarged_crops(film)),
        (1, lambda film, extent: 1 - enlarged_crops(film)),
        (2, lambda film, extent: shrunk(film)),
        (3, lambda film, extent: patterns(film.shape)),
    )
    if not upright:  # what the first kinds show may still be found
        kinds = kinds[2:]
    weights = torch.tensor([float(weight) for weight, _ in kinds])
    chosen = torch.multinomial(weights, len(films), replacement=True)
    made = [kinds[kind][1](films[i:i + 1], extents[i:i + 1])
            for i, kind in enumerate(chosen.tolist())]
    return expose_differently(torch.cat(made))
