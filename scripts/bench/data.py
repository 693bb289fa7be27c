"""Objects to send: ours to make, nobody's pictures, the same in every round."""

import os
import pathlib
import struct
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "test/torture"))

import lib_dicom as dicom  # noqa: E402

CT = "1.2.840.10008.5.1.4.1.1.2"
DX = "1.2.840.10008.5.1.4.1.1.1.1"
CR = "1.2.840.10008.5.1.4.1.1.1"


def image(sop_class, modality, rows, columns, uid, study):
    """An image of 16 bits whose pixels no file system can shrink."""
    element = dicom.element
    data = b"".join([
        element(0x00080016, "UI", sop_class),
        element(0x00080018, "UI", uid),
        element(0x00080060, "CS", modality),
        element(0x00100010, "PN", "PHANTOM^MADE"),
        element(0x00100020, "LO", "MADE-1"),
        element(0x0020000D, "UI", study),
        element(0x0020000E, "UI", study + ".1"),
        element(0x00280002, "US", struct.pack("<H", 1)),
        element(0x00280004, "CS", "MONOCHROME2"),
        element(0x00280010, "US", struct.pack("<H", rows)),
        element(0x00280011, "US", struct.pack("<H", columns)),
        element(0x00280100, "US", struct.pack("<H", 16)),
        element(0x00280101, "US", struct.pack("<H", 12)),
        element(0x00280102, "US", struct.pack("<H", 11)),
        element(0x00280103, "US", struct.pack("<H", 0)),
        element(0x7FE00010, "OW", os.urandom(2 * rows * columns))])
    return dicom.part10(dicom.Instance(sop_class, uid, study, dicom.EXPLICIT,
                                       data))


def make(folder, sop_class, modality, rows, columns, count):
    """Paths of `count` images of one study in a folder of their own."""
    folder.mkdir(parents=True)
    study = dicom.new_uid()
    paths = []
    for number in range(count):
        path = folder / f"{number:05}.dcm"
        path.write_bytes(image(sop_class, modality, rows, columns,
                               f"{study}.2.{number}"[:64], study))
        paths.append(path)
    return paths


def ct(folder, count):
    """512 x 512, 512 KB each."""
    return make(folder, CT, "CT", 512, 512, count)


def radiographs(folder, count):
    """2560 x 2048, 10 MB each."""
    return make(folder, DX, "DX", 2560, 2048, count)


def small(folder, count):
    """About 4 KB each."""
    return make(folder, CR, "CR", 42, 42, count)
