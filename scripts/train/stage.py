"""What a bundle tells the shared code about each network it trains.

A bundle is a module of bundles/ with STAGES, a tuple of Stage, and the
functions that dicom_export.py names.  A stage is one network of model.yaml:
what it sees, what it answers, how its films are made and varied.
"""

import importlib
import pathlib
from dataclasses import dataclass, field
from typing import Callable

import numpy as np

MODELS = pathlib.Path(__file__).resolve().parents[2] / "models"


@dataclass
class Film:
    """One rendered film: pixels float32 in [0, 1], bright bone, and truth.

    Positions are pixel-center coordinates (x, y).
    """

    pixels: np.ndarray       # (rows, columns)
    landmarks: np.ndarray    # (n, 2) in channel order
    beam: object             # xray.Beam
    detector: object         # xray.Detector
    visible: np.ndarray = None  # (n,) bool; None: all that are on the film
    classes: dict = field(default_factory=dict)   # output: class index
    boxes: np.ndarray = None    # (m, 5): class, left, top, right, bottom
    numbers: dict = field(default_factory=dict)   # other truth, by name
    region: bool = False     # cut out of a film, as the program does

    @property
    def object_spacing_mm(self):
        """mm per pixel in the object plane z = 0."""
        return self.detector.spacing / self.beam.magnification


@dataclass(frozen=True)
class Variation:
    """How far augmentation goes; pixels are those of the input."""

    turned_deg: float = 2.0              # standard deviation
    scale: tuple = (0.85, 1.1)
    squeeze: tuple = (0.95, 1.05)        # width against height
    shift: tuple = (8.0, 14.0)           # x, y, standard deviation
    # share of films whose top, left, bottom, right is cut off in earnest
    cut_off: tuple = (0.06, 0.02, 0.10, 0.02)
    coarse: float = 1.0                  # up to this many times fewer pixels


@dataclass(frozen=True)
class Stage:
    """One network of a bundle."""

    bundle: str             # folder in models/
    name: str               # of the stage in model.yaml
    weights: str            # file in models/BUNDLE
    rows: int               # of the input; multiples of 32
    columns: int
    phantom: Callable       # (mesh directory, seed) -> Film
    films: int              # to train on, seeds from first_seed
    first_seed: int
    held_out_films: int     # to assess on, seeds from held_out_seed
    held_out_seed: int
    iterations: int
    held_out_phantom: Callable = None   # other bodies; None: the same ones
    also: tuple = ()        # other bundles that have the same weights
    landmarks: tuple = ()   # names in channel order
    mirrored: tuple = None  # the channel each becomes in a mirrored film;
    #                         None: films are not mirrored
    classes: dict = field(default_factory=dict)   # {output: (class, ...)}
    sided: tuple = ()       # those of two classes that a mirror exchanges
    refused: dict = field(default_factory=dict)   # {output: class index of
    #                         what must be refused}; absent: not to judge
    named: bool = True      # answers are a dictionary; False: a tuple in the
    #                         order boxes, classes
    boxes: tuple = ()       # classes of the output `boxes`
    patch: int = 0          # learns boxes from squares of so many pixels of
    #                         films (patches.py); 0: from whole films
    bodies: int = 0         # groups the landmarks start with (parts.py),
    corners: int = 0        # and landmarks of each; 0: all by themselves
    corner_iterations: int = 0   # of the network that finds these
    upright: bool = True    # what is upside down must be refused
    stride: int = 4         # input pixels per cell of the maps: 4 or 2
    precise: float = 2.0    # input pixels: farther off, a landmark's loss is
    #                         the distance, nearer its square
    most_boxes: int = 8     # on one film
    variation: Variation = Variation()
    gate: float = 0.42      # least confidence that gives a number
    # (name, unit, landmarks (n, k, 2) -> (n, m)[, channels (m, j)
    # it rests on[, m names of Film.numbers that are the truth]]); a unit of mm
    # wants lengths in pixels
    measures: tuple = ()

    @property
    def address(self):
        return f"{self.bundle}/{self.name}"

    @property
    def weights_path(self):
        return MODELS / self.bundle / self.weights


def load_bundle(name):
    """The module of bundles/ for a folder's name in models/."""
    try:
        return importlib.import_module("bundles." + name.replace("-", "_"))
    except ModuleNotFoundError as error:
        raise SystemExit(f"{name}: no such bundle: {error}") from error


def find_stage(address):
    """The Stage of "BUNDLE/STAGE", or the first of "BUNDLE"."""
    bundle, _, name = address.partition("/")
    for stage in load_bundle(bundle).STAGES:
        if not name or stage.name == name:
            return stage
    raise SystemExit(f"{address}: no such stage")
