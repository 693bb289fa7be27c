#!/usr/bin/env python3
"""The arithmetic of scripts/evaluate, on answers made up here."""

import hashlib
import pathlib
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]
                       / "scripts"))
# pylint: disable=wrong-import-position
from evaluation import calibration  # noqa: E402
from evaluation.boxes import Detections, overlap, same  # noqa: E402
from evaluation.bundle_text import (curve_of, least_of,  # noqa: E402
                                    with_curve)
from evaluation.card import Bundle, card  # noqa: E402
from evaluation.figures import percentile, summary, wilson  # noqa: E402
from evaluation.promises import judge  # noqa: E402
from evaluation.report import Report  # noqa: E402
from evaluation.show import as_dict, as_text  # noqa: E402
from evaluation.truth import expected_of, find  # noqa: E402


def measured(name, value, side=None, confidence=0.9):
    return {"id": name, "side": side, "value": value, "unit": "deg",
            "confidence": confidence, "certainty": confidence / 2,
            "grade": None}


def refused(name, reason, side=None):
    return {"id": name, "side": side, "reason": reason}


class Figures(unittest.TestCase):
    def test_percentile_is_between_ranks(self):
        self.assertEqual(percentile([4, 1, 2, 3, 5], 50), 3)
        self.assertAlmostEqual(percentile([0, 10], 95), 9.5)
        self.assertEqual(percentile([7], 95), 7)

    def test_summary_keeps_the_sign_of_the_bias(self):
        figures = summary([-1, -3, 1], tolerance=1)
        self.assertAlmostEqual(figures["bias"], -1)
        self.assertEqual(figures["median"], 1)
        self.assertEqual(figures["max"], 3)
        self.assertAlmostEqual(figures["within"], 2 / 3)
        self.assertEqual(summary([]), {})
        self.assertIsNone(summary([1])["within"])

    def test_wilson(self):
        # Newcombe 1998, table I: 81 of 263
        low, high = wilson(81, 263)
        self.assertAlmostEqual(low, 0.2553, 4)
        self.assertAlmostEqual(high, 0.3662, 4)
        self.assertEqual(wilson(0, 0), (0, 1))
        self.assertEqual(wilson(5, 5)[1], 1)
        self.assertLess(wilson(5, 5)[0], 0.6)


class Truth(unittest.TestCase):
    def test_names_units_and_sides(self):
        expected = expected_of({
            "spacing_mm": 0.5, "cobb_deg": 20, "values": {"tfa": 175},
            "right": {"hka_deg": 178, "leg_length_mm": None},
            "left": {"values": {"jsw": 3}}})
        self.assertEqual(expected, {
            ("cobb", None): (20, "deg"), ("tfa", None): (175, ""),
            ("hka", "right"): (178, "deg"),
            ("leg_length", "right"): (None, "mm"),
            ("jsw", "left"): (3, "")})

    def test_a_film_of_one_side_may_answer_with_it(self):
        entries = [measured("tfa", 1, "left")]
        self.assertIs(find(entries, "tfa", None), entries[0])
        self.assertIsNone(find(entries, "tfa", "right"))
        entries.append(measured("tfa", 2, "right"))
        self.assertIsNone(find(entries, "tfa", None))


class Boxes(unittest.TestCase):
    def test_overlap(self):
        self.assertAlmostEqual(overlap((0, 0, 2, 2), (1, 0, 3, 2)), 1 / 3)
        self.assertEqual(overlap((0, 0, 1, 1), (1, 0, 2, 1)), 0)

    def test_same_by_overlap_or_by_both_centers(self):
        self.assertTrue(same((0, 0, 10, 10), (5, 0, 15, 10)))   # 1/3
        self.assertFalse(same((0, 0, 10, 10), (8, 0, 18, 10)))
        self.assertTrue(same((0, 0, 100, 100), (45, 45, 55, 55)))
        # a center in the other, but not the other way round
        self.assertFalse(same((0, 0, 100, 100), (0, 0, 10, 10)))

    def test_counts_and_froc(self):
        seen = Detections()
        seen.add("a", [(0, 0, 10, 10)], [(0.9, (0, 0, 10, 9)),
                                         (0.6, (50, 50, 60, 60))])
        seen.add("b", [(0, 0, 10, 10)], [(0.5, (1, 0, 10, 10))])
        seen.add("c", [], [])
        seen.add("d", [(0, 0, 9, 9)], [])
        self.assertEqual(seen.at(0), (2 / 3, 0.25))
        self.assertEqual(seen.at(0.7), (1 / 3, 0))
        self.assertEqual(seen.missed, [("d", (0, 0, 9, 9))])
        self.assertEqual([row[0] for row in seen.froc()], [0.5, 0.6, 0.9])
        self.assertEqual(len(seen.froc(most=2)), 2)
        self.assertEqual(seen.froc()[0][1:], (2 / 3, 0.25))

    def test_two_boxes_on_one_break_are_not_false(self):
        seen = Detections()
        seen.add("a", [(0, 0, 10, 10)], [(0.9, (0, 0, 10, 9)),
                                         (0.8, (0, 1, 10, 10))])
        self.assertEqual(seen.at(0), (1, 0))


FILMS = [
    ("a", {"hka_deg": 180, "length_mm": None},
     {"measurements": [measured("hka", 181)],
      "refused": [refused("length", "no spacing")]}),
    ("b", {"hka_deg": 170, "length_mm": 700},
     {"measurements": [measured("hka", 169.5), measured("length", 703)]}),
    ("c", {"hka_deg": 175, "mpta_deg": 87},
     {"measurements": [], "refused": [refused(None, "too dark")]}),
    ("d", {"expect": "refuse", "why": "it is a hand"},
     {"measurements": [], "refused": [refused("hka", "uncertain")]}),
]


class Reports(unittest.TestCase):
    def test_counts(self):
        report = Report("legs", FILMS)
        self.assertEqual(report.parts, 3)
        self.assertEqual(report.to_refuse, 1)
        self.assertEqual(report.broken, [])
        self.assertEqual(report.unknown, {"mpta"})
        self.assertEqual(report.incomplete, [("c", None, "hka: too dark")])
        said = as_dict(report, {})
        self.assertEqual(said["measurements"]["hka"]["n"], 2)
        self.assertEqual(said["measurements"]["hka"]["refused"], 1)
        self.assertAlmostEqual(said["measurements"]["hka"]["bias"], 0.25)
        self.assertEqual(said["measurements"]["length"]["n"], 1)

    def test_what_must_never_happen(self):
        report = Report("legs", [
            ("a", {"expect": "refuse", "why": "it is a hand"},
             {"measurements": [measured("hka", 181)],
              "found": [{"present": True, "box": [0, 0, 1, 1],
                         "confidence": 1}]}),
            ("b", {"length_mm": None},
             {"measurements": [measured("length", 700)]}),
            ("c", {"hka_deg": 1}, None)])
        self.assertEqual(report.broken, [
            "a:  hka is 181 although it is a hand",
            "a: a box [0, 0, 1, 1] although it is a hand",
            "b:  length is 700 although the truth has none",
            "c: the program gave no answer"])

    def test_promises_and_goals(self):
        promised = {"refused": 0.5, "measurements": {
            "hka": {"median": 0.7, "p95": 2, "goal": {"median": 0.8}},
            "length": {"median": 3, "goal": {"median": 2}},
            "mpta": {"median": 1}, "slope": {"goal": {"median": 1}}}}
        broken, missed = judge(Report("legs", FILMS), promised)
        self.assertEqual(broken, ["hka: median 0.75, promised at most 0.7",
                                  "mpta: not one number"])
        self.assertEqual(missed, ["length: median 3.00, goal at most 2",
                                  "slope: not measured"])
        broken, _ = judge(Report("legs", FILMS), {"refused": 0.3})
        self.assertEqual(broken, ["1 of 3 good ones refused"])

    def test_grades(self):
        report = Report("knee", [
            (str(i), {"grades": {"kl": "kl_2"}},
             {"measurements": [{**measured("kl", 0, "left"),
                                "grade": f"kl_{i}"}]}) for i in range(5)])
        self.assertEqual([step for step, *_ in report.grades["kl"]],
                         [-2, -1, 0, 1, 2])
        broken, _ = judge(report, {"grades": {"kl": {"right": 0.2,
                                                     "within_one": 0.7}}})
        self.assertEqual(broken,
                         ["kl: within_one 0.60, promised at least 0.7"])

    def test_traits(self):
        said = [{"upper_end_vertebra": "t12", "convexity": "left"},
                {"upper_end_vertebra": "l2", "convexity": "right"}, {}]
        films = [(str(i), {"traits": {"cobb": {
            "upper_end_vertebra": "l1", "convexity": "left"}}},
                  {"measurements": [dict(measured("cobb", 20), traits=told)]})
                 for i, told in enumerate(said)]
        films.append(("refused", films[0][1], {"measurements": []}))
        shown = as_dict(Report("spine", films), {})["traits"]
        self.assertEqual(shown["cobb upper_end_vertebra"],
                         {"n": 3, "right": 0, "within_one": 2 / 3})
        self.assertEqual(shown["cobb convexity"],
                         {"n": 3, "right": 1 / 3, "within_one": 1 / 3})

    def test_boxes_are_judged(self):
        films = [("a", {"boxes": [[0, 0, 10, 10]]}, {"found": [
            {"present": True, "box": [30, 0, 40, 10], "confidence": 0.6}]})]
        broken, missed = judge(Report("fracture", films), {"boxes": {
            "sensitivity": 0.9, "goal": {"false_per_image": 0.2}}})
        self.assertEqual(broken,
                         ["boxes: sensitivity 0.00, promised at least 0.9"])
        self.assertEqual(
            calibration.samples_of(Report("fracture", films), {}),
            {"boxes": [(0.6, 0.6, False)]})
        self.assertEqual(missed,
                         ["boxes: 1.00 false per image, goal at most 0.2"])
        text = as_text(Report("fracture", films), {})
        self.assertIn("missed: a: 0, 0, 10, 10", text)

    def test_text_has_a_line_of_each_measurement(self):
        text = as_text(Report("legs", FILMS), {"part": "legs"})
        self.assertEqual(text[0], "3 legs, 1 refused")
        self.assertIn("refused: c : hka: too dark", text)
        self.assertEqual(sum(line.startswith("length") for line in text), 1)


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
