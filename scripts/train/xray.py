"""Python side of xray.c: compiles it when needed and calls it.

Film frame, millimeters: x to the right, y down, z along the beam, which runs
from the source through the object (z = 0) to the detector.
"""

import ctypes
import hashlib
import os
import pathlib
import subprocess
import tempfile

import numpy as np

SOURCE = pathlib.Path(__file__).with_name("xray.c")


class Beam(ctypes.Structure):
    """Where the X-rays come from; source_to_object 0 is a parallel beam."""

    _fields_ = [(name, ctypes.c_double) for name in (
        "source_x", "source_y", "source_to_object", "object_to_detector")]

    @property
    def magnification(self):
        """Size on the detector / size in the object plane z = 0."""
        if self.source_to_object <= 0:
            return 1.0
        return 1.0 + self.object_to_detector / self.source_to_object

    def project(self, points):
        """Detector positions (n, 2) in mm of points (n, 3) in mm."""
        points = np.asarray(points, float)
        if self.source_to_object <= 0:
            return points[..., :2].copy()
        source = np.array([self.source_x, self.source_y])
        enlarged = ((self.source_to_object + self.object_to_detector)
                    / (self.source_to_object + points[..., 2:3]))
        return source + (points[..., :2] - source) * enlarged


class Detector(ctypes.Structure):
    """A grid of pixels; (left, top) is the center of pixel (0, 0) in mm."""

    _fields_ = [("rows", ctypes.c_int32), ("columns", ctypes.c_int32),
                ("spacing", ctypes.c_double), ("left", ctypes.c_double),
                ("top", ctypes.c_double)]

    def pixels(self, positions):
        """Pixel-center coordinates (n, 2) of detector positions in mm."""
        return ((np.asarray(positions) - [self.left, self.top])
                / self.spacing)

    def row_positions(self):
        """Film y in mm of every row."""
        return self.top + np.arange(self.rows) * self.spacing

    def column_positions(self):
        """Film x in mm of every column."""
        return self.left + np.arange(self.columns) * self.spacing

    def subdivided(self, factor):
        """The same area with factor x factor pixels for each of ours."""
        spacing = self.spacing / factor
        shift = (factor - 1) / 2 * spacing
        return Detector(self.rows * factor, self.columns * factor, spacing,
                        self.left - shift, self.top - shift)


def cache_directory():
    """A place outside the source tree for the compiled library."""
    base = os.environ.get("XDG_CACHE_HOME")
    base = pathlib.Path(base) if base else pathlib.Path.home() / ".cache"
    return base / "osteon-train"


def compile_library():
    """Path of xray.c as a shared library, compiled once per version."""
    digest = hashlib.sha256(SOURCE.read_bytes()).hexdigest()[:16]
    library = cache_directory() / f"xray-{digest}.so"
    if library.exists():
        return library
    library.parent.mkdir(parents=True, exist_ok=True)
    handle, unfinished = tempfile.mkstemp(dir=library.parent)
    os.close(handle)
    compiler = os.environ.get("CC", "cc").split()  # may be "ccache gcc"
    subprocess.run([*compiler, "-std=c11", "-O3", "-Wall", "-shared", "-fPIC",
                    str(SOURCE), "-o", unfinished, "-lm"], check=True)
    os.replace(unfinished, library)
    return library


def _pointer(array):
    return array.ctypes.data_as(ctypes.c_void_p)


_library = None


def add_path_length(mesh, weight, beam, detector, image):
    """Add weight * (mm of each ray inside mesh) to image, in place.

    mesh: vertices in the film frame; weight: a number, or one per row (the
    attenuation per mm when image collects attenuation); image: float32
    (rows, columns).
    """
    global _library
    if _library is None:
        _library = ctypes.CDLL(str(compile_library()))
        _library.xray_add_path_length.restype = None
    assert image.shape == (detector.rows, detector.columns)
    assert image.dtype == np.float32 and image.flags.c_contiguous
    vertices = np.ascontiguousarray(mesh.vertices, np.float64)
    triangles = np.ascontiguousarray(mesh.triangles, np.int32)
    row_weight = np.ascontiguousarray(
        np.broadcast_to(np.asarray(weight, np.float64), (detector.rows,)))
    _library.xray_add_path_length(
        _pointer(vertices), _pointer(triangles),
        ctypes.c_int32(len(triangles)), _pointer(row_weight),
        ctypes.byref(beam), ctypes.byref(detector), _pointer(image))
