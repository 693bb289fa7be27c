#!/usr/bin/python3
"""Write phantoms of a bundle as DICOM files with their truth beside them.

A bundle (bundles/NAME.py) that has FIRST_FIXTURE_SEED, fixture(mesh
directory, seed, rows, columns) -> Film, subject(film) -> film_subject.Subject
and truth(film, spacing) -> dict can be written.  Training never saw these
seeds.  truth.json maps each file to `spacing_mm` in the plane of the bones
(null when the file has none), what the bundle's truth says, and, for a film
that must not be measured, "expect": "refuse".
"""

import argparse
import dataclasses
import json
import pathlib
import sys

import numpy as np

from dicom_film import Style, write_film
from mesh import default_directory
from stage import load_bundle

FILM_BOXES = ((1008, 448), (960, 432), (900, 480), (1024, 420))
NARROW = (0.1, 0.8)  # of the gray values
# the styles of a set, over and over
STYLES = (
    Style(),
    Style(inverted=True),
    Style(spacing="object", used=NARROW),
    Style(bits=10, max_deviation=6),
    Style(spacing="none", used=NARROW),
    Style(bits=12, inverted=True, max_deviation=24, windowed=False),
    Style(encoding="jpeg-ls", used=NARROW, spacing="object"),
    Style(used=NARROW, windowed=False),
)


def export_film(bundle, path, film, style, label, seed):
    """Write one film; returns its truth."""
    write_film(path, film, style, label, seed, bundle.subject(film))
    spacing = None if style.spacing == "none" else film.object_spacing_mm
    return {"spacing_mm": spacing and round(spacing, 6),
            **bundle.truth(film, spacing)}


def export_set(bundle, mesh_directory, directory, count, first_seed):
    """Write count films and one upside down; {file name: truth}."""
    truth = {}
    for i in range(count):
        rows, columns = FILM_BOXES[i % len(FILM_BOXES)]
        film = bundle.fixture(mesh_directory, first_seed + i, rows, columns)
        name = f"film_{i:02}.dcm"
        truth[name] = export_film(bundle, directory / name, film,
                                  STYLES[i % len(STYLES)], f"{i:02}",
                                  first_seed + i)
    if getattr(bundle, "UPRIGHT_ONLY", False):
        film = bundle.fixture(mesh_directory, first_seed + count,
                              *FILM_BOXES[0])
        film = dataclasses.replace(
            film, pixels=np.ascontiguousarray(film.pixels[::-1]))
        export_film(bundle, directory / "upside_down.dcm", film, Style(),
                    "DOWN", first_seed + count)
        truth["upside_down.dcm"] = {"expect": "refuse",
                                    "why": "the film is upside down"}
    return truth


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bundle")
    parser.add_argument("directory", type=pathlib.Path)
    parser.add_argument("--meshes", type=pathlib.Path,
                        default=default_directory(), metavar="DIR")
    parser.add_argument("--films", type=int, default=10, metavar="N")
    parser.add_argument("--seed", type=int, metavar="S",
                        help="of the first film (default: the fixtures')")
    options = parser.parse_args()
    bundle = load_bundle(options.bundle)
    options.directory.mkdir(parents=True, exist_ok=True)
    truth = export_set(bundle, options.meshes, options.directory,
                       options.films,
                       options.seed or bundle.FIRST_FIXTURE_SEED)
    text = json.dumps(truth, indent=1, sort_keys=True)
    (options.directory / "truth.json").write_text(text + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
