"""Landmarks in groups: a row of bodies whose corners are found in two looks.

A row of vertebrae looks alike: which one it is needs all of the picture, at
what angle its endplates lie needs every pixel around it.  So one network sees
the whole image at half its size and has a map for the center of each body;
another one, the same for all bodies, sees a crop around each, turned along
the row and of a size that follows from the distance of the bodies.  Together
they are one TorchScript module with a `points` output.
"""

from typing import Final

import torch
from torch import nn
from torch.nn import functional

from network import ConvBlock, decode, double, mean_position, probabilities

CROP = (80, 96)         # rows, columns of what the second look sees
PER_PITCH = 36.0        # its pixels from one body to the next
CROP_STRIDE, CENTERS_STRIDE = 2, 4
# the first look is from these places along the row, in steps: a center may be
# between two bodies
PLACES = (-0.8, -0.4, 0.0, 0.4, 0.8)
AWAY_COST, STEP_COST = 1.0, 20.0   # see in_row
SURE = 1e-4             # confidences are kept this far from 0 and 1
FLAT = 0.02             # standard deviation of a crop that shows nothing


class CornerNetwork(nn.Module):
    """Crops (m, 1, *CROP) in [0, 1] to logits of the corners' maps
    (m, corners, *CROP / CROP_STRIDE) and (m, corners / 2): how sure is each
    pair of corners, an endplate."""

    flat: Final[float] = FLAT

    def __init__(self, corners: int):
        super().__init__()
        self.stem = nn.Conv2d(3, 16, 5, stride=2, padding=2, bias=False)
        self.stem_norm = nn.BatchNorm2d(16)
        self.down4 = nn.Sequential(ConvBlock(16, 24, stride=2),
                                   ConvBlock(24, 24))
        self.down8 = nn.Sequential(ConvBlock(24, 36, stride=2),
                                   ConvBlock(36, 36))
        self.down16 = ConvBlock(36, 48, stride=2)
        self.up8 = ConvBlock(48 + 36, 36)
        self.up4 = ConvBlock(36 + 24, 24)
        self.up2 = ConvBlock(24 + 16, 16)
        self.maps = nn.Conv2d(16, corners, 1)
        self.judge = nn.Sequential(nn.Linear(96, 24), nn.ReLU(),
                                   nn.Linear(24, corners // 2))

    def forward(self, crops):
        spread, mean = torch.std_mean(crops, (1, 2, 3), keepdim=True)
        x = torch.cat([(crops - mean) / (spread + self.flat), places(crops)],
                      1)
        at2 = functional.relu(self.stem_norm(self.stem(x)))
        at4 = self.down4(at2)
        at8 = self.down8(at4)
        at16 = self.down16(at8)
        sure = self.judge(torch.cat([at16.mean((2, 3)), at16.amax((2, 3))],
                                    1))
        x = self.up8(torch.cat([double(at16), at8], 1))
        x = self.up4(torch.cat([double(x), at4], 1))
        x = self.up2(torch.cat([double(x), at2], 1))
        return self.maps(x), sure


def places(crops):
    """(m, 2, rows, columns): x and y of each pixel, -1 to 1 across a crop."""
    count, _, rows, columns = crops.shape
    x = torch.linspace(-1, 1, columns).view(1, 1, 1, -1)
    y = torch.linspace(-1, 1, rows).view(1, 1, -1, 1)
    return torch.cat([x.expand(count, 1, rows, columns),
                      y.expand(count, 1, rows, columns)], 1)


def steps_along(centers):
    """(n, bodies, 2): from each body's center (n, bodies, 2) to the next, in
    the middle of the row the mean of that and of the one before."""
    step = centers[:, 1:] - centers[:, :-1]
    return torch.cat([step[:, :1], 0.5 * (step[:, 1:] + step[:, :-1]),
                      step[:, -1:]], 1)


def smoothed(values, times: int):
    """values (n, bodies, 2), each the mean of itself and its neighbors in the
    row, weighted 2 to 1 to 1, as many times."""
    for _ in range(times):
        row = torch.cat([values[:, :1], values, values[:, -1:]], 1)
        values = 0.25 * (row[:, :-2] + 2 * row[:, 1:-1] + row[:, 2:])
    return values


def steps_across(corners, length):
    """Steps of that length (n, bodies, 1) at right angles to the mean of each
    body's endplates and, a little, its neighbors': one body whose corners
    were mistaken must not turn its crop anyhow.  corners (n, bodies, 4, 2)."""
    across = (corners[:, :, 1] - corners[:, :, 0]
              + corners[:, :, 3] - corners[:, :, 2])
    across = functional.normalize(
        smoothed(functional.normalize(across, dim=2), 1), dim=2)
    return torch.stack([-across[..., 1], across[..., 0]], -1) * length


def in_row(centers, found, sure, steps, away_cost: float = AWAY_COST,
           step_cost: float = STEP_COST):
    """(n, bodies): which of the places each body was found from, so that the
    row is the best as a whole (Viterbi): each a step from the one before, so
    that none is there twice and none left out, sure, and near its center.

    centers (n, bodies, 2), found (n, bodies, places, 2): centers again, sure
    (n, bodies, places), steps (n, bodies, 2).
    """
    square = steps.pow(2).sum(2)
    away = (found - centers[:, :, None]).pow(2).sum(3) / square[:, :, None]
    own = away_cost * away + 1 - sure
    best = own[:, 0]
    came = []
    for i in range(1, centers.shape[1]):
        step = 0.5 * (steps[:, i - 1] + steps[:, i])
        moved = found[:, i, None] - found[:, i - 1, :, None]
        along = ((moved * step[:, None, None]).sum(3)
                 / step.pow(2).sum(1)[:, None, None])
        least, index = (best[:, :, None]
                        + step_cost * (along - 1).pow(2)).min(1)
        came.append(index)
        best = least + own[:, i]
    chosen = [best.argmin(1)]
    for i in range(len(came)):
        index = came[len(came) - 1 - i]
        chosen.append(index.gather(1, chosen[i][:, None])[:, 0])
    chosen.reverse()
    return torch.stack(chosen, 1)


def frames(steps, per_pitch: float = PER_PITCH):
    """(n, bodies, 2, 2): the crop's x and y axis, each as input pixels (x, y)
    per pixel of the crop; y runs along the row."""
    down = steps / per_pitch
    return torch.stack([torch.stack([down[..., 1], -down[..., 0]], -1), down],
                       -2)


def crop_around(images, centers, axes, rows: int = CROP[0],
                columns: int = CROP[1]):
    """(n * bodies, 1, rows, columns) of images (n, 1, h, w), 0 beyond."""
    count, bodies = centers.shape[0], centers.shape[1]
    height, width = images.shape[2], images.shape[3]
    x = torch.arange(columns) - 0.5 * (columns - 1)
    y = torch.arange(rows) - 0.5 * (rows - 1)
    spots = (centers[:, :, None, None]
             + x.view(1, 1, 1, -1, 1) * axes[:, :, 0, None, None]
             + y.view(1, 1, -1, 1, 1) * axes[:, :, 1, None, None])
    grid = 2 * spots / torch.tensor([width - 1.0, height - 1.0]) - 1
    found = functional.grid_sample(
        images, grid.view(count, bodies * rows, columns, 2),
        align_corners=True)
    return found.view(count * bodies, 1, rows, columns)


def crop_middle(rows: int = CROP[0], columns: int = CROP[1]):
    return torch.tensor([0.5 * (columns - 1), 0.5 * (rows - 1)])


def out_of_crop(points, centers, axes):
    """Points (n, bodies, k, 2) of crops in pixels of the image."""
    middle = crop_middle()
    return (points - middle) @ axes + centers[:, :, None]


def into_crop(points, centers, axes):
    """The inverse of out_of_crop."""
    middle = crop_middle()
    return (points - centers[:, :, None]) @ torch.inverse(axes) + middle


class ReadParts(nn.Module):
    """Both looks as model.yaml expects them: images (1, 1, rows, columns) to
    points (1, bodies * 4 + lone, 3), x, y in input pixels and the logit of
    the confidence.

    Each look is at the image and at its mirror image.  A corner is as sure as
    the less sure of its body's center and its endplate.
    """

    crop_stride: Final[int] = CROP_STRIDE
    centers_stride: Final[int] = CENTERS_STRIDE
    surest: Final[float] = SURE

    def __init__(self, centers, corners, stage):
        """centers: a Network for centers_stage(stage) of train_parts.py."""
        super().__init__()
        self.trunk = centers.trunk
        (self.head,) = centers.heads.values()
        self.corners = corners
        self.register_buffer("places", torch.tensor(PLACES))
        self.bodies, self.of_body = stage.bodies, stage.corners
        lone = torch.tensor(stage.mirrored[stage.bodies * stage.corners:])
        self.register_buffer("mirrored", torch.cat([
            torch.arange(stage.bodies),
            lone - stage.bodies * (stage.corners - 1)]))
        self.register_buffer("swapped",
                             torch.tensor(stage.mirrored[:stage.corners]))

    def find_centers(self, x):
        """(points in input pixels, confidences) of bodies, then the lone."""
        small = functional.avg_pool2d(x, 2)
        at2, at4 = self.trunk(small)
        maps = self.head(at2, at4)
        at2, at4 = self.trunk(small.flip(3))
        maps = maps + self.head(at2, at4).flip(3)[:, self.mirrored]
        points, sure = decode(0.5 * maps, self.centers_stride)
        return 2 * points + 0.5, sure

    def find_corners(self, x, centers, steps):
        """(corners (n, bodies, 4, 2), endplates' logits) around centers."""
        axes = frames(steps)
        crops = crop_around(x, centers, axes)
        maps, sure = self.corners(crops)
        points = mean_position(probabilities(maps), self.crop_stride)
        maps, other_sure = self.corners(crops.flip(3))
        other = mean_position(probabilities(maps), self.crop_stride)[
            :, self.swapped]
        last = crops.shape[3] - 1.0
        points = 0.5 * (points + torch.stack([last - other[..., 0],
                                              other[..., 1]], -1))
        points = points.view(len(x), centers.shape[1], self.of_body, 2)
        return (out_of_crop(points, centers, axes),
                torch.minimum(sure, other_sure))

    def find_bodies(self, x, centers, steps):
        """Corners (n, bodies, 4, 2), each from the best of PLACES."""
        count = len(self.places)
        along = self.places.view(1, 1, -1, 1) * steps[:, :, None]
        found, endplates = self.find_corners(
            x, (centers[:, :, None] + along).flatten(1, 2),
            steps.repeat_interleave(count, 1))
        found = found.view(len(x), self.bodies, count, self.of_body, 2)
        sure = torch.sigmoid(endplates).amin(1)
        sure = sure.view(len(x), self.bodies, count)
        index = in_row(centers, found.mean(3), sure, steps)
        index = index[:, :, None, None, None].expand(
            -1, -1, 1, self.of_body, 2)
        return found.gather(2, index)[:, :, 0]

    def forward(self, x):
        found, sure = self.find_centers(x)
        centers, lone = found[:, :self.bodies], found[:, self.bodies:]
        # a center may be that of a neighbor; the row as a whole is right
        steps = smoothed(steps_along(centers), 2)
        length = steps.norm(2, 2, True)
        corners = self.find_bodies(x, centers, steps)
        corners, endplates = self.find_corners(
            x, corners.mean(2), steps_across(corners, length))
        chances = torch.sigmoid(endplates).view(len(x), self.bodies, -1)
        chances = torch.minimum(chances, sure[:, :self.bodies, None])
        chances = chances.repeat_interleave(2, 2).flatten(1)
        chances = torch.cat([chances, sure[:, self.bodies:]], 1)
        points = torch.cat([corners.flatten(1, 2), lone], 1)
        sure = torch.logit(chances, eps=self.surest)
        return torch.cat([points, sure[..., None]], 2)
