"""Reading a boxes output, and counting how many are right."""

import numpy as np

THRESHOLDS = (0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7)
LEAST_SHARED = 0.2   # of a true and a found box that are the same


def decode_boxes(answer, stride, least, overlap=0.3, most=16):
    """[(probability, class, left, top, right, bottom)], best first, of one
    answer (classes + 4, h, w): local peaks, then the best of those that
    overlap."""
    heat = 1 / (1 + np.exp(-answer[:-4]))
    found = []
    for kind, row, column in zip(*np.nonzero(heat >= least)):
        near = heat[kind, max(0, row - 1):row + 2,
                    max(0, column - 1):column + 2]
        if heat[kind, row, column] < near.max():
            continue
        width, height = np.exp(answer[-4:-2, row, column]) * stride
        x, y = (np.array([column, row]) * stride + (stride - 1) / 2
                + answer[-2:, row, column] * stride)
        found.append((heat[kind, row, column], kind, x - width / 2,
                      y - height / 2, x + width / 2, y + height / 2))
    kept = []
    for box in sorted(found, reverse=True):
        if all(shared(box[2:], other[2:]) <= overlap for other in kept
               if other[1] == box[1]):
            kept.append(box)
    return kept[:most]


def shared(one, other):
    """Intersection over union of two (left, top, right, bottom)."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    area = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (one, other))
    return width * height / (area - width * height)


def inside(point, box):
    """Whether (x, y) lies within (left, top, right, bottom)."""
    return box[0] <= point[0] <= box[2] and box[1] <= point[1] <= box[3]


def middle(box):
    return 0.5 * (box[0] + box[2]), 0.5 * (box[1] + box[3])


def is_hit(found, truth):
    """They share LEAST_SHARED of their union, or the center of each lies
    within the other; of the same class."""
    return found[1] == truth[0] and (
        shared(found[2:], truth[1:]) >= LEAST_SHARED
        or (inside(middle(found[2:]), truth[1:])
            and inside(middle(truth[1:]), found[2:])))


def count_boxes(stage, answers, truths, groups):
    """Print sensitivity and false boxes per film as the threshold moves, of
    all films and of groups {name: bool per film}."""
    found = [decode_boxes(answer, stage.stride, THRESHOLDS[0])
             for answer in answers]
    wanted = [[box for box in boxes if box[0] >= 0] for boxes in truths]
    everything = {"all": np.ones(len(answers), bool), **groups}
    for name, chosen in everything.items():
        films = np.flatnonzero(chosen)
        total = sum(len(wanted[i]) for i in films)
        print(f"boxes, {name}: {total} on {len(films)} films")
        for least in THRESHOLDS if total else ():
            hit = false = 0
            overlaps = []
            for i in films:
                kept = [box for box in found[i] if box[0] >= least]
                for box in wanted[i]:
                    hits = [shared(one[2:], box[1:]) for one in kept
                            if is_hit(one, box)]
                    hit += bool(hits)
                    overlaps += [max(hits)] if hits else []
                false += sum(not any(is_hit(one, box) for box in wanted[i])
                             for one in kept)
            print(f"  at {least:.2f}: sensitivity {hit / total:.3f}, "
                  f"{false / len(films):.3f} false per film, median "
                  f"overlap {np.median(overlaps) if overlaps else 0:.2f}")
