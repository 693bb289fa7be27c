"""Hip implants as closed surfaces with known axes: cup, head, neck, stem.

Frame of anatomy.py: right side, mm, x anterior, y up, z lateral.
"""

from dataclasses import dataclass

import numpy as np

from mesh import Mesh, smooth_step
from tube import tube

TITANIUM, STEEL = 0.12, 0.3   # attenuation per mm beyond muscle's
SIDES = 28                    # of a surface of revolution
NECK_MM = 5.5                 # radius of the stem's neck


@dataclass
class Implant:
    """solids: [(Mesh, attenuation)]; opening: unit normal of the cup's
    mouth; rim: its radius; stem: (2, 3) of its axis, shoulder and tip."""

    solids: list
    opening: np.ndarray
    rim: float
    stem: np.ndarray


def draw_implant(rng, canal, direction):
    """An Implant around the origin, the center of the head.

    canal: (3,) a point in the middle of the femur's shaft, its height is that
    of the stem's middle; direction: unit vector down the shaft.
    """
    inclination = np.radians(np.clip(rng.normal(43, 7), 25, 65))
    version = np.radians(rng.uniform(-5, 32))
    # Murray, J Bone Joint Surg Br 1993;75:228: radiographic angles
    opening = np.array([np.sin(version),
                        -np.cos(version) * np.cos(inclination),
                        np.cos(version) * np.sin(inclination)])
    rim = rng.uniform(23, 29)
    head = rng.uniform(13, min(18, rim - 6))
    cup = revolved(_shell(rim, rng.uniform(3, 5)), np.zeros(3), opening)
    stem = _axis(rng, canal, direction)
    metal = STEEL if rng.random() < 0.4 else TITANIUM
    wide = rng.uniform(8.5, 11.5), rng.uniform(4, 5.5)
    shoulder = stem[0] + 0.15 * (stem[1] - stem[0])
    parts = [(cup, TITANIUM),
             (tapered(stem, wide, rng.uniform(0.55, 0.8)), metal),
             (tube(np.linspace(shoulder, np.zeros(3), 6),
                   (NECK_MM, NECK_MM), flat=0), metal),
             (revolved(_ball(head), np.zeros(3), np.array([0.0, 1, 0])),
              STEEL)]
    return Implant(parts, opening, rim, stem)


def _axis(rng, canal, direction):
    """Shoulder and tip, a little off the shaft's axis."""
    off = np.radians(np.clip(rng.normal(0, 2.2), -5.5, 5.5))
    cosine, sine = np.cos(off), np.sin(off)
    turned = np.array([direction[0],
                       cosine * direction[1] - sine * direction[2],
                       sine * direction[1] + cosine * direction[2]])
    middle = canal + [0, 0, rng.normal(0, 0.8)]
    return np.stack([middle - rng.uniform(50, 58) * turned,
                     middle + rng.uniform(42, 62) * turned])


def _shell(rim, thickness):
    """Profile (radius, along): a hollow hemisphere from outside to inside,
    its mouth at 0, its dome below."""
    angle = np.linspace(0, np.pi / 2, 16)
    outer = np.stack([rim * np.sin(angle), -rim * np.cos(angle)], -1)
    return np.concatenate([outer, outer[::-1] * (1 - thickness / rim)])


def _ball(radius):
    angle = np.linspace(0, np.pi, 20)
    return np.stack([radius * np.sin(angle), -radius * np.cos(angle)], -1)


def revolved(profile, center, axis):
    """A closed Mesh of a profile (n, 2), radius and way along a unit axis,
    that begins and ends on the axis; outside is to the profile's right."""
    first = np.cross(axis, [1.0, 0, 0] if abs(axis[0]) < 0.8
                     else [0, 1.0, 0])
    first /= np.linalg.norm(first)
    second = np.cross(axis, first)
    angle = np.arange(SIDES) * 2 * np.pi / SIDES
    ring = np.cos(angle)[:, None] * first + np.sin(angle)[:, None] * second
    vertices = (profile[:, 0, None, None] * ring
                + profile[:, 1, None, None] * axis + center).reshape(-1, 3)
    a = (np.arange(len(profile) - 1)[:, None] * SIDES
         + np.arange(SIDES)).ravel()
    b = (np.arange(len(profile) - 1)[:, None] * SIDES
         + (np.arange(SIDES) + 1) % SIDES).ravel()
    return Mesh(vertices, np.concatenate([
        np.stack([a, b, a + SIDES], -1),
        np.stack([b, b + SIDES, a + SIDES], -1)]).astype(np.int32))


def tapered(axis, wide, flat):
    """A closed stem around axis (2, 3): half width wide[0] at the shoulder,
    wide[1] above the round tip; flat: its depth against its width."""
    along = np.linspace(0, 1, 24)
    half = wide[0] + (wide[1] - wide[0]) * along
    length = np.linalg.norm(axis[1] - axis[0])
    end = np.clip((1 - along) * length / wide[1], 0, 1)
    half = half * np.sqrt(np.clip(1 - (1 - end) ** 2, 0, 1))
    half = half * smooth_step(along / 0.03 + 0.25)
    half[[0, -1]] = 0
    mesh = revolved(np.stack([half, along * length], -1), np.zeros(3),
                    np.array([0.0, -1.0, 0.0]))
    down = (axis[1] - axis[0]) / length
    out = np.cross([1.0, 0, 0], -down)
    out /= np.linalg.norm(out)
    basis = np.stack([np.cross(-down, out), -down, out])
    return mesh.moved(mesh.vertices * [flat, 1, 1] @ basis + axis[0])
