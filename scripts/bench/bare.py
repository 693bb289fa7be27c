"""The bare loop of decode and forward: bare_loop.cc on the films of the legs."""

import json
import subprocess

import peers

LEGS = peers.ROOT / "test/fixtures/legs"
SMALL = (peers.ROOT / "models/leg-alignment/model.pt", 672, 288)


def films(count=20):
    """Paths of films that lib_dicom can read and write again as they are."""
    import pydicom

    def plain(path):
        meta = pydicom.dcmread(path, stop_before_pixels=True).file_meta
        syntax = meta.TransferSyntaxUID
        return syntax.is_little_endian and not syntax.is_deflated
    return [path for path in sorted(LEGS.glob("leg_*.dcm"))
            if plain(path)][:count]


def measure(films, model=SMALL, threads=1, rounds=3):
    """What bare_loop prints."""
    weights, rows, columns = model
    done = subprocess.run(
        [str(word) for word in (
            peers.BIN / "bench/bare_loop", weights, rows, columns, threads,
            rounds, *films)],
        stdout=subprocess.PIPE, check=True, text=True)
    return json.loads(done.stdout)
