"""Where the landmarks of a pelvis are on a film: exact, from geometry."""

import numpy as np

from pelvis_landmarks import CUP, HEAD_DEG, HEADS, STEM, WHOLE


def pelvis_truth(body, anatomy, beam):
    """{side: {name: (2,) mm on the detector}} of what the body has."""
    return {side: _side_truth(part, anatomy, beam, -1 if side == "right"
                              else 1)
            for side, part in body.sides.items()}


def _side_truth(side, anatomy, beam, outward):
    points = dict(side.points)
    found = {"hip_center": side.head,
             "teardrop": points["teardrop"],
             "lesser_trochanter": points["lesser_trochanter"]}
    found = {name: beam.project(point[None])[0]
             for name, point in found.items()}
    for name, ring in zip(WHOLE[3:6], anatomy.rings):
        found[name] = _middle(beam.project(side.femur[ring]),
                              np.array([1.0, 0.0]))
    if side.opening is not None:
        ends = beam.project(_opening_ends(side, beam, outward))
        found.update(zip(CUP, ends))
        found.update({name: beam.project(points[name][None])[0]
                      for name in STEM})
        return found
    center = found["hip_center"]
    radius = side.radius * (beam.source_to_object
                            + beam.object_to_detector) / (
        beam.source_to_object + side.head[2])
    for name, degrees in zip(HEADS, HEAD_DEG):
        angle = np.radians(degrees)
        found[name] = center + radius * np.array(
            [outward * np.cos(angle), -np.sin(angle)])
    rim = beam.project(side.pelvis[anatomy.edge])
    found["roof_edge"] = rim[(outward * rim[:, 0]).argmax()]
    found["roof_medial"] = beam.project(points["roof_medial"][None])[0]
    found["neck_axis"] = center + 2 * radius * _neck_direction(
        beam.project(side.femur[anatomy.neck]), center)
    return found


def _middle(points, across):
    """Halfway between both outlines of a bone, across a unit vector."""
    along = np.array([-across[1], across[0]])
    out = points @ across
    return (0.5 * (out.min() + out.max()) * across
            + (points @ along).mean() * along)


def _neck_direction(ring, center):
    """Unit vector from the head's center to the middle of the neck's waist
    as the film shows it."""
    middle = ring.mean(0)
    for _ in range(3):
        along = (middle - center) / np.linalg.norm(middle - center)
        middle = _middle(ring, np.array([-along[1], along[0]]))
    along = middle - center
    return along / np.linalg.norm(along)


def _opening_ends(side, beam, outward):
    """(2, 3): where the rim of the cup looks widest, lateral and medial: the
    diameter at right angles to the ray that meets its center."""
    normal, radius = side.opening
    ray = side.head - [beam.source_x, beam.source_y, -beam.source_to_object]
    across = np.cross(normal, ray)
    across *= radius / np.linalg.norm(across)
    if across[0] * outward < 0:
        across = -across
    return side.head + np.stack([across, -across])
