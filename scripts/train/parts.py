"""Landmarks in groups: bodies whose corners are found from their centers.

A row of vertebrae looks alike: which one it is needs all of the picture,
where its corners are needs only the neighborhood.  So each body has a map of
its own for its center, and all share one set of maps that tell, at every
cell, where the corners of the body around it are.  The answer is a `points`
output.
"""

import torch
from torch import nn
from torch.nn import functional

from losses import landmark_loss
from network import REFERENCE_PEAK, cell_centers, decode, probabilities

NEAR = 1             # cells around a center that are asked for its corners
SURE = 1e-4          # confidences are kept this far from 0 and 1
OFFSETS_SHARE = 2.0    # of the loss; offsets count in cells


def read_parts(maps, bodies: int, corners: int, stride: int,
               reach: int = NEAR, reference: float = REFERENCE_PEAK,
               sure_enough: float = SURE):
    """Points (n, bodies * corners + lone, 3) of the maps: x, y in input
    pixels, logit of the confidence.

    The corners are the mean of what the cells around the highest of a
    center's map say, weighted by its probabilities.
    """
    count, _, height, width = maps.shape
    logits, offsets = maps[:, :-2 * corners], maps[:, -2 * corners:]
    lone, lone_sure = decode(logits[:, bodies:], stride)
    chances = probabilities(logits[:, :bodies])
    peak, index = chances.flatten(2).max(-1)
    rows = torch.arange(height).view(1, 1, height, 1)
    columns = torch.arange(width).view(1, 1, 1, width)
    row = (index // width).view(count, bodies, 1, 1)
    column = (index % width).view(count, bodies, 1, 1)
    near = ((rows - row).abs() <= reach) & (
        (columns - column).abs() <= reach)
    weights = (chances * near).flatten(2)
    weights = weights / weights.sum(-1, keepdim=True)
    places = torch.stack([
        cell_centers(width, stride).view(1, width).expand(height, width),
        cell_centers(height, stride).view(height, 1).expand(height, width)])
    targets = (offsets.view(count, corners, 2, height, width) * stride
               + places).flatten(3).flatten(1, 2)
    found = (weights @ targets.transpose(1, 2)).view(count, -1, 2)
    sure = (peak / reference).clamp(max=1)
    sure = sure[..., None].expand(count, bodies, corners).reshape(count, -1)
    sure = torch.logit(torch.cat([sure, lone_sure], 1), eps=sure_enough)
    return torch.cat([torch.cat([found, lone], 1), sure[..., None]], 2)


class ReadParts(nn.Module):
    """A trained network of parts as model.yaml expects it.

    It looks at the image and at its mirror image, and answers with the middle
    of both; a point is as sure as the less sure of them.
    """

    def __init__(self, network, stage):
        super().__init__()
        self.trunk = network.trunk
        (self.head,) = network.heads.values()
        self.bodies, self.corners = stage.bodies, stage.corners
        self.stride = stage.stride
        self.register_buffer("mirrored", torch.tensor(stage.mirrored))

    def read(self, x):
        at2, at4 = self.trunk(x)
        return read_parts(self.head(at2, at4), self.bodies, self.corners,
                          self.stride)

    def forward(self, x):
        one = self.read(x)
        other = self.read(x.flip(3))[:, self.mirrored]
        last = x.shape[3] - 1
        return torch.stack([0.5 * (one[..., 0] + last - other[..., 0]),
                            0.5 * (one[..., 1] + other[..., 1]),
                            torch.minimum(one[..., 2], other[..., 2])], -1)


def parts_loss(maps, landmarks, visible, stage):
    """(loss, mean landmark error in input pixels) of a batch."""
    bodies, corners, stride = stage.bodies, stage.corners, stage.stride
    count = len(maps)
    split = bodies * corners
    points = landmarks[:, :split].view(count, bodies, corners, 2)
    whole = visible[:, :split].view(count, bodies, corners).all(2)
    centers = torch.cat([points.mean(2), landmarks[:, split:]], 1)
    seen = torch.cat([whole, visible[:, split:]], 1)
    loss, error = landmark_loss(maps[:, :-2 * corners], centers, seen, stride)
    offsets = maps[:, -2 * corners:]
    height, width = offsets.shape[2:]
    cell = ((centers[:, :bodies] - (stride - 1) / 2) / stride).round().long()
    steps = torch.arange(-NEAR, NEAR + 1)
    dx, dy = torch.meshgrid(steps, steps, indexing="xy")
    x = cell[..., 0, None] + dx.reshape(-1)   # (n, bodies, 9)
    y = cell[..., 1, None] + dy.reshape(-1)
    inside = ((x >= 0) & (x < width) & (y >= 0) & (y < height)
              & whole[..., None])
    if not inside.any():
        return loss, error
    index = (y.clamp(0, height - 1) * width + x.clamp(0, width - 1)).flatten(1)
    told = offsets.flatten(2).gather(
        2, index[:, None].expand(-1, 2 * corners, -1))
    told = told.view(count, corners, 2, bodies, -1).permute(0, 3, 4, 1, 2)
    place = torch.stack([x, y], -1) * stride + (stride - 1) / 2
    wanted = (points[:, :, None] - place[:, :, :, None]) / stride
    off = functional.smooth_l1_loss(told[inside], wanted[inside], beta=0.1)
    error = (told[inside] - wanted[inside]).norm(dim=-1).mean().item() * stride
    return loss + OFFSETS_SHARE * off, error
