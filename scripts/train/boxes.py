"""Reading a boxes output, and counting how many are right."""

import numpy as np

THRESHOLDS = (0.2, 0.3, 0.4, 0.5, 0.6, 0.7)


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


def is_hit(box, truth):
    """The found box's center lies within the true one, of the same class."""
    x, y = 0.5 * (box[2] + box[4]), 0.5 * (box[3] + box[5])
    return (truth[0] == box[1] and truth[1] <= x <= truth[3]
            and truth[2] <= y <= truth[4])


def count_boxes(stage, answers, truths):
    """Print sensitivity and false boxes per film for some thresholds."""
    for least in THRESHOLDS:
        true = hit = false = 0
        overlaps = []
        for answer, boxes in zip(answers, truths):
            found = decode_boxes(answer, stage.stride, least)
            wanted = [box for box in boxes if box[0] >= 0]
            true += len(wanted)
            for box in wanted:
                hits = [shared(f[2:], box[1:]) for f in found
                        if is_hit(f, box)]
                hit += bool(hits)
                overlaps += [max(hits)] if hits else []
            false += sum(not any(is_hit(f, box) for box in wanted)
                         for f in found)
        print(f"boxes at {least}: sensitivity {hit / max(true, 1):.3f} of "
              f"{true}, {false / len(answers):.3f} false per film, median "
              f"overlap {np.median(overlaps) if overlaps else 0:.2f}")
