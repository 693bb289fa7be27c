#!/usr/bin/python3
"""Writes small DICOM radiographs for the tests, good and bad, with nothing
but the standard library.

    make-dicom.py [--pixels blank|noise|gradient|points] [--spacing TEXT]
                  [--rows N --columns N] [--claim ROWSxCOLUMNS] [--no-pixels]
                  [--sop-uid UID] [--nest DEPTH] [--truncate BYTES]
                  [--study UID] FILE
"""

import argparse
import random
import struct
import zlib

ROOT = "2.25.%d"
POINTS = (176, 64), (144, 192)  # rows and columns of bright squares, 4 x 4


def element(tag, vr, value):
    if isinstance(value, str):
        value = value.encode("ascii")
    if len(value) % 2:
        value += b"\0" if vr == "UI" else b" "
    head = struct.pack("<HH", tag >> 16, tag & 0xFFFF) + vr.encode()
    if vr in ("OB", "OW", "SQ", "UN", "UT"):
        return head + struct.pack("<HI", 0, len(value)) + value
    return head + struct.pack("<H", len(value)) + value


def us(tag, number):
    return element(tag, "US", struct.pack("<H", number))


def nested(depth):
    """One sequence inside the other, all of undefined length."""
    opening = struct.pack("<HH2sHI", 0x0040, 0x0275, b"SQ", 0, 0xFFFFFFFF)
    opening += struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
    closing = struct.pack("<HHIHHI", 0xFFFE, 0xE00D, 0, 0xFFFE, 0xE0DD, 0)
    return opening * depth + closing * depth


def pixels(kind, rows, columns, seed):
    if kind == "noise":
        return random.Random(seed).randbytes(rows * columns)
    if kind == "gradient":
        return bytes(255 * r // rows for r in range(rows)
                     for _ in range(columns))
    if kind == "points":
        lit = bytearray(b"\x0A" * (rows * columns))
        for row, column in POINTS:
            for r in range(row, row + 4):
                lit[r * columns + column:r * columns + column + 4] = b"\xFA" * 4
        return bytes(lit)
    return bytes(rows * columns)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--pixels", default="blank",
                        choices=["blank", "noise", "gradient", "points"])
    parser.add_argument("--rows", type=int, default=504)
    parser.add_argument("--columns", type=int, default=216)
    parser.add_argument("--claim", help="ROWSxCOLUMNS the header claims")
    parser.add_argument("--spacing", default="1\\1")
    parser.add_argument("--no-pixels", action="store_true")
    parser.add_argument("--sop-uid")
    parser.add_argument("--study")
    parser.add_argument("--nest", type=int, default=0)
    parser.add_argument("--truncate", type=int)
    parser.add_argument("file")
    args = parser.parse_args()

    number = zlib.crc32(repr(sorted(vars(args).items())).encode())
    study = args.study or ROOT % (number * 10 + 1)
    sop_uid = args.sop_uid or ROOT % (number * 10 + 3)
    sop_class = "1.2.840.10008.5.1.4.1.1.1"
    rows, columns = args.rows, args.columns
    claimed = (tuple(int(n) for n in args.claim.split("x"))
               if args.claim else (rows, columns))

    body = b"".join([
        element(0x00080016, "UI", sop_class),
        element(0x00080018, "UI", sop_uid),
        element(0x00080020, "DA", "20260101"),
        element(0x00080030, "TM", "120000"),
        element(0x00080050, "SH", ""),
        element(0x00080060, "CS", "CR"),
        element(0x00080090, "PN", ""),
        element(0x00081030, "LO", "made by make-dicom.py"),
        element(0x0008103E, "LO", "LONG LEG"),
        element(0x00100010, "PN", "PHANTOM^MADE"),
        element(0x00100020, "LO", "MADE-1"),
        element(0x00100030, "DA", ""),
        element(0x00100040, "CS", "O"),
        element(0x00180015, "CS", "LEG"),
        element(0x0020000D, "UI", study),
        element(0x0020000E, "UI", ROOT % (number * 10 + 2)),
        element(0x00200010, "SH", "1"),
        element(0x00200011, "IS", "1"),
        element(0x00200013, "IS", "1"),
        us(0x00280002, 1),
        element(0x00280004, "CS", "MONOCHROME2"),
        us(0x00280010, claimed[0]),
        us(0x00280011, claimed[1]),
        element(0x00280030, "DS", args.spacing) if args.spacing else b"",
        us(0x00280100, 8),
        us(0x00280101, 8),
        us(0x00280102, 7),
        us(0x00280103, 0),
        nested(args.nest),
        b"" if args.no_pixels else element(
            0x7FE00010, "OW", pixels(args.pixels, rows, columns, number)),
    ])
    if args.truncate:
        body = body[:-args.truncate]
    meta = b"".join([
        element(0x00020001, "OB", b"\0\1"),
        element(0x00020002, "UI", sop_class),
        element(0x00020003, "UI", sop_uid),
        element(0x00020010, "UI", "1.2.840.10008.1.2.1"),
        element(0x00020012, "UI", "2.25.1"),
    ])
    with open(args.file, "wb") as out:
        out.write(bytes(128) + b"DICM")
        out.write(element(0x00020000, "UL", struct.pack("<I", len(meta))))
        out.write(meta + body)


main()
