#!/usr/bin/python3
"""Draw the reliability that it reads as JSON into a PNG: picture.py FILE.

Exit 3, saying so, where matplotlib is not there (Debian's
python3-matplotlib)."""

import json
import sys

try:
    import matplotlib
    matplotlib.use("Agg")
    from matplotlib import pyplot
except ImportError:
    print("no picture: python3-matplotlib is not installed", file=sys.stderr)
    sys.exit(3)

# readable for the color-blind (Okabe and Ito)
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9")
MARKS = "osD^vPX*"


def draw(found, file):
    figure, axes = pyplot.subplots(figsize=(6.4, 5.2), dpi=100)
    lowest = min([0.5] + [group["low"] for group in found["all"]]
                 + [group["right"] for group in found["each"].values()])
    axes.plot([0, 1], [0, 1], color="0.6", linewidth=1)
    for i, (name, group) in enumerate(found["each"].items()):
        axes.plot(group["stated"], group["right"],
                  MARKS[i // len(COLORS) % len(MARKS)], markersize=6,
                  color=COLORS[i % len(COLORS)], alpha=0.8,
                  label=f"{name} ({group['n']})")
    for group in found["all"]:
        axes.plot([group["stated"]] * 2, [group["low"], group["high"]],
                  color="black", linewidth=1)
    axes.plot([group["stated"] for group in found["all"]],
              [group["right"] for group in found["all"]], "o-",
              color="black", markersize=5,
              label=f"all ({sum(g['n'] for g in found['all'])})")
    for group in found["all"]:
        axes.annotate(group["n"], (group["stated"], group["low"]),
                      ha="center", va="top", fontsize=8,
                      textcoords="offset points", xytext=(0, -3))
    low = max(0.0, lowest - 0.08)
    axes.set(xlim=(low, 1.01), ylim=(low, 1.01), aspect="equal",
             xlabel="stated confidence", ylabel="share within tolerance",
             title=f"{found['model']}: {found['films']} films not used for "
                   "the curve, 95 % intervals")
    axes.title.set_fontsize(10)
    axes.grid(color="0.92")
    axes.legend(fontsize=7, loc="upper left")
    figure.tight_layout()
    figure.savefig(file, metadata={"Software": None})


if __name__ == "__main__":
    draw(json.load(sys.stdin), sys.argv[1])
