"""Does every SCOORD of an SR (dsr2xml) lie within one source pixel of the
points that `osteon analyse --json` printed for the same measurement?

    scoord.py ANALYSE.json SR.xml
"""

import json
import sys
import xml.etree.ElementTree as ET


def strip(tag):
    return tag.rsplit("}", 1)[-1]


def groups(root):
    """(tracking identifier, [[x, y], ...]) of each measurement group."""
    for container in root.iter():
        if strip(container.tag) != "container":
            continue
        tracking = None
        for child in container:
            if strip(child.tag) == "text" and "112039" in "".join(
                child.itertext()
            ) + ET.tostring(child, encoding="unicode"):
                values = [e for e in child if strip(e.tag) == "value"]
                tracking = values[0].text if values else None
        if not tracking:
            continue
        for scoord in container.iter():
            if strip(scoord.tag) == "data" and scoord.text:
                numbers = [
                    float(n)
                    for n in scoord.text.replace(",", " ")
                    .replace("/", " ")
                    .replace("\\", " ")
                    .split()
                ]
                yield tracking, list(zip(numbers[0::2], numbers[1::2]))


def places(points, wanted):
    """Which of the wanted points these are, one after another: lines that do
    not meet have a graphic each. None: not of this measurement."""
    for first in range(len(wanted) - len(points) + 1):
        # SCOORD counts from the corner of the first pixel
        if all(abs(x - 0.5 - u) <= 1 and abs(y - 0.5 - v) <= 1
               for (x, y), (u, v) in zip(points, wanted[first:])):
            return range(first, first + len(points))
    return None


def main():
    analysed = json.loads(open(sys.argv[1]).readline())
    expected = {
        (m["id"], m["side"]): m["points"] for m in analysed["measurements"]
    }
    if not expected:
        sys.exit("analyse printed no measurement")
    seen = {}
    for tracking, points in groups(ET.parse(sys.argv[2]).getroot()):
        model, measure, side = tracking.split(":")[:3]
        key = (measure, None if side == "none" else side)
        found = places(points, expected[key])
        if not found:
            sys.exit("%s: SCOORD %s but analyse %s"
                     % (tracking, points, expected[key]))
        seen.setdefault(key, set()).update(found)
    missing = [key for key, points in expected.items()
               if seen.get(key) != set(range(len(points)))]
    if missing:
        sys.exit("the SR lacks points of %s" % missing)
    print("%d measurements agree" % len(seen))


main()
