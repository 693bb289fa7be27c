"""pelvis-ap: both hips on an AP film of the pelvis.  A first network finds
them, a second one looks at each."""

import functools

import numpy as np

from film_subject import Subject
from knee_film import render_knee
from landmarks import SIDES
from leg_film import render_legs
from pelvis_film import (COLUMNS, REPLACED_CLOSE, ROWS, all_landmarks,
                         render_hip, render_pelvis)
from pelvis_landmarks import (CHANNELS, CUP, HIP, MIRRORED, NAMES, NATIVE,
                              STEM, WHOLE, clockwise_deg, neck_shaft,
                              numbers_of, roof_angles, shaft_direction)
from spine_film import render_spine
from stage import Film, Stage, Variation

# of the films to train on: knees, spines, both legs, none of which is a
# film of the pelvis, though some show one
OTHER_SHARES = (0.05, 0.02, 0.03)


def training_film(mesh_directory, seed):
    """The Film of a seed; some show something else, and no landmark."""
    rng = np.random.default_rng([seed, 19])
    kind = rng.choice(4, p=(*OTHER_SHARES, 1 - sum(OTHER_SHARES)))
    if kind == 3:
        return render_pelvis(mesh_directory, seed, replaced=REPLACED_CLOSE)
    render = (render_knee, render_spine, functools.partial(
        render_legs, max_rows=672, max_columns=288))[kind]
    film = render(mesh_directory, seed)
    return Film(film.pixels, np.zeros((len(CHANNELS), 2)), film.beam,
                film.detector, visible=np.zeros(len(CHANNELS), bool),
                numbers={f"{side}_implant": 0.0 for side in SIDES})


def _named(points, names):
    return {name: points[:, k] for k, name in enumerate(names)}


def _sided(points):
    """[(+1 or -1, {name: (n, 2)})] of right and left of the first stage."""
    half = len(WHOLE)
    return [(sign, _named(points[:, k * half:(k + 1) * half], WHOLE))
            for k, sign in enumerate((1, -1))]


def stem_alignment(points):
    """(n, 2) degrees, tip outward positive."""
    return np.stack([sign * clockwise_deg(
        shaft_direction(place), place["stem_tip"] - place["stem_top"])
        for sign, place in _sided(points)], 1)


def shaft_slope(points):
    """(n, 2) degrees of the femoral shafts from the picture's vertical."""
    return np.stack([clockwise_deg(np.array([0.0, 1.0]),
                                   shaft_direction(place))
                     for _, place in _sided(points)], 1)


def hip_angles(points):
    """(n, 3): center-edge, Toennis and Sharp angle of right hips, the
    picture's horizontal in place of the line of the teardrops."""
    return np.stack(roof_angles(_named(points, HIP), np.array([-1.0, 0.0])),
                    1)


def neck_slope(points):
    place = _named(points, HIP)
    level = {name: np.broadcast_to([0.0, float(k)], points[:, 0].shape)
             for k, name in enumerate(WHOLE[3:6])}
    return neck_shaft({**place, **level})[:, None]


def cup_slope(points):
    place = _named(points, HIP)
    return np.abs(clockwise_deg(np.array([-1.0, 0.0]), place["cup_lateral"]
                                - place["cup_medial"]))[:, None]


def trochanter_height(points):
    place = _named(points, HIP)
    return (place["lesser_trochanter"] - place["teardrop"])[:, 1:]


def _hip(*wanted):
    return tuple(HIP.index(name) for name in wanted)


def _whole(*wanted):
    return tuple(tuple(side * len(WHOLE) + WHOLE.index(name)
                       for name in wanted) for side in range(len(SIDES)))


FILM = Stage(
    bundle="pelvis-ap", name="film", weights="film.pt",
    rows=256, columns=320,
    phantom=training_film,
    held_out_phantom=functools.partial(render_pelvis, held_out=True),
    films=640, first_seed=40000, held_out_films=50, held_out_seed=930000,
    iterations=800,
    landmarks=CHANNELS, mirrored=MIRRORED,
    variation=Variation(turned_deg=2.5, scale=(0.82, 1.1), shift=(8.0, 8.0),
                        cut_off=(0.04, 0.02, 0.05, 0.02), coarse=1.5),
    measures=(("shaft's slope", "deg", shaft_slope, _whole(*WHOLE[3:6])),
              ("stem alignment", "deg", stem_alignment,
               _whole(*WHOLE[3:6], *STEM))))

HIPS = Stage(
    bundle="pelvis-ap", name="hip", weights="hip.pt",
    rows=ROWS, columns=COLUMNS, stride=2,
    phantom=render_hip,
    held_out_phantom=functools.partial(render_hip, held_out=True),
    films=800, first_seed=50000, held_out_films=80, held_out_seed=935000,
    iterations=1200,
    landmarks=HIP,
    variation=Variation(turned_deg=3.0, scale=(0.92, 1.08), shift=(5.0, 5.0),
                        cut_off=(0.02, 0.02, 0.02, 0.02), coarse=1.5),
    measures=(
        ("center-edge, Toennis, Sharp", "deg", hip_angles,
         (_hip(*NATIVE[:5]), _hip("roof_edge", "roof_medial"),
          _hip("roof_edge", "teardrop"))),
        ("neck's slope", "deg", neck_slope, (_hip(*NATIVE[:4], "neck_axis"),)),
        ("cup's inclination", "deg", cup_slope, (_hip(*CUP),)),
        ("trochanter under teardrop", "mm", trochanter_height,
         (_hip("teardrop", "lesser_trochanter"),))))

STAGES = (FILM, HIPS)

# films as DICOM, for film_set.py

FIRST_FIXTURE_SEED = 750000
UPRIGHT_ONLY = True
FILM_ROWS, FILM_COLUMNS = 500, 620
OF_NATIVE = ("nsa_deg", "lce_deg", "tonnis_deg", "sharp_deg")
OF_IMPLANT = ("cup_inclination_deg", "stem_alignment_deg")
MILLIMETERS = ("trochanter_height", "leg_length_difference")


def fixture(mesh_directory, seed, rows, columns):
    """A film of the held-out family, no larger than FILM_ROWS."""
    return render_pelvis(mesh_directory, seed, held_out=True,
                         rows=min(FILM_ROWS, rows), columns=FILM_COLUMNS,
                         names=NAMES)


def subject(film):
    return Subject("PELVIS", "PELVIS AP", "PELVIS",
                   ("12921003", "Pelvis"), "B",
                   plane="plane of the hip centers")


def truth(film, spacing):
    """What is to be measured of the film and of each side, by id of
    model.yaml, None where the hip has no such thing, and where everything
    is."""
    places = all_landmarks(film)
    told = {side: dict.fromkeys(
        OF_NATIVE if film.numbers[f"{side}_implant"] else OF_IMPLANT)
        for side in SIDES}
    for (name, side), value in numbers_of(places).items():
        long = name in MILLIMETERS
        shown = (spacing and round(value * spacing, 2)) if long else round(
            value, 3)
        (told[side] if side else told)[
            f"{name}_{'mm' if long else 'deg'}"] = shown
    told["implants"] = [side for side in SIDES
                        if film.numbers[f"{side}_implant"]]
    told["landmarks"] = {
        f"{side}.{name}": [round(float(value), 2) for value in point]
        for side, place in places.items() for name, point in place.items()}
    return told
