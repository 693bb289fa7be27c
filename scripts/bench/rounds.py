"""Rounds in alternating order, and the table of a case."""

import json
import os
import pathlib
import statistics
import sys
import tempfile
from dataclasses import dataclass, field

@dataclass
class Figure:
    """One round of one subject."""

    seconds: float
    cpu_s: float = 0.0
    peak_mb: float = 0.0


def size(name, default):
    """A figure of the case, e.g. IMAGES=50: for a first look."""
    return int(os.environ.get(name, default))


def say(text):
    print("# " + text, file=sys.stderr, flush=True)


def alternate(kinds, work, most_rounds=None):
    """{name: [Figure]}: every kind once a round, forwards and backwards in
    turn, so that a machine that slows down slows all of them."""
    found = {kind.name: [] for kind in kinds}
    for number in range(min(most_rounds or 99, size("ROUNDS", 5))):
        for kind in (kinds if number % 2 == 0 else reversed(kinds)):
            figure = work(kind)
            found[kind.name].append(figure)
            say(f"round {number + 1}: {kind.name} {figure.seconds:.3f} s")
    return found


def median(figures, name="seconds"):
    return statistics.median(getattr(figure, name) for figure in figures)


@dataclass
class Case:
    """What a case says: rows for a table, and whether each goal is met."""

    name: str
    folder: pathlib.Path = None
    rows: list = field(default_factory=list)
    goals: list = field(default_factory=list)

    def __post_init__(self):
        if self.folder is None:
            self.folder = pathlib.Path(
                os.environ.get("BENCH_DIR")
                or tempfile.mkdtemp(prefix="osteon-bench."))

    def table(self, found, items, item, own="osteon"):
        """The rows of alternate(): time per item, and against osteon's."""
        ours = median(found[own])
        for name, figures in found.items():
            seconds = [figure.seconds for figure in figures]
            middle = statistics.median(seconds)
            self.row(name, {
                f"ms/{item}": middle / items * 1000,
                "least": min(seconds) / items * 1000,
                "most": max(seconds) / items * 1000,
                "rounds": len(seconds),
                "of osteon": middle / ours,
                "cpu s": median(figures, "cpu_s"),
                "peak MB": median(figures, "peak_mb")})

    def row(self, subject, figures):
        self.rows.append({"case": self.name, "subject": subject, **figures})

    def goal(self, what, found, met):
        """met: True or False; what falls short stays in the table."""
        self.goals.append({"case": self.name, "goal": what, "found": found,
                           "met": bool(met)})

    def end(self):
        """For the program that runs all: one JSON line."""
        print("BENCH " + json.dumps({"rows": self.rows, "goals": self.goals}),
              flush=True)
