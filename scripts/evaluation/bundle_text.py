"""Curves in the text of a model.yaml, which stays as people wrote it."""

import json
import re

_CURVE = re.compile(r"curve: (\[\[[^\n]*?\]\])")


def _block(lines, start):
    """The end of the item whose first line is lines[start]."""
    indent = len(lines[start]) - len(lines[start].lstrip())
    end = start + 1
    while end < len(lines) and (
            not lines[end].strip() or lines[end].lstrip().startswith("#")
            or len(lines[end]) - len(lines[end].lstrip()) > indent):
        end += 1
    return end


def _find(lines, name):
    """(start, end, indent of its keys or None when in braces) of a
    measurement, or with None of the confidence."""
    if name is None:
        pattern = re.compile(r"confidence:(\s*\{.*)?\s*$")
    else:
        pattern = re.compile(
            rf"\s*- (\{{)?id: {re.escape(name)}\s*(,.*|#.*)?$")
    inside = name is None
    for i, line in enumerate(lines):
        if re.match(r"\S", line):
            inside = name is None or line.startswith("measurements:")
        if inside and pattern.match(line):
            if "{" in line:
                return i, _block(lines, i), None
            shift = 2
            return i, _block(lines, i), len(line) - len(
                line.lstrip()) + shift
    return None


def curve_of(text, name):
    """The knots of a measurement, or with None of the confidence; or None."""
    lines = text.splitlines()
    found = _find(lines, name)
    if found is None:
        return None
    start, end, indent = found
    for line in lines[start:end]:
        of_item = indent is None or re.match(rf" {{{indent}}}curve:", line)
        match = _CURVE.search(line) if of_item else None
        if match:
            return json.loads(match.group(1))
    return None


def with_curve(text, name, knots):
    """The text with these knots; unchanged where there is no such item."""
    lines = text.splitlines()
    found = _find(lines, name)
    if found is None:
        return text
    start, end, indent = found
    said = "curve: " + json.dumps(knots)
    body = lines[start:end]
    if indent is None:
        body = _in_braces("\n".join(body), name, said).split("\n")
    else:
        body = [line for line in body
                if not re.match(rf" {{{indent}}}curve:", line)]
        body.insert(1, " " * indent + said)
    return "\n".join(lines[:start] + body + lines[end:]) + "\n"


def _in_braces(item, name, said):
    item = re.sub(r"curve: \[\[[^\n]*?\]\](,\s*)?", "", item)
    first = "{" if name is None else f"id: {name},"
    place = item.index(first) + len(first)
    if name is None:
        return item[:place] + said + ", " + item[place:].lstrip()
    return item[:place] + " " + said + "," + item[place:]


def least_of(text):
    """confidence.least."""
    match = re.search(r"^confidence:\s*(?:#.*)?\n?\s*\{?\s*(?:curve:[^\n]*\n?"
                      r"\s*)?least:\s*([0-9.]+)", text, re.MULTILINE)
    return float(match.group(1)) if match else 0.001
