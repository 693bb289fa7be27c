#!/usr/bin/python3
"""Print how well a frozen network does on phantoms it has not seen.

Reads the network's input as stored by phantoms.py; scripts/evaluate measures
the whole way from DICOM files through the program.
"""

import argparse
import pathlib
import sys

import numpy as np
import torch

from augment import inverted
from boxes import count_boxes
from network import answers_of, decode
from stage import find_stage
from train import load_arrays


def predict(model, stage, films):
    """{output: array} of films (n, rows, columns) uint8; `landmarks` becomes
    positions (n, k, 2) in input pixels, `confidences` (n, k)."""
    collected = {}
    with torch.no_grad():
        for start in range(0, len(films), 4):
            images = films[start:start + 4].float()[:, None] / 255
            answers = answers_of(model, stage, images)
            if stage.bodies:
                points = answers["landmarks"]
                answers = {"landmarks": points[..., :2],
                           "confidences": torch.sigmoid(points[..., 2])}
            elif stage.landmarks:
                answers["landmarks"], answers["confidences"] = decode(
                    answers["landmarks"], stage.stride)
            for name, answer in answers.items():
                collected.setdefault(name, []).append(answer.numpy())
    return {name: np.concatenate(parts) for name, parts in collected.items()}


def describe(name, errors, unit):
    errors = np.abs(np.asarray(errors, float)).ravel()
    errors = errors[np.isfinite(errors)]
    if not len(errors):
        print(f"{name}: none")
        return
    print(f"{name}: {len(errors)}, mean {errors.mean():.2f}, median "
          f"{np.median(errors):.2f}, p95 {np.percentile(errors, 95):.2f}, "
          f"max {errors.max():.2f} {unit}")


def refusal_films(films, extents):
    """{what: films uint8} that must not be measured."""
    dark = inverted(films[:, None].float() / 255, extents)[:, 0] * 255
    noise = torch.randint(0, 256, films[:20].shape, dtype=torch.uint8)
    return {"upside down": films.flip(1), "turned by 180": films.flip(1, 2),
            "not inverted": dark, "noise": noise,
            "blank": torch.full_like(films[:1], 128)}


def describe_measures(stage, found, confidences, arrays):
    """A line for every measure, of those whose landmarks pass the gate."""
    truth, visible = arrays["landmarks"].numpy(), arrays["visible"].numpy()
    spacing = arrays["spacing_mm"].numpy()
    for name, unit, measure, *channels in stage.measures:
        scale = spacing[:, None] if unit == "mm" else 1.0
        expected = (np.stack([arrays["number_" + number].numpy()
                              for number in channels[1]], 1)
                    if len(channels) > 1 else measure(truth) * scale)
        error = measure(found) * scale - expected
        carrying = (channels[0] if channels
                    else [range(truth.shape[1])] * error.shape[1])
        kept = np.stack([
            (confidences[:, list(used)] >= stage.gate).all(1)
            & visible[:, list(used)].all(1) for used in carrying], 1)
        describe(f"{name}, passed", error[kept], unit)
        if kept.any():
            describe("  guessing the mean instead",
                     (expected - expected[kept].mean())[kept], unit)


def describe_landmarks(stage, model, arrays, found):
    truth = arrays["landmarks"].numpy()
    visible = arrays["visible"].numpy()
    confidences, positions = found["confidences"], found["landmarks"]
    distance = np.linalg.norm(positions - truth, axis=-1)
    distance[~visible] = np.nan
    describe("landmarks", distance, "px")
    describe("landmarks", distance * arrays["spacing_mm"].numpy()[:, None],
             "mm")
    passed = (confidences >= stage.gate)[visible].mean()
    print(f"{passed:.1%} of the landmarks pass the gate at {stage.gate}; "
          "confidence p1 {:.2f}, p5 {:.2f}, median {:.2f}".format(
              *np.percentile(confidences[visible], [1, 5, 50])))
    describe_measures(stage, positions, confidences, arrays)
    for what, wrong in refusal_films(arrays["films"],
                                     arrays["extent"]).items():
        seen = predict(model, stage, wrong)["confidences"]
        print(f"{what}: {(seen >= stage.gate).mean():.2%} of the landmarks "
              f"pass, highest confidence {seen.max():.3f}, highest least of "
              f"a film {seen.min(1).max():.3f}")


def groups_of(stage, arrays):
    """{name: bool per film} by classes and by numbers that are 0 or 1."""
    groups = {}
    for name, classes in stage.classes.items():
        for k, label in enumerate(classes):
            groups[label] = arrays["class_" + name].numpy() == k
    for name, values in arrays.items():
        if name.startswith("number_") and set(values.tolist()) <= {0, 1}:
            told = name[len("number_"):]
            groups[told] = values.numpy() == 1
            groups["not " + told] = values.numpy() == 0
    return groups


def describe_classes(name, classes, logits, truth, gate):
    """The confusion matrix, a row per true class: all films, and those as
    sure as the gate."""
    sure = torch.softmax(torch.from_numpy(logits), 1).numpy().max(1) >= gate
    found = logits.argmax(1)
    kappa = weighted_kappa(truth, found, len(classes))
    print(f"{name}: {(found == truth).mean():.1%} right, "
          f"{(np.abs(found - truth) <= 1).mean():.1%} within one, "
          f"quadratic kappa {kappa:.2f}")
    for k, label in enumerate(classes):
        print(f"  {label:>12}: " + "; as sure as the gate ".join(
            " ".join(f"{n:4}" for n in np.bincount(
                found[chosen], minlength=len(classes)))
            for chosen in (truth == k, (truth == k) & sure)))


def weighted_kappa(truth, found, count):
    """Cohen's kappa with quadratic weights."""
    table = np.zeros((count, count))
    np.add.at(table, (truth, found), 1)
    weights = (np.arange(count)[:, None] - np.arange(count)) ** 2
    expected = np.outer(table.sum(1), table.sum(0)) / table.sum()
    return 1 - (weights * table).sum() / max((weights * expected).sum(), 1e-9)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("stage", help="BUNDLE/STAGE")
    parser.add_argument("phantoms", type=pathlib.Path, help="from phantoms.py")
    parser.add_argument("--model", type=pathlib.Path, metavar="FILE",
                        help="default: the weights in models/")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    stage = find_stage(options.stage)
    model = torch.jit.load(str(options.model or stage.weights_path))
    arrays = load_arrays(options.phantoms)
    found = predict(model, stage, arrays["films"])
    print(f"{stage.address}: {len(arrays['films'])} films")
    if stage.landmarks:
        describe_landmarks(stage, model, arrays, found)
    if stage.boxes:
        count_boxes(stage, found["boxes"], arrays["boxes"].numpy(),
                    groups_of(stage, arrays))
    for name, classes in stage.classes.items():
        describe_classes(name, classes, found[name],
                         arrays["class_" + name].numpy(), stage.gate)
    return 0


if __name__ == "__main__":
    sys.exit(main())
