"""The bare loop of decode and forward: bare_loop.cc on the films of the legs."""

import json
import os
import subprocess

import peers

LEGS = peers.ROOT / "test/fixtures/legs"
SMALL = (peers.ROOT / "models/leg-alignment/model.pt", 672, 288)
JOINT, JOINTS = (peers.ROOT / "models/leg-alignment/joint.pt", 128, 256), 2
# so that tensors are not given back to the kernel after each image
KEPT = {"MALLOC_MMAP_THRESHOLD_": str(2**30),
        "MALLOC_TRIM_THRESHOLD_": str(2**30)}


def films(count=20):
    """Paths of films that lib_dicom can read and write again as they are."""
    import pydicom

    def plain(path):
        meta = pydicom.dcmread(path, stop_before_pixels=True).file_meta
        syntax = meta.TransferSyntaxUID
        return syntax.is_little_endian and not syntax.is_deflated
    return [path for path in sorted(LEGS.glob("leg_*.dcm"))
            if plain(path)][:count]


def measure(films, model=SMALL, threads=1, rounds=3, env=None):
    """What bare_loop prints."""
    weights, rows, columns = model
    done = subprocess.run(
        [str(word) for word in (
            peers.BIN / "bench/bare_loop", weights, rows, columns, threads,
            rounds, *films)],
        stdout=subprocess.PIPE, check=True, text=True,
        env=dict(os.environ, **(env or {})))
    return json.loads(done.stdout)


def all_of_legs(films, rounds=3, env=None):
    """The same for leg-alignment, which looks at each knee again."""
    found = measure(films, rounds=rounds, env=env)
    joints_ms = JOINTS * measure(films[:3], JOINT, rounds=rounds,
                                 env=env)["forward_ms"]
    found["images_per_s"] = 1000 / (1000 / found["images_per_s"] + joints_ms)
    found["forward_ms"] += joints_ms
    return found
