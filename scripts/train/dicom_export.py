#!/usr/bin/python3
"""Write long-leg phantoms as DICOM files with their truth beside them.

The seeds must be ones that training never saw; the defaults are the films of
test/fixtures/legs.  truth.json maps each file to its landmarks (pixel-center
coordinates of the file), its spacing in the plane of the legs, and per side
the angle and the length a correct measurement gives.
"""

import argparse
import json
import pathlib
import sys

import numpy as np

from dicom_film import Style, write_film
from knee_film import knees_of_legs
from landmarks import (ANKLE, CHANNELS, FEMORAL_KNEE, HIP, SIDES, TIBIAL_KNEE,
                       hip_knee_ankle_angle, knee_angles, leg_length,
                       mechanical_axis_deviation)
from leg_film import Layout, render_legs
from mesh import default_directory

FIRST_SEED = 700000
FILM_BOXES = ((1008, 432), (1008, 540), (960, 400), (1024, 512), (900, 480))
DEMONSTRATION_BOX = (2016, 864)
NARROW = (0.1, 0.8)  # of the gray values
# the styles of a set, over and over
STYLES = (
    Style(),
    Style(inverted=True),
    Style(bits=10, max_deviation=6),
    Style(spacing="object"),
    Style(encoding="jpeg-ls"),
    Style(used=NARROW),
    Style(bits=10, inverted=True, used=NARROW, max_deviation=6),
    Style(encoding="rle", windowed=False, used=NARROW),
    Style(),
    Style(spacing="none", used=NARROW),
    Style(encoding="jpeg-lossless", bits=10),
    Style(inverted=True, spacing="object"),
    Style(),
    Style(encoding="deflated", inverted=True),
    Style(windowed=False),
    Style(bits=10, max_deviation=6, used=NARROW),
    Style(),
    Style(inverted=True),
    Style(spacing="object", bits=10, max_deviation=6),
    Style(),
    Style(windowed=False, inverted=True, used=NARROW),
    Style(encoding="explicit"),
    Style(),
    Style(),
    Style(bits=10, max_deviation=6, windowed=False),
)


def truth_of(film, style):
    """What truth.json says about a film that has to be measured."""
    spacing = None if style.spacing == "none" else film.object_spacing_mm
    truth = {"spacing_mm": spacing and round(spacing, 6),
             "calibrated": spacing is not None}
    lengths = {side: leg_length(film.landmarks, side) for side in SIDES}
    for side in SIDES:
        truth[side] = truth_of_leg(film, side, spacing)
    truth["leg_length_discrepancy_mm"] = spacing and round(
        float(lengths["right"] - lengths["left"]) * spacing, 2)
    truth["landmarks"] = {
        name: [round(float(value), 2) for value in point]
        for name, point in zip(CHANNELS, film.landmarks)}
    return truth


def truth_of_leg(film, side, spacing):
    """{measurement_unit: value}; lengths are None without spacing."""
    points = film.landmarks[8 * SIDES.index(side):]

    def apart(one, other):
        return np.linalg.norm(points[one] - points[other])

    degrees = {"hka": hip_knee_ankle_angle(film.landmarks, side),
               **knee_angles(film.landmarks, side, film.numbers[side])}
    lengths = {"leg_length": leg_length(film.landmarks, side),
               "femur_length": apart(HIP, FEMORAL_KNEE),
               "tibia_length": apart(TIBIAL_KNEE, ANKLE),
               "axis_deviation": mechanical_axis_deviation(film.landmarks,
                                                           side)}
    return {**{f"{name}_deg": round(float(value), 3)
               for name, value in degrees.items()},
            **{f"{name}_mm": spacing and round(float(value) * spacing, 2)
               for name, value in lengths.items()}}


def export_set(mesh_directory, directory, count, first_seed):
    """Write count films; returns {file name: truth}."""
    truth = {}
    for i in range(count):
        style = STYLES[i % len(STYLES)]
        rows, columns = FILM_BOXES[i % len(FILM_BOXES)]
        film = render_legs(mesh_directory, first_seed + i, rows, columns,
                           measure=knees_of_legs)
        name = f"leg_{i:02}.dcm"
        write_film(directory / name, film, style, f"{i:02}", first_seed + i)
        truth[name] = truth_of(film, style)
    return truth


def export_special(mesh_directory, directory, first_seed):
    """The demonstration film and two that must be refused."""
    truth = {}
    film = render_legs(mesh_directory, first_seed + 900,
                       *DEMONSTRATION_BOX, oversampling=1,
                       layout=Layout(150, 110, 60, 2.333),
                       measure=knees_of_legs)
    style = Style(max_deviation=3)
    write_film(directory / "demo.dcm", film, style, "DEMO", first_seed + 900)
    truth["demo.dcm"] = truth_of(film, style)

    film = render_legs(mesh_directory, first_seed + 901, *FILM_BOXES[0])
    film.pixels = np.ascontiguousarray(film.pixels[::-1])
    write_film(directory / "upside_down.dcm", film, Style(), "DOWN",
               first_seed + 901)
    truth["upside_down.dcm"] = {"expect": "refuse",
                                "why": "the film is upside down"}

    film = render_legs(mesh_directory, first_seed + 902, *FILM_BOXES[0],
                          layout=Layout(150, -130, 60, 2.1))
    write_film(directory / "ankle_outside.dcm", film, Style(), "CUT",
               first_seed + 902)
    truth["ankle_outside.dcm"] = {"expect": "refuse",
                                  "why": "both ankles are below the film"}
    return truth


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--meshes", type=pathlib.Path,
                        default=default_directory(), metavar="DIR")
    parser.add_argument("--films", type=int, default=25, metavar="N")
    parser.add_argument("--seed", type=int, default=FIRST_SEED, metavar="S")
    parser.add_argument("--special", action="store_true",
                        help="also demo.dcm and the films to refuse")
    options = parser.parse_args()
    options.directory.mkdir(parents=True, exist_ok=True)
    truth = export_set(options.meshes, options.directory, options.films,
                       options.seed)
    if options.special:
        truth.update(export_special(options.meshes, options.directory,
                                    options.seed))
    text = json.dumps(truth, indent=1, sort_keys=True)
    (options.directory / "truth.json").write_text(text + "\n")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except FileNotFoundError as error:
        sys.exit(str(error))
