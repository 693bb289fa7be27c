"""The network all bundles train, its outputs, and how these are read."""

from typing import Dict

import torch
from torch import nn
from torch.nn import functional

SIGMA_CELLS = 1.5    # the Gaussian a landmark's map is trained to be
REFERENCE_PEAK = 1 / (2 * torch.pi * SIGMA_CELLS**2)
RARE_LOGIT = -4.6    # of a box's center before training: 1 percent
WINDOW = 3           # cells on each side of the peak that locate it


class ConvBlock(nn.Module):
    """3x3 convolution, batch normalization, rectifier."""

    def __init__(self, inputs: int, outputs: int, dilation: int = 1,
                 stride: int = 1):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, 3, padding=dilation,
                              dilation=dilation, stride=stride, bias=False)
        self.norm = nn.BatchNorm2d(outputs)

    def forward(self, x):
        return functional.relu(self.norm(self.conv(x)))


class Trunk(nn.Module):
    """A small U-Net that never works at full resolution.

    Input (n, 1, rows, columns) in [0, 1], both multiples of 32; output
    (n, 32, rows / 4, columns / 4) and, before it, what the first layer saw,
    (n, 8, rows / 2, columns / 2).
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

    def forward(self, x):
        x = (x - 0.4) * 3.0
        at2 = functional.relu(self.stem_norm(self.stem(x)))
        x = functional.relu(self.reduce_norm(self.reduce(at2)))
        at4 = self.down4(x)
        at8 = self.down8(functional.max_pool2d(at4, 2))
        at16 = self.down16(functional.max_pool2d(at8, 2))
        at32 = self.down32(functional.max_pool2d(at16, 2))
        x = self.up16(torch.cat([double(at32), at16], 1))
        x = self.up8(torch.cat([double(x), at8], 1))
        x = self.up4(torch.cat([double(x), at4], 1))
        return at2, x


def double(x):
    return functional.interpolate(x, scale_factor=2.0, mode="bilinear",
                                  align_corners=False)


class Maps(nn.Module):
    """One map of logits per channel at the trunk's resolution, a quarter."""

    def __init__(self, channels: int):
        super().__init__()
        self.maps = nn.Conv2d(32, channels, 1)

    def forward(self, at2, at4):
        return self.maps(at4)


class FineMaps(nn.Module):
    """One map of logits per channel at half the input's resolution."""

    def __init__(self, channels: int):
        super().__init__()
        self.mix = ConvBlock(32 + 8, 24)
        self.maps = nn.Conv2d(24, channels, 1)

    def forward(self, at2, at4):
        return self.maps(self.mix(torch.cat([double(at4), at2], 1)))


class Classes(nn.Module):
    """One logit per class for the whole image."""

    def __init__(self, classes: int):
        super().__init__()
        self.look = nn.Sequential(ConvBlock(32, 32, stride=2),
                                  ConvBlock(32, 48, stride=2),
                                  ConvBlock(48, 64, stride=2))
        self.judge = nn.Linear(128, classes)

    def forward(self, at2, at4):
        x = self.look(at4)
        return self.judge(torch.cat([x.mean((2, 3)), x.amax((2, 3))], 1))


class Network(nn.Module):
    """The trunk and one head per output: {output: tensor} of an image.

    Outputs are `landmarks` (n, k, rows / stride, columns / stride), `boxes`
    (n, classes + 4, the same) and one (n, classes) per classes output of the
    stage.
    """

    def __init__(self, stage):
        super().__init__()
        self.trunk = Trunk()
        maps = {2: FineMaps, 4: Maps}[stage.stride]
        heads = {}
        if stage.landmarks:
            heads["landmarks"] = maps(len(stage.landmarks))
        if stage.boxes:
            heads["boxes"] = maps(len(stage.boxes) + 4)
            # nearly all cells are empty: begin so (Lin, Focal Loss, 2017)
            nn.init.constant_(heads["boxes"].maps.bias[:len(stage.boxes)],
                              RARE_LOGIT)
        for name, classes in stage.classes.items():
            heads[name] = Classes(len(classes))
        self.heads = nn.ModuleDict(heads)

    def forward(self, x) -> Dict[str, torch.Tensor]:
        at2, at4 = self.trunk(x)
        answers: Dict[str, torch.Tensor] = {}
        for name, head in self.heads.items():
            answers[name] = head(at2, at4)
        return answers


class OneOutput(nn.Module):
    """A network of one output answers with that tensor."""

    def __init__(self, network: Network):
        super().__init__()
        self.trunk = network.trunk
        (self.head,) = network.heads.values()

    def forward(self, x):
        at2, at4 = self.trunk(x)
        return self.head(at2, at4)


class TwoOutputs(nn.Module):
    """A network of two outputs answers with a tuple: a bundle whose stages
    share it gives them other names in each."""

    def __init__(self, network: Network):
        super().__init__()
        self.trunk = network.trunk
        self.first, self.second = network.heads.values()

    def forward(self, x):
        at2, at4 = self.trunk(x)
        return self.first(at2, at4), self.second(at2, at4)


def as_answered(network, named=True):
    """The network as model.yaml expects it: one tensor, or a dictionary or,
    where outputs are not named, a tuple."""
    if len(network.heads) == 1:
        return OneOutput(network)
    return network if named else TwoOutputs(network)


def answers_of(model, stage, images):
    """{output: tensor} of a frozen model."""
    answer = model(images)
    if isinstance(answer, dict):
        return answer
    names = [name for name, there in (("landmarks", stage.landmarks),
                                      ("boxes", stage.boxes)) if there]
    answers = answer if isinstance(answer, tuple) else (answer,)
    return dict(zip([*names, *stage.classes], answers))


def cell_centers(count: int, stride: int):
    """Input pixel-center coordinate of each of count cells along an axis."""
    return torch.arange(count, dtype=torch.float32) * stride + (stride - 1) / 2


def probabilities(logits):
    """Softmax over each map; same shape as logits (n, channels, h, w)."""
    return functional.softmax(logits.flatten(2), -1).view_as(logits)


def mean_position(maps, stride: int):
    """Expected (x, y) in input pixels of probability maps (n, c, h, w)."""
    x = (maps.sum(2) * cell_centers(maps.shape[3], stride)).sum(-1)
    y = (maps.sum(3) * cell_centers(maps.shape[2], stride)).sum(-1)
    return torch.stack([x, y], -1)


def decode(logits, stride: int, reach: int = WINDOW,
           reference: float = REFERENCE_PEAK):
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
    near = ((rows - row.view(count, channels, 1, 1)).abs() <= reach) & (
        (columns - column.view(count, channels, 1, 1)).abs() <= reach)
    window = maps * near
    window = window / window.sum((2, 3), keepdim=True)
    return mean_position(window, stride), (peak / reference).clamp(max=1)
