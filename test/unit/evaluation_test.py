#!/usr/bin/env python3
"""The arithmetic of scripts/evaluate, on answers made up here."""

import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]
                       / "scripts"))
# pylint: disable=wrong-import-position
from evaluation import calibration  # noqa: E402
from evaluation.boxes import Detections, overlap, same  # noqa: E402
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


if __name__ == "__main__":
    unittest.main()
