#!/usr/bin/python3
"""The numbers of a pelvis film and the surfaces of implants, on hips drawn
up here: what scripts/train calls the truth."""

import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2]
                       / "scripts/train"))
# pylint: disable=wrong-import-position
import numpy as np  # noqa: E402
from implant import draw_implant, revolved, tapered  # noqa: E402
from pelvis_landmarks import (HEAD_DEG, circle_center,  # noqa: E402
                              numbers_of)


def at(center, radius, degrees, outward):
    angle = np.radians(degrees)
    return np.add(center, radius * np.array(
        [outward * np.cos(angle), -np.sin(angle)]))


def hip(outward, lower=0.0):
    """A hip with neck-shaft 130, center-edge 30 and Toennis 8 degrees."""
    center = np.array([outward * 90.0, 0.0])
    place = {f"head_{k + 1}": at(center, 24, degrees, outward)
             for k, degrees in enumerate(HEAD_DEG)}
    edge = at(center, 30, 60, outward)
    place.update(
        hip_center=center, teardrop=np.array([outward * 57.0, 12.0]),
        lesser_trochanter=np.array([outward * 95.0, 52.0 + lower]),
        shaft_upper=np.array([outward * 120.0, 80.0]),
        shaft_middle=np.array([outward * 120.0, 105.0]),
        shaft_lower=np.array([outward * 120.0, 130.0]),
        neck_axis=at(center, 48, -40, outward), roof_edge=edge,
        roof_medial=edge - at((0, 0), 28, 8, outward))
    return place


def replaced(outward, inclination, varus):
    place = hip(outward)
    for name in [name for name in place if name.startswith(
            ("head", "roof", "neck"))]:
        del place[name]
    middle, tip = place["shaft_middle"], np.radians(varus)
    place.update(
        cup_lateral=at(place["hip_center"], 25, inclination, outward),
        cup_medial=at(place["hip_center"], -25, inclination, outward),
        stem_top=middle - 50 * np.array([outward * np.sin(tip), np.cos(tip)]),
        stem_tip=middle + 50 * np.array([outward * np.sin(tip), np.cos(tip)]))
    return place


def volume(mesh):
    a, b, c = (mesh.vertices[mesh.triangles[:, k]] for k in range(3))
    return (a * np.cross(b, c)).sum() / 6


def open_edges(mesh):
    edges = np.sort(mesh.triangles[:, [[0, 1], [1, 2], [2, 0]]], -1)
    edges = edges.reshape(-1, 2)
    place = np.unique(mesh.vertices.round(6), axis=0,
                      return_inverse=True)[1].ravel()
    edges = np.sort(place[edges], -1)
    edges = edges[edges[:, 0] != edges[:, 1]]
    return (np.unique(edges, axis=0, return_counts=True)[1] % 2).sum()


class Numbers(unittest.TestCase):
    def test_native_hips(self):
        found = numbers_of({"right": hip(-1), "left": hip(1, lower=7)})
        for side in ("right", "left"):
            self.assertAlmostEqual(found["nsa", side], 130, 6)
            self.assertAlmostEqual(found["lce", side], 30, 6)
            self.assertAlmostEqual(found["tonnis", side], 8, 6)
            self.assertNotIn(("cup_inclination", side), found)
        self.assertAlmostEqual(found["trochanter_height", "right"], 40, 6)
        self.assertAlmostEqual(found["leg_length_difference", None], -7, 6)

    def test_an_oblique_film_says_the_same(self):
        straight = {"right": hip(-1), "left": replaced(1, 47, 3)}
        turn = np.array([[np.cos(0.1), -np.sin(0.1)],
                         [np.sin(0.1), np.cos(0.1)]])
        oblique = {side: {name: turn @ point for name, point in
                          place.items()} for side, place in straight.items()}
        expected = numbers_of(straight)
        for key, value in numbers_of(oblique).items():
            self.assertAlmostEqual(value, expected[key], 6, key)

    def test_replaced_hip(self):
        found = numbers_of({"right": replaced(-1, 44, -2), "left": hip(1)})
        self.assertAlmostEqual(found["cup_inclination", "right"], 44, 6)
        self.assertAlmostEqual(found["stem_alignment", "right"], -2, 6)
        for name in ("nsa", "lce", "tonnis", "sharp"):
            self.assertNotIn((name, "right"), found)

    def test_circle(self):
        points = [at((3, 4), 24, degrees, 1) for degrees in HEAD_DEG]
        np.testing.assert_allclose(circle_center(points), (3, 4))


class Surfaces(unittest.TestCase):
    def test_ball_and_stem_are_closed_and_not_inside_out(self):
        angle = np.linspace(0, np.pi, 60)
        ball = revolved(np.stack([10 * np.sin(angle), -10 * np.cos(angle)],
                                 -1), np.ones(3), np.array([0.6, 0.8, 0]))
        self.assertAlmostEqual(volume(ball) / (4000 / 3 * np.pi), 1, 1)
        stem = tapered(np.array([[0, 0, 0], [3.0, -100, 8]]), (10, 5), 0.6)
        for mesh in (ball, stem):
            self.assertEqual(open_edges(mesh), 0)
            self.assertGreater(volume(mesh), 0)

    def test_implant(self):
        implant = draw_implant(np.random.default_rng(1),
                               np.array([0, -80.0, 30]),
                               np.array([0, -1.0, 0]))
        for mesh, _ in implant.solids:
            self.assertEqual(open_edges(mesh), 0)
            self.assertGreater(volume(mesh), 0)
        rim = implant.solids[0][0].vertices @ implant.opening
        self.assertLess(abs(rim.max()), 1e-6)   # all lies behind its mouth


if __name__ == "__main__":
    unittest.main()
