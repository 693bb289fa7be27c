"""The landmark network and how its output is read."""

import torch
from torch import nn
from torch.nn import functional

from landmarks import CHANNELS

STRIDE = 4           # input pixels per cell of the output maps
SIGMA_CELLS = 1.5    # the Gaussian a landmark's map is trained to be
REFERENCE_PEAK = 1 / (2 * torch.pi * SIGMA_CELLS**2)
WINDOW = 3           # cells on each side of the peak that locate it


class ConvBlock(nn.Module):
    """3x3 convolution, batch normalization, rectifier."""

    def __init__(self, inputs: int, outputs: int, dilation: int = 1):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=dilation,
                              dilation=dilation, bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x):
        return functional.relu(self.norm(self.conv(x)))


class LandmarkNetwork(nn.Module):
    """A small U-Net that never works at full resolution.

    Input (n, 1, rows, columns) in [0, 1], both multiples of 32; output
    (n, 16, rows / 4, columns / 4) logits, one map per landmark.
    """

    def __init__(self):
        super().__init__()
        self.stem = nn.Conv2d(1, 8, 5, stride=2, padding=2, bias=False)
        self.stem_norm = nn.BatchNorm2d(8)
        self.reduce = nn.Conv2d(8, 24, 3, stride=2, padding=1, bias=False)
        self.reduce_norm = nn.BatchNorm2d(24)
        self.down4 = ConvBlock(24, 24)
        self.down8 = nn.Sequential(ConvBlock(24, 40), ConvBlock(40, 40))
        self.down16 = nn.Sequential(ConvBlock(40, 64), ConvBlock(64, 64))
        self.down32 = nn.Sequential(ConvBlock(64, 96), ConvBlock(96, 96, 2))
        self.up16 = ConvBlock(96 + 64, 64)
        self.up8 = ConvBlock(64 + 40, 40)
        self.up4 = nn.Sequential(ConvBlock(40 + 24, 32), ConvBlock(32, 32))
        self.maps = nn.Conv2d(32, len(CHANNELS), 1)

    def forward(self, x):
        x = (x - 0.4) * 3.0
        x = functional.relu(self.stem_norm(self.stem(x)))
        x = functional.relu(self.reduce_norm(self.reduce(x)))
        at4 = self.down4(x)
        at8 = self.down8(functional.max_pool2d(at4, 2))
        at16 = self.down16(functional.max_pool2d(at8, 2))
        at32 = self.down32(functional.max_pool2d(at16, 2))
        x = self.up16(torch.cat([self.double(at32), at16], 1))
        x = self.up8(torch.cat([self.double(x), at8], 1))
        x = self.up4(torch.cat([self.double(x), at4], 1))
        return self.maps(x)

    def double(self, x):
        return functional.interpolate(x, scale_factor=2.0, mode="bilinear",
                                      align_corners=False)


def cell_centers(count):
    """Input pixel-center coordinate of each of count cells along an axis."""
    return torch.arange(count, dtype=torch.float32) * STRIDE + (STRIDE - 1) / 2


def probabilities(logits):
    """Softmax over each map; same shape as logits (n, channels, h, w)."""
    return functional.softmax(logits.flatten(2), -1).view_as(logits)


def mean_position(maps):
    """Expected (x, y) in input pixels of probability maps (n, c, h, w)."""
    x = (maps.sum(2) * cell_centers(maps.shape[3])).sum(-1)
    y = (maps.sum(3) * cell_centers(maps.shape[2])).sum(-1)
    return torch.stack([x, y], -1)


def decode(logits):
    """(positions (n, c, 2) in input pixels, confidences (n, c)).

    The position is the mean over the 7x7 cells around the highest one; the
    confidence is how high that cell is, against the Gaussian of training.
    """
    maps = probabilities(logits)
    count, channels, height, width = maps.shape
    peak, index = maps.flatten(2).max(-1)
    row, column = index // width, index % width
    rows = torch.arange(height).view(1, 1, height, 1)
    columns = torch.arange(width).view(1, 1, 1, width)
    near = ((rows - row.view(count, channels, 1, 1)).abs() <= WINDOW) & (
        (columns - column.view(count, channels, 1, 1)).abs() <= WINDOW)
    window = maps * near
    window = window / window.sum((2, 3), keepdim=True)
    return mean_position(window), (peak / REFERENCE_PEAK).clamp(max=1)
