"""What truth.json says about a film, and where the answer has it."""

import math

VERTEBRAE = (*(f"t{i}" for i in range(1, 13)),
             *(f"l{i}" for i in range(1, 6)))
SIDES = ("right", "left")
UNITS = ("deg", "mm")


def expected_of(truth):
    """{(measurement, side or None): (value or None, unit)} of a film.

    Numbers are NAME_deg and NAME_mm, of the film or of a side; those under
    "values" have the measurement's own name.  None: the film must not give
    that number (no millimeters without a known spacing).
    """
    expected = {}
    for side in (None, *SIDES):
        told = truth if side is None else truth.get(side, {})
        for key, value in told.items():
            name, _, unit = key.rpartition("_")
            if unit in UNITS and name != "spacing":
                expected[name, side] = (value, unit)
        for name, value in told.get("values", {}).items():
            expected[name, side] = (value, "")
    return expected


def side_of(entry):
    side = entry.get("side")
    return side if side in SIDES else None


def find(entries, name, side):
    """The measurement, refusal or finding of that id and side, or None.

    What truth.json says of the film as a whole may have a side in the answer:
    that of the film.
    """
    named = [entry for entry in entries if entry.get("id") == name]
    for entry in named:
        if side_of(entry) == side:
            return entry
    return named[0] if side is None and len(named) == 1 else None


def mentioned(answer):
    """The ids that an answer measures or refuses."""
    return {entry["id"] for kind in ("measurements", "refused")
            for entry in answer.get(kind, []) if entry.get("id")}


def steps_off(found, true):
    """How many vertebrae a trait is off, 0 for the same word; infinity for
    another one that is no vertebra, or none."""
    if found == true:
        return 0
    if found not in VERTEBRAE or true not in VERTEBRAE:
        return math.inf
    return VERTEBRAE.index(found) - VERTEBRAE.index(true)


def grade_number(grade):
    """2 of kl_2."""
    return int(grade.rpartition("_")[2])
