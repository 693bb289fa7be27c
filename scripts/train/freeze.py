"""Saving a network as frozen TorchScript that names no machine.

torch.jit.save keeps a .debug_pkl beside each piece of code with the paths of
the Python files it came from.  Loading needs none of them, so they are left
out, and the archive is written anew with fixed dates: the same weights give
the same file, and no directory of the machine is in it.
"""

import io
import zipfile

import torch

ALIGNMENT = 64  # bytes; torch aligns tensors so that they can be mapped
LOCAL_HEADER = 30
FIXED_DATE = (2000, 1, 1, 0, 0, 0)


def save_frozen(network, path):
    """Write network (in eval mode) to path as TorchScript."""
    frozen = torch.jit.freeze(torch.jit.script(network.eval()))
    written = io.BytesIO()
    torch.jit.save(frozen, written)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(without_debug_records(written.getvalue()))


def without_debug_records(archive):
    """The bytes of a TorchScript archive without .debug_pkl, stored."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(archive)) as source, \
            zipfile.ZipFile(result, "w", zipfile.ZIP_STORED) as target:
        for name in source.namelist():
            if name.endswith(".debug_pkl"):
                continue
            renamed = "model/" + name.split("/", 1)[1]
            entry = zipfile.ZipInfo(renamed, FIXED_DATE)
            entry.extra = _padding(result.tell(), renamed)
            target.writestr(entry, source.read(name))
    return result.getvalue()


def _padding(offset, name):
    """An extra field that makes the record start on the alignment."""
    start = offset + LOCAL_HEADER + len(name.encode()) + 4
    padding = -start % ALIGNMENT
    return b"FB" + padding.to_bytes(2, "little") + b"Z" * padding
