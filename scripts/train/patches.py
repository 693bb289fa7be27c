"""Learning boxes from patches of films: what is looked for is small, and most
of a film shows none of it.  A network of convolutions alone, trained so, then
answers for whole films."""

import torch

PATCHES = 16        # in a step,
WITH_BOX = 10       # so many of them around a box
OFF_CENTER = 0.35   # of a patch: how far a box may lie from its middle


def draw_patches(films, boxes, side):
    """(images (n, 1, side, side), boxes (n, m, 5) in their pixels): a random
    PATCHES of films (count, rows, columns) uint8. A box whose center is cut
    off is none."""
    boxed = (boxes[..., 0] >= 0).any(1).nonzero().flatten()
    images, inside = [], []
    for number in range(PATCHES):
        if number < WITH_BOX:
            film = boxed[torch.randint(len(boxed), (1,))].item()
            center = _near_a_box(boxes[film], side)
        else:
            film = torch.randint(len(films), (1,)).item()
            center = torch.rand(2) * torch.tensor(films.shape[:0:-1])
        left, top = (int(min(max(float(at) - side / 2, 0), most - side))
                     for at, most in zip(center, films.shape[:0:-1]))
        patch = films[film, top:top + side, left:left + side].float() / 255
        image, box = _flip(patch, _shift(boxes[film], left, top), side)
        images.append(image)
        inside.append(_with_center(box, side))
    return _expose(torch.stack(images)[:, None]), torch.stack(inside)


def _near_a_box(boxes, side):
    there = (boxes[:, 0] >= 0).nonzero().flatten()
    box = boxes[there[torch.randint(len(there), (1,))][0]]
    return 0.5 * (box[1:3] + box[3:5]) + (
        (torch.rand(2) * 2 - 1) * OFF_CENTER * side)


def _shift(boxes, left, top):
    return boxes - torch.tensor([0.0, left, top, left, top])


def _flip(patch, boxes, side):
    """To either side and upside down: bones break either way."""
    boxes = boxes.clone()
    for axis, low, high in ((1, 1, 3), (0, 2, 4)):
        if torch.rand(1) < 0.5:
            patch = patch.flip(axis)
            boxes[:, [low, high]] = side - 1 - boxes[:, [high, low]]
    return patch, boxes


def _with_center(boxes, side):
    center = 0.5 * (boxes[:, 1:3] + boxes[:, 3:5])
    there = (boxes[:, 0] >= 0) & ((center >= 0) & (center < side)).all(1)
    boxes[~there, 0] = -1.0
    return boxes


def _expose(images):
    """Other gamma, exposure and noise for each."""
    each = (len(images), 1, 1, 1)
    images = (images.clamp(0, 1) ** torch.exp(torch.randn(each) * 0.2)
              * (1 + torch.randn(each) * 0.08) + torch.randn(each) * 0.03)
    noise = 0.03 * torch.rand(each) ** 2
    return (images + torch.randn_like(images) * noise).clamp(0, 1)
