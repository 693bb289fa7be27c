"""Figures of a list of errors."""

import math
import statistics


def percentile(values, percent):
    """Linear interpolation between the closest ranks."""
    ordered = sorted(values)
    place = percent / 100 * (len(ordered) - 1)
    below = int(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def summary(errors, tolerance=None):
    """Figures of signed errors (measured less true), {} of none.

    n, bias (the mean of the signed errors); median, mean, p95 and max of
    their sizes; within: the share not larger than tolerance, or None.
    """
    if not errors:
        return {}
    sizes = [abs(error) for error in errors]
    return {"n": len(errors),
            "bias": statistics.fmean(errors),
            "median": statistics.median(sizes),
            "mean": statistics.fmean(sizes),
            "p95": percentile(sizes, 95),
            "max": max(sizes),
            "within": None if tolerance is None else
            sum(size <= tolerance for size in sizes) / len(sizes)}


def wilson(hits, n, z=1.96):
    """(low, high) of a share: Wilson 1927, 95 % with the default z."""
    if n == 0:
        return 0.0, 1.0
    share = hits / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * math.sqrt(
        share * (1 - share) / n + z * z / (4 * n * n))
    return max(0.0, middle - half), min(1.0, middle + half)
