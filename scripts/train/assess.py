#!/usr/bin/python3
"""Print how well a frozen model does on phantoms it has not seen.

Reads the network's input as stored by phantoms.py; scripts/evaluate measures
the whole way from DICOM files through the program.
"""

import argparse
import pathlib
import sys

import numpy as np
import torch

from augment import inverted
from landmarks import (NAMES, SIDES, femur_tibia_ratio, hip_knee_ankle_angle,
                       leg_length)
from network import decode

MECHANICAL_AXIS = 4  # the first landmarks of a side carry the measurements


def predict(model, films):
    """(positions (n, 16, 2) in input pixels, confidences (n, 16))."""
    positions, confidences = [], []
    with torch.no_grad():
        for start in range(0, len(films), 4):
            images = films[start:start + 4].float()[:, None] / 255
            position, confidence = decode(model(images))
            positions.append(position.numpy())
            confidences.append(confidence.numpy())
    return np.concatenate(positions), np.concatenate(confidences)


def leg_confidence(confidences):
    """(n, 2): the least confidence a side's measurements rest on."""
    return confidences.reshape(-1, 2, len(NAMES))[
        :, :, :MECHANICAL_AXIS].min(2)


def per_leg(measure, points):
    """(n, 2): a measure of landmarks (n, 16, 2) for both sides."""
    return np.stack([measure(points, side) for side in SIDES], 1)


def describe(name, errors, unit):
    errors = np.abs(errors)
    print(f"{name}: mean {errors.mean():.2f}, median "
          f"{np.median(errors):.2f}, p95 {np.percentile(errors, 95):.2f}, "
          f"max {errors.max():.2f} {unit}")


def refusal_films(films, extents):
    """{what: films uint8} that must not be measured."""
    dark = inverted(films[:, None].float() / 255, extents)[:, 0] * 255
    noise = torch.randint(0, 256, films[:20].shape, dtype=torch.uint8)
    return {"upside down": films.flip(1), "turned by 180": films.flip(1, 2),
            "not inverted": dark, "noise": noise,
            "blank": torch.full_like(films[:1], 128)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("phantoms", type=pathlib.Path, help="from phantoms.py")
    parser.add_argument("model", type=pathlib.Path, help="model.pt")
    parser.add_argument("--gate", type=float, default=0.42,
                        help="the least confidence that gives a number")
    options = parser.parse_args()
    torch.set_num_threads(2)
    torch.manual_seed(1)
    model = torch.jit.load(str(options.model))
    with np.load(options.phantoms) as arrays:
        films = torch.from_numpy(arrays["films"])
        truth = arrays["landmarks"]
        extents = torch.from_numpy(arrays["extent"])
        spacing = arrays["spacing_mm"]
    found, confidences = predict(model, films)
    kept = leg_confidence(confidences) >= options.gate
    angle_error = (per_leg(hip_knee_ankle_angle, found)
                   - per_leg(hip_knee_ankle_angle, truth))
    length_error = (per_leg(leg_length, found)
                    - per_leg(leg_length, truth)) * spacing[:, None]
    print(f"{kept.size} legs on {len(films)} films, {kept.sum()} pass the "
          f"gate at {options.gate}")
    describe("landmarks", np.linalg.norm(found - truth, axis=-1), "px")
    describe("hip-knee-ankle angle, all", angle_error, "deg")
    describe("hip-knee-ankle angle, passed", angle_error[kept], "deg")
    describe("leg length, passed", length_error[kept], "mm")
    angles = per_leg(hip_knee_ankle_angle, truth)
    describe("guessing the mean angle instead", angles - angles.mean(), "deg")
    ratio = per_leg(femur_tibia_ratio, truth)
    print(f"femur / tibia length: {ratio.min():.2f} to {ratio.max():.2f}")
    lowest = np.percentile(leg_confidence(confidences), [0, 1, 5, 50])
    print("confidence of legs: least {:.2f}, p1 {:.2f}, p5 {:.2f}, "
          "median {:.2f}".format(*lowest))
    for what, wrong in refusal_films(films, extents).items():
        confidence = leg_confidence(predict(model, wrong)[1])
        print(f"{what}: highest confidence {confidence.max():.3f}, "
              f"{(confidence >= options.gate).sum()} of {confidence.size} "
              "legs pass")
    return 0


if __name__ == "__main__":
    sys.exit(main())
