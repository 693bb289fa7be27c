"""What is promised of each bundle: scripts/accuracy.json.

Of a bundle:
  fixtures      folder of test/fixtures (default: the bundle's name)
  part          what is counted (default "films")
  refused       the largest share of parts that may lack a number
  measurements  {id: bounds}: median, p95, bias (of its size) are the largest
                allowed; refused the largest share; tolerance is what counts
                as right for the calibration
  grades        {id: {right, within_one}}: the least shares; tolerance in
                grades (0)
  boxes         sensitivity the least, false_per_image the most
A "goal" beside bounds holds what is aimed at; missing it is reported and is
no failure.
"""

import json
import pathlib

from .figures import summary

FILE = pathlib.Path(__file__).resolve().parents[1] / "accuracy.json"


def promises_of(model, file=FILE):
    """Of a bundle; {} when nothing is promised."""
    return json.loads(file.read_text()).get(model, {})


def figures_of_row(row, bounds):
    figures = summary([error for error, *_ in row.errors],
                      bounds.get("tolerance"))
    if figures:
        figures["worst"] = max(row.errors, key=lambda e: abs(e[0]))[-1]
    figures["refused"] = len(row.refused)
    return figures


def grade_figures(steps):
    return {"n": len(steps),
            "right": sum(step == 0 for step in steps) / len(steps),
            "within_one": sum(abs(step) <= 1 for step in steps) / len(steps)}


def box_figures(boxes):
    sensitivity, false = boxes.at(0)
    return {"films": boxes.films, "n": boxes.true,
            "sensitivity": sensitivity, "false_per_image": false}


def judge(report, promised):
    """(what is not kept, goals that are missed): lists of sentences."""
    broken, missed = list(report.broken), []
    wanted = promised.get("measurements", {})
    for name in sorted({*report.rows, *wanted}):
        bounds = wanted.get(name, {})
        row = report.rows.get(name)
        if row is None or not row.errors:
            if row is not None or {"median", "p95"} & bounds.keys():
                broken.append(f"{name}: not one number")
            elif "goal" in bounds:
                missed.append(f"{name}: not measured")
            continue
        figures = figures_of_row(row, bounds)
        figures["refused"] /= len(row.errors) + len(row.refused)
        figures["bias"] = abs(figures["bias"])
        _largest(name, figures, bounds, broken, "promised")
        _largest(name, figures, bounds.get("goal", {}), missed, "goal")
    if "refused" in promised and \
            len(report.incomplete) > promised["refused"] * report.parts:
        broken.append(f"{len(report.incomplete)} of {report.parts} good "
                      "ones refused")
    _judge_grades(report, promised.get("grades", {}), broken, missed)
    _judge_boxes(report, promised.get("boxes", {}), broken, missed)
    return broken, missed


def _largest(name, figures, bounds, said, word):
    for what in ("median", "p95", "bias", "refused"):
        if what in bounds and not figures[what] <= bounds[what]:
            said.append(f"{name}: {what} {figures[what]:.2f}, {word} "
                        f"at most {bounds[what]}")


def _least(name, figures, bounds, said, word):
    for what in ("right", "within_one", "sensitivity"):
        if what in bounds and not (figures[what] or 0) >= bounds[what]:
            said.append(f"{name}: {what} {figures[what] or 0:.2f}, {word} "
                        f"at least {bounds[what]}")


def _judge_grades(report, wanted, broken, missed):
    for name, bounds in wanted.items():
        if not report.grades.get(name):
            broken.append(f"{name}: not one grade")
            continue
        figures = grade_figures([step for step, *_ in report.grades[name]])
        _least(name, figures, bounds, broken, "promised")
        _least(name, figures, bounds.get("goal", {}), missed, "goal")


def _judge_boxes(report, bounds, broken, missed):
    if not bounds:
        return
    if report.boxes is None or not report.boxes.true:
        broken.append("boxes: no film with a true box")
        return
    figures = box_figures(report.boxes)
    for limits, said, word in ((bounds, broken, "promised"),
                               (bounds.get("goal", {}), missed, "goal")):
        _least("boxes", figures, limits, said, word)
        most = limits.get("false_per_image")
        if most is not None and not figures["false_per_image"] <= most:
            said.append(f"boxes: {figures['false_per_image']:.2f} false per "
                        f"image, {word} at most {most}")
