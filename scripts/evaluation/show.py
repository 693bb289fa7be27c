"""The report as text and as JSON."""

from .promises import box_figures, figures_of_row, grade_figures, judge

COLUMNS = ("bias", "median", "mean", "p95", "max")


def as_dict(report, promised):
    """All of the report that JSON can hold."""
    broken, missed = judge(report, promised)
    wanted = promised.get("measurements", {})
    measurements = {}
    for name, row in report.rows.items():
        bounds = wanted.get(name, {})
        measurements[name] = {
            **figures_of_row(row, bounds), "unit": row.unit,
            "tolerance": bounds.get("tolerance"),
            "goal": bounds.get("goal", {}),
            "promised": {key: bounds[key] for key in
                         ("median", "p95", "bias", "refused")
                         if key in bounds}}
    said = {"model": report.model,
            "weights_sha256": report.weights_sha256,
            "films": report.films,
            "part": promised.get("part", "films"),
            "parts": report.parts,
            "incomplete": [list(entry) for entry in report.incomplete],
            "to_refuse": report.to_refuse,
            "measurements": measurements,
            "grades": {name: grade_figures([step for step, *_ in found])
                       for name, found in report.grades.items()},
            "traits": {" ".join(names): grade_figures(steps)
                       for names, steps in report.traits.items()},
            "unknown": sorted(report.unknown),
            "not_kept": broken, "goals_missed": missed}
    if report.boxes is not None:
        said["boxes"] = {**box_figures(report.boxes),
                         "froc": [list(row) for row in report.boxes.froc()]}
    return said


def as_text(report, promised):
    """The same for people: a list of lines."""
    said = as_dict(report, promised)
    lines = []
    if said["parts"]:
        lines += [f"{said['parts']} {said['part']}, "
                  f"{len(said['incomplete'])} refused"]
    if said["to_refuse"]:
        lines.append(f"{said['to_refuse']} films to refuse")
    lines += _measurements(said)
    for name, figures in said["grades"].items():
        lines.append(f"{name}: {figures['n']} grades, "
                     f"{figures['right']:.0%} right, "
                     f"{figures['within_one']:.0%} within one")
    for name, figures in said["traits"].items():
        lines.append(f"{name}: {figures['n']}, {figures['right']:.0%} right, "
                     f"{figures['within_one']:.0%} within one")
    lines += _boxes(report, said)
    if said["unknown"]:
        lines.append("not measured by this bundle: "
                     + ", ".join(said["unknown"]))
    lines += [f"refused: {name} {side or ''}: {reason}"
              for name, side, reason in said["incomplete"]]
    lines += [f"GOAL MISSED: {missed}" for missed in said["goals_missed"]]
    lines += [f"NOT KEPT: {broken}" for broken in said["not_kept"]]
    return lines


def _measurements(said):
    if not said["measurements"]:
        return []
    width = max(12, *map(len, said["measurements"]))
    lines = [f"{'|error|':<{width}}{'n':>6}{'refused':>9}"
             + "".join(f"{name:>9}" for name in COLUMNS) + "    within"]
    for name, row in said["measurements"].items():
        line = f"{name:<{width}}{row.get('n', 0):>6}{row['refused']:>9}"
        if row.get("n"):
            line += f"{row['bias']:>+9.2f}" + "".join(
                f"{row[column]:>9.2f}" for column in COLUMNS[1:])
            line += f" {row['unit']:<6}"
            if row["within"] is not None:
                line = (line.rstrip() + f" {row['within']:.0%} "
                        f"of {row['tolerance']:g}")
            line += f"  (worst: {row['worst']})"
        lines.append(line)
    return lines


def _boxes(report, said):
    if "boxes" not in said:
        return []
    figures = said["boxes"]
    lines = [f"{figures['n']} boxes on {figures['films']} films, "
             f"{len(report.boxes.found)} found, "
             f"{len(report.boxes.false)} false",
             f"{'confidence':>10}{'sensitivity':>13}{'false/image':>13}"]
    for least, sensitivity, false in figures["froc"]:
        lines.append(f"{least:>10.2f}{sensitivity or 0:>13.3f}{false:>13.3f}")
    lines += [f"missed: {film}: {_box(box)}"
              for film, box in report.boxes.missed]
    lines += [f"false: {film}: {_box(box)}, confidence {confidence:.2f}"
              for confidence, film, box in sorted(report.boxes.false_on,
                                                  reverse=True)]
    return lines


def _box(box):
    return ", ".join(f"{value:.0f}" for value in box)
