"""Boxes that were reported beside those that are there.

A box is (left, top, right, bottom) in pixel centers of the film.  A true box
is found when a reported one overlaps it by LEAST_OVERLAP (intersection over
union), or when the center of each lies in the other.  A reported box that
finds none is false.
"""

LEAST_OVERLAP = 0.2


def overlap(one, other):
    """Intersection over union."""
    width = min(one[2], other[2]) - max(one[0], other[0])
    height = min(one[3], other[3]) - max(one[1], other[1])
    if width <= 0 or height <= 0:
        return 0.0
    both = width * height
    return both / (_area(one) + _area(other) - both)


def _area(box):
    return (box[2] - box[0]) * (box[3] - box[1])


def _center_in(box, other):
    x, y = (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
    return other[0] <= x <= other[2] and other[1] <= y <= other[3]


def same(one, other):
    return (overlap(one, other) >= LEAST_OVERLAP
            or (_center_in(one, other) and _center_in(other, one)))


class Detections:
    """The boxes of many films."""

    def __init__(self):
        self.films = 0
        self.true = 0     # boxes that are there
        self.found = []   # of the found ones, the highest confidence
        self.false = []   # confidences of reported boxes that find nothing
        self.reported = []   # (confidence, does it find one)
        self.missed = []  # (film, box)
        self.false_on = []   # (confidence, film, box)

    def add(self, film, true, reported):
        """reported: [(confidence, box)]."""
        self.films += 1
        self.true += len(true)
        for box in true:
            hits = [confidence for confidence, other in reported
                    if same(box, other)]
            if hits:
                self.found.append(max(hits))
            else:
                self.missed.append((film, box))
        for confidence, box in reported:
            right = any(same(box, other) for other in true)
            self.reported.append((confidence, right))
            if not right:
                self.false.append(confidence)
                self.false_on.append((confidence, film, box))

    def at(self, least):
        """(sensitivity or None, false boxes per film) of boxes with at least
        that confidence."""
        found = sum(confidence >= least for confidence in self.found)
        false = sum(confidence >= least for confidence in self.false)
        return (found / self.true if self.true else None,
                false / self.films if self.films else 0.0)

    def froc(self, most=8):
        """[(least confidence, sensitivity, false boxes per film)], from all
        boxes to the most certain; at most `most` rows."""
        steps = sorted({*self.found, *self.false})
        if len(steps) > most:
            steps = [steps[i * (len(steps) - 1) // (most - 1)]
                     for i in range(most)]
        return [(least, *self.at(least)) for least in steps]


def reported_boxes(answer):
    """[(confidence, box)] of an answer's findings."""
    return [(found["confidence"], found["box"])
            for found in answer.get("found", [])
            if found.get("present") and found.get("box")]
