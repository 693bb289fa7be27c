"""A model card as Markdown: what model.yaml says, and the figures of
docs/accuracy/NAME.json, which is scripts/evaluate --json of fresh films."""

import collections
import hashlib
import json
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]
PICTURES = "pictures"   # beside docs/MODELS.md
MEGABYTE = 1e6


def figures_of(name, root=ROOT):
    """The saved report, or None."""
    file = root / "docs/accuracy" / f"{name}.json"
    return json.loads(file.read_text()) if file.exists() else None


class Bundle:
    """What a card needs of model.yaml: its own words, not all of YAML."""

    def __init__(self, folder):
        self.folder = folder
        text = (folder / "model.yaml").read_text()
        self.text = text
        self.networks = list(zip(
            re.findall(r"\bfile: ([\w.-]+)", text),
            re.findall(r"\bsha256: ([0-9a-f]{64})", text)))
        self.measurements = self._items("measurements")
        self.findings = self._items("findings")

    def word(self, key):
        match = re.search(rf"^{key}: *(.*?)\s*$", self.text, re.MULTILINE)
        return match.group(1).strip("'\"") if match else ""

    def _items(self, key):
        """[(id, concept or meaning)] of a list."""
        match = re.search(rf"^{key}:\n((?:[ #].*\n|\n)*)", self.text,
                          re.MULTILINE)
        found = []
        for item in re.split(r"\n *- ", "\n" + match.group(1)
                             if match else ""):
            name = re.match(r"\{?\s*id: ([\w.-]+)", item)
            said = re.search(r"\b(?:concept|meaning): ([^,}\n#]+)", item)
            if name:
                found.append((name.group(1), said.group(1).strip("'\" ")
                              .replace("_", " ") if said else ""))
        return found

    def detectable(self, name):
        """Of a measurement; None: it does not say."""
        match = re.search(rf"^  - id: {name}\n(?:    .*\n)*?"
                          r"    detectable: ([\d.]+)$", self.text,
                          re.MULTILINE)
        return float(match.group(1)) if match else None

    def weights_sha256(self):
        """As results name it: of all digests when there are several."""
        digests = [digest for _, digest in self.networks]
        if len(digests) == 1:
            return digests[0]
        return hashlib.sha256("".join(digests).encode()).hexdigest()


def card(bundle, figures):
    """Lines of Markdown."""
    name = bundle.folder.name
    lines = [f"![output of {name} on a rendered film]"
             f"({PICTURES}/{name}.png)", "",
             "| | |", "|---|---|",
             f"| version | {bundle.word('version')} |",
             f"| what it is | {bundle.word('description')} |",
             f"| **demonstration** | {bundle.word('demonstration')} |",
             "| networks | " + ", ".join(
                 f"`{file}` ({_size(bundle, file)}, SHA-256 "
                 f"`{digest[:12]}…`)"
                 for file, digest in dict.fromkeys(bundle.networks))
             + " |"]
    for title, items in (("measures", bundle.measurements),
                         ("finds", bundle.findings)):
        if items:
            lines.append(f"| {title} | " + ", ".join(
                f"`{item}`" + (f" ({said})" if said else "")
                for item, said in items) + " |")
    lines.append("")
    if figures is None:
        return lines + ["It has not been measured on fresh films."]
    lines += ["```sh", figures["command"], "```", ""]
    lines += measurement_rows(figures) + other_rows(figures)
    lines += refusal_rows(figures) + goal_rows(figures)
    if figures.get("calibration", {}).get("all"):
        lines += calibration_rows(name, figures)
    return lines


def _size(bundle, file):
    size = (bundle.folder / file).stat().st_size
    return f"{size / MEGABYTE:.2f} MB"


def _number(value):
    return f"{value:.2f}"


def measurement_rows(figures):
    if not figures["measurements"]:
        return []
    lines = ["| \\|error\\| | n | refused | bias | median | mean | p95 | max "
             "| within | goal |",
             "|---|--:|--:|--:|--:|--:|--:|--:|---|---|"]
    for name, row in figures["measurements"].items():
        unit = f" ({row['unit']})" if row["unit"] else ""
        cells = [f"`{name}`{unit}", str(row.get("n", 0)),
                 str(row["refused"])]
        if row.get("n"):
            cells += [f"{row['bias']:+.2f}"] + [
                _number(row[key]) for key in ("median", "mean", "p95", "max")]
            cells.append("" if row["within"] is None else
                         f"{row['within']:.0%} of {row['tolerance']:g}")
            cells.append(", ".join(
                f"{key} {most:g} "
                + ("met" if row[key] <= most else "**missed**")
                for key, most in row["goal"].items()))
        else:
            cells += [""] * 7
        lines.append("| " + " | ".join(cells) + " |")
    return lines + [""]


def other_rows(figures):
    """Grades, traits and boxes."""
    lines = []
    for name, row in {**figures["grades"], **figures["traits"]}.items():
        lines.append(f"- {name}: {row['right']:.0%} of {row['n']} right, "
                     f"{row['within_one']:.0%} within one")
    if lines:
        lines.append("")
    if "boxes" in figures:
        boxes = figures["boxes"]
        lines += [f"{boxes['n']} true boxes on {boxes['films']} films:", "",
                  "| confidence from | sensitivity | false per image |",
                  "|--:|--:|--:|"]
        lines += [f"| {least:.2f} | {sensitivity or 0:.3f} | {false:.3f} |"
                  for least, sensitivity, false in boxes["froc"]]
        lines.append("")
    return lines


def refusal_rows(figures):
    """Why parts lack a number, and what had to be refused."""
    reasons = collections.Counter(
        re.sub(r"\d+(\.\d+)?", "…", reason)
        for _, _, reason in figures["incomplete"])
    lines = []
    if figures["parts"]:
        lines.append(f"Of {figures['parts']} {figures['part']} "
                     f"{len(figures['incomplete'])} lack a number"
                     + (", for want of:" if reasons else "."))
    lines += [f"- {reason} ({count})"
              for reason, count in reasons.most_common(6)]
    if len(reasons) > 6:
        lines.append(f"- {len(reasons) - 6} other reasons")
    if figures["to_refuse"]:
        lines += ["", f"Films that must give nothing: "
                  f"{figures['to_refuse']}."]
    return lines + [""]


def goal_rows(figures):
    lines = [f"- **Goal missed:** {said}" for said in figures["goals_missed"]]
    lines += [f"- **Not kept:** {said}" for said in figures["not_kept"]]
    return lines + [""] if lines else []


def calibration_rows(name, figures):
    found = figures["calibration"]
    lines = [f"![share within tolerance by stated confidence]"
             f"({PICTURES}/calibration-{name}.png)", "",
             "| stated confidence | n | within tolerance | 95 % interval |",
             "|---|--:|--:|---|"]
    rows = [("all", group) for group in found["all"]]
    for title, group in rows + list(found["each"].items()):
        lines.append(f"| {title}: {group['stated']:.2f} | {group['n']} | "
                     f"{group['right']:.2f} | {group['low']:.2f} to "
                     f"{group['high']:.2f} |")
    return lines
