"""How often a measurement of stated confidence p is right: the curve that
turns certainty into confidence, and the judgement of it on other films.

A sample is (certainty, stated confidence, is it within tolerance).  Grades
are right when they are the true one (or within their tolerance in grades);
boxes, which have no curve, when they find a true one.
"""

from .figures import wilson

LEAST_SAMPLES = 30     # fewer say nothing about a curve
PER_KNOT = 25
MOST_KNOTS = 5


def samples_of(report, promised):
    """{measurement: [sample]} of those that have a tolerance."""
    samples = {}
    for name, bounds in promised.get("measurements", {}).items():
        if "tolerance" in bounds and name in report.rows:
            samples[name] = [(certainty, stated,
                              abs(error) <= bounds["tolerance"])
                             for error, stated, certainty, _
                             in report.rows[name].errors]
    for name, steps in report.grades.items():
        tolerance = promised.get("grades", {}).get(name, {}).get(
            "tolerance", 0)
        samples[name] = [(certainty, stated, abs(step) <= tolerance)
                         for step, stated, certainty in steps]
    if report.boxes is not None:
        samples["boxes"] = [(stated, stated, right)
                            for stated, right in report.boxes.reported]
    return {name: found for name, found in samples.items() if found}


def monotone(values, weights):
    """The ascending values nearest to those given: pool adjacent violators
    (Ayer 1955)."""
    blocks = []   # [value, weight, how many]
    for value, weight in zip(values, weights):
        blocks.append([value, weight, 1])
        while len(blocks) > 1 and blocks[-2][0] >= blocks[-1][0]:
            value, weight, count = blocks.pop()
            last = blocks[-1]
            last[0] = ((last[0] * last[1] + value * weight)
                       / (last[1] + weight))
            last[1] += weight
            last[2] += count
    return [value for value, _, count in blocks for _ in range(count)]


def fit(samples, least):
    """Knots [certainty, confidence], ascending, for model.yaml; None of too
    few samples.

    Groups of equal size by certainty; the share of each is (hits + 1) /
    (n + 2), Laplace's, so that it is never 1.  At the least certainty that
    passes the gate stands the lower end of the first group's interval: few
    films are there, and they must not borrow from better ones.
    """
    if len(samples) < LEAST_SAMPLES:
        return None
    parts = parted([(certainty, right) for certainty, _, right in samples],
                   MOST_KNOTS)
    shares = monotone([(_hits(part) + 1) / (len(part) + 2)
                       for part in parts], [len(part) for part in parts])
    places = [sum(certainty for certainty, _ in part) / len(part)
              for part in parts]
    low = min(wilson(_hits(parts[0]), len(parts[0]))[0], shares[0])
    knots = [[round(min(least, parts[0][0][0]), 3), round(low, 3)]]
    for place, share in zip(places, shares):
        if round(place, 3) > knots[-1][0]:
            knots.append([round(place, 3), round(share, 3)])
    if len(knots) == 1:   # all are equally certain: a curve wants two
        place = knots[0][0]
        knots = [[round(place - 0.001, 3), round(low, 3)],
                 [place, round(shares[-1], 3)]]
    return thinned(knots)


def parted(pairs, most):
    """[(value, right)] in at most that many groups of about equal size by
    value; equal values stay together, in whatever order they came."""
    ordered = sorted(pairs, key=lambda pair: pair[0])
    groups = max(1, min(most, len(ordered) // PER_KNOT))
    parts, start = [], 0
    for i in range(groups):
        end = len(ordered) * (i + 1) // groups
        while 0 < end < len(ordered) and \
                ordered[end][0] == ordered[end - 1][0]:
            end += 1
        if end - start < PER_KNOT / 2 and parts and end == len(ordered):
            parts[-1] += ordered[start:]
        elif end - start >= PER_KNOT / 2 or end == len(ordered):
            parts.append(ordered[start:end])
            start = end
    return [part for part in parts if part]


def _hits(part):
    return sum(right for _, right in part)


def thinned(knots):
    """Without knots inside of a stretch that is level."""
    return [knot for i, knot in enumerate(knots)
            if not (0 < i < len(knots) - 1
                    and knots[i - 1][1] == knot[1] == knots[i + 1][1])]


def on_curve(knots, certainty):
    """What the program makes of a certainty."""
    if certainty <= knots[0][0]:
        return knots[0][1]
    for (x0, y0), (x1, y1) in zip(knots, knots[1:]):
        if certainty <= x1:
            return y0 + (certainty - x0) / (x1 - x0) * (y1 - y0)
    return knots[-1][1]


def groups_of(samples, most=6):
    """Samples by stated confidence: [{n, stated, right, low, high}], stated
    the mean, right the share within tolerance, low and high its interval."""
    found = []
    for part in parted([(stated, right) for _, stated, right in samples],
                       most):
        hits = _hits(part)
        low, high = wilson(hits, len(part))
        found.append({"n": len(part), "right": hits / len(part),
                      "stated": sum(stated for stated, _ in part) / len(part),
                      "low": low, "high": high})
    return found


def reliability(samples):
    """{"all": groups, "each": {measurement: one group}}."""
    pooled = [sample for found in samples.values() for sample in found]
    return {"all": groups_of(pooled) if pooled else [],
            "each": {name: groups_of(found, most=1)[0]
                     for name, found in samples.items()}}


def as_text(found):
    """Lines; the first six are of all measurements together."""
    if not found["all"]:
        return ["no measurement has a tolerance"]
    width = max(12, *map(len, found["each"]))
    lines = [f"{'confidence':<{width}}{'n':>6}{'stated':>9}{'right':>9}"
             f"{'95 % interval':>17}"]
    rows = [("all", group) for group in found["all"]]
    for name, group in rows + list(found["each"].items()):
        outside = not group["low"] <= group["stated"] <= group["high"]
        lines.append(f"{name:<{width}}{group['n']:>6}{group['stated']:>9.3f}"
                     f"{group['right']:>9.3f}"
                     f"{group['low']:>9.3f} -{group['high']:>6.3f}"
                     + (" outside" if outside else ""))
    return lines
