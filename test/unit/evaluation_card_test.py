#!/usr/bin/env python3
"""Calibration curves of scripts/evaluate, and the cards of what it found."""

import hashlib
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
# pylint: disable=wrong-import-position
from evaluation_test import FILMS  # noqa: E402
from evaluation import calibration  # noqa: E402
from evaluation.bundle_text import (curve_of, least_of,  # noqa: E402
                                    with_curve)
from evaluation.card import Bundle, card  # noqa: E402
from evaluation.report import Report  # noqa: E402
from evaluation.show import as_dict  # noqa: E402


class Calibration(unittest.TestCase):
    def test_monotone_pools_what_falls(self):
        self.assertEqual(calibration.monotone([1, 3, 2, 4], [1, 1, 1, 1]),
                         [1, 2.5, 2.5, 4])
        self.assertEqual(calibration.monotone([3, 0], [1, 2]), [1, 1])

    def test_fit_ascends_and_is_humble_at_the_gate(self):
        # right from 0.7 on, half of the time below it
        samples = [(0.5 + i / 400, 0, i >= 80 or i % 2 == 0)
                   for i in range(200)]
        knots = calibration.fit(samples, 0.42)
        self.assertEqual(knots[0][0], 0.42)
        self.assertLess(knots[0][1], 0.45)
        shares = [share for _, share in knots]
        self.assertEqual(shares, sorted(shares))
        self.assertGreater(shares[-1], 0.9)
        self.assertLess(shares[-1], 1)
        self.assertLessEqual(len(knots), 12)
        self.assertIsNone(calibration.fit(samples[:29], 0.42))

    def test_equal_certainties_give_a_curve_too(self):
        knots = calibration.fit([(1, 0, True)] * 60, 1)
        self.assertEqual([place for place, _ in knots], [0.999, 1])

    def test_on_curve(self):
        knots = [[0.5, 0.6], [0.8, 0.9], [1, 0.98]]
        for certainty, share in ((0.2, 0.6), (0.65, 0.75), (0.9, 0.94),
                                 (1, 0.98)):
            self.assertAlmostEqual(calibration.on_curve(knots, certainty),
                                   share)

    def test_equal_confidences_stay_together(self):
        samples = [(0, 0.9, i % 2 == 0) for i in range(100)]
        samples += [(0, 0.95, True)] * 30
        groups = calibration.groups_of(samples)
        self.assertEqual([(group["n"], group["right"]) for group in groups],
                         [(100, 0.5), (30, 1)])
        samples = samples[:100] + [(0, 0.95, True)] * 5
        self.assertEqual([group["n"]
                          for group in calibration.groups_of(samples)], [105])
        self.assertEqual(
            [len(part) for part in calibration.parted(
                [(i, True) for i in range(60)], 5)], [30, 30])
        self.assertEqual([len(part) for part in
                          calibration.parted([(1, True)] * 3, 5)], [3])

    def test_samples_and_reliability(self):
        promised = {"measurements": {"hka": {"tolerance": 0.6}, "lld": {}}}
        samples = calibration.samples_of(Report("legs", FILMS), promised)
        self.assertEqual(samples, {"hka": [(0.45, 0.9, False),
                                           (0.45, 0.9, True)]})
        group, = calibration.reliability(samples)["all"]
        self.assertEqual((group["n"], group["right"], group["stated"]),
                         (2, 0.5, 0.9))


BUNDLE = """name: x
confidence: {least: 0.3}
geometry:
  - {name: hka, midpoint: [a, b]}
measurements:
  - id: hka   # said
    max_cobb:
      curve: above
    min: 0

  - {id: lld, difference: hka,
     min: 1}
findings:
  - id: hka
"""


class BundleText(unittest.TestCase):
    def test_curves_are_put_in_and_replaced(self):
        text = BUNDLE
        for knots in ([[0.3, 0.5], [1, 0.9]], [[0.2, 0.4], [1, 0.8]]):
            for name in (None, "hka", "lld"):
                text = with_curve(text, name, knots)
                self.assertEqual(curve_of(text, name), knots)
        self.assertEqual(text.count("curve: [["), 3)
        self.assertEqual(text.count("curve: above"), 1)
        self.assertIn("findings:\n  - id: hka\n", text)
        self.assertIn("    min: 0\n", text)
        self.assertIn("{id: lld, curve: [[0.2, 0.4], [1, 0.8]], difference",
                      text)
        self.assertEqual(least_of(text), 0.3)

    def test_what_is_not_there(self):
        self.assertEqual(with_curve(BUNDLE, "mpta", [[0, 1], [1, 1]]), BUNDLE)
        self.assertIsNone(curve_of(BUNDLE, "hka"))
        self.assertEqual(least_of("confidence:   # of a landmark\n"
                                  "  least: 0.42\n"), 0.42)
        text = with_curve("confidence:\n  least: 0.42\n", None,
                          [[0, 0.1], [1, 1]])
        self.assertEqual(least_of(text), 0.42)
        self.assertEqual(curve_of(text, None), [[0, 0.1], [1, 1]])


MODEL = """name: toy
version: 2.1
description: Angles of a toy
demonstration: Trained on toys
stages:
  - name: whole
    weights:
      file: a.pt
      sha256: {0}
  - {{name: near, weights: {{file: b.pt, sha256: {1}}}}}
measurements:
  - id: hka
    concept: hip_knee_ankle_angle   # said
  - {{id: pitch, code: {{value: P, scheme: 99F, meaning: Calcaneal pitch}},
     min: 1}}
findings:
  - {{id: oa, concept: osteoarthritis_of_knee}}
"""


class Cards(unittest.TestCase):
    def setUp(self):
        self.digests = ["a" * 64, "b" * 64]
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        folder = pathlib.Path(directory.name) / "toy"
        folder.mkdir()
        (folder / "model.yaml").write_text(MODEL.format(*self.digests))
        for name in ("a.pt", "b.pt"):
            (folder / name).write_bytes(bytes(1500000))
        self.bundle = Bundle(folder)

    def test_what_the_bundle_says(self):
        self.assertEqual(self.bundle.measurements, [
            ("hka", "hip knee ankle angle"), ("pitch", "Calcaneal pitch")])
        self.assertEqual(self.bundle.findings,
                         [("oa", "osteoarthritis of knee")])
        text = "\n".join(card(self.bundle, None))
        for said in ("| version | 2.1 |", "Trained on toys", "`a.pt` (1.50 MB",
                     "`bbbbbbbbbbbb…`", "has not been measured"):
            self.assertIn(said, text)

    def test_weights_are_named_as_results_name_them(self):
        self.assertEqual(
            self.bundle.weights_sha256(),
            hashlib.sha256("".join(self.digests).encode()).hexdigest())

    def test_figures_goals_and_refusals(self):
        promised = {"measurements": {"hka": {
            "tolerance": 0.6, "goal": {"median": 0.8, "p95": 0.7}}}}
        report = Report("toy", FILMS)
        figures = {"command": "scripts/evaluate --model toy",
                   **as_dict(report, promised),
                   "calibration": calibration.reliability(
                       calibration.samples_of(report, promised))}
        text = "\n".join(card(self.bundle, figures))
        self.assertIn("| `hka` (deg) | 2 | 1 | +0.25 | 0.75 | 0.75 | 0.97 | "
                      "1.00 | 50% of 0.6 | median 0.8 met, p95 0.7 **missed**",
                      text)
        self.assertIn("- hka: too dark (1)", text)
        self.assertIn("Films that must give nothing: 1.", text)
        self.assertIn("| all: 0.90 | 2 | 0.50 | 0.09 to 0.91 |", text)


if __name__ == "__main__":
    unittest.main()
