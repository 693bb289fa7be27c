"""What comparing answers with the truth has found."""

import collections

from .boxes import Detections, reported_boxes
from .truth import expected_of, find, grade_number, mentioned, steps_off


class Row:
    """One measurement on all films."""

    def __init__(self):
        self.unit = ""
        # (measured less true, confidence, certainty, film and side)
        self.errors = []
        self.refused = []   # (film, side, reason)


class Report:
    def __init__(self, model, films):
        """films: [(name, truth, answer or None)]."""
        self.model = model
        self.films = len(films)
        self.rows = collections.defaultdict(Row)   # by measurement
        # by measurement: (steps off, confidence, certainty)
        self.grades = collections.defaultdict(list)
        self.traits = collections.defaultdict(list)  # of (measurement, trait)
        self.boxes = None     # a Detections, where truth has boxes
        self.parts = 0        # films, or sides, with numbers to be found
        self.incomplete = []  # (film, side, reason): one is missing
        self.unknown = set()  # in the truth, but not measured by this bundle
        self.to_refuse = 0    # films that must give nothing
        self.broken = []      # what must never happen
        self.weights_sha256 = next(
            (answer["weights_sha256"] for _, _, answer in films
             if answer and "weights_sha256" in answer), None)
        measured = set()
        for _, _, answer in films:
            measured |= mentioned(answer or {})
        for name, truth, answer in films:
            self._add(name, truth, answer, measured)

    def _add(self, name, truth, answer, measured):
        if answer is None:
            self.broken.append(f"{name}: the program gave no answer")
            answer = {}
        if truth.get("expect") == "refuse":
            self._add_to_refuse(name, truth, answer)
            return
        expected = expected_of(truth)
        self.unknown |= {key[0] for key in expected} - measured
        expected = {key: value for key, value in expected.items()
                    if key[0] in measured}
        for side in sorted({side for _, side in expected}, key=str):
            self._add_part(name, side, expected, answer)
        self._add_grades(truth, answer)
        self._add_traits(truth, answer)
        if "boxes" in truth:
            if self.boxes is None:
                self.boxes = Detections()
            self.boxes.add(name, truth["boxes"], reported_boxes(answer))

    def _add_to_refuse(self, name, truth, answer):
        self.to_refuse += 1
        why = truth.get("why", "it must be refused")
        for found in answer.get("measurements", []):
            self.broken.append(f"{name}: {found['side'] or ''} {found['id']} "
                               f"is {found['value']} although {why}")
        for _, box in reported_boxes(answer):
            self.broken.append(f"{name}: a box {box} although {why}")

    def _add_part(self, name, side, expected, answer):
        """What is expected of a film, or of one side of it."""
        missing = None
        wanted = 0
        for (measurement, of), (value, unit) in expected.items():
            if of != side:
                continue
            found = find(answer.get("measurements", []), measurement, side)
            if value is None:
                if found is not None:
                    self.broken.append(
                        f"{name}: {side or ''} {measurement} is "
                        f"{found['value']} although the truth has none")
                continue
            wanted += 1
            row = self.rows[measurement]
            if found is None:
                refusal = find(answer.get("refused", []), measurement, side)
                reason = self._reason(refusal, answer)
                row.refused.append((name, side, reason))
                missing = missing or f"{measurement}: {reason}"
            else:
                row.unit = unit or found.get("unit", "")
                row.errors.append((found["value"] - value,
                                   found["confidence"], found["certainty"],
                                   f"{name} {side or ''}".strip()))
        self.parts += wanted > 0
        if missing:
            self.incomplete.append((name, side, missing))

    @staticmethod
    def _reason(refusal, answer):
        if refusal is None:
            whole = [entry for entry in answer.get("refused", [])
                     if entry.get("id") is None]
            refusal = whole[0] if whole else {}
        return (refusal.get("reason") or answer.get("failure")
                or "no reason given")

    def _add_grades(self, truth, answer):
        for measurement, grade in truth.get("grades", {}).items():
            found = find(answer.get("measurements", []), measurement, None)
            if found and found.get("grade"):
                self.grades[measurement].append(
                    (grade_number(found["grade"]) - grade_number(grade),
                     found["confidence"], found["certainty"]))

    def _add_traits(self, truth, answer):
        """What else is true of measurements, such as their vertebrae."""
        for measurement, traits in truth.get("traits", {}).items():
            found = find(answer.get("measurements", []), measurement, None)
            for trait, true in traits.items() if found else ():
                self.traits[measurement, trait].append(
                    steps_off(found.get("traits", {}).get(trait), true))
