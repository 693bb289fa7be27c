"""Malformed objects, twenty classes of them, each made from a seed: what other
nodes have died of (docs/RELIABILITY.md), and what a fuzzer would find next. A
class is a function of its name; `n` walks through its cases, `r` varies them.
PS3.5 has the encoding, PS3.10 the meta header, Annex A.4 and G the fragments."""

import random
import struct
import subprocess
import tempfile
import zlib

import lib_dicom as dicom
from lib_case import LEGS

IMPLICIT, EXPLICIT = "1.2.840.10008.1.2", "1.2.840.10008.1.2.1"
BIG, DEFLATED = "1.2.840.10008.1.2.2", "1.2.840.10008.1.2.1.99"
RLE, JPEG = "1.2.840.10008.1.2.5", "1.2.840.10008.1.2.4.50"
JPEG12, LOSSLESS = "1.2.840.10008.1.2.4.51", "1.2.840.10008.1.2.4.70"
JPEG_LS, JPEG_2000 = "1.2.840.10008.1.2.4.80", "1.2.840.10008.1.2.4.90"
SYNTAXES = (IMPLICIT, EXPLICIT, BIG, DEFLATED, RLE, JPEG, JPEG12, LOSSLESS,
            JPEG_LS, JPEG_2000)
LONG = ("OB", "OD", "OF", "OL", "OW", "SQ", "UC", "UN", "UR", "UT")
PIXELS, UNDEFINED = 0x7FE00010, 0xFFFFFFFF
ITEM = struct.pack("<HHI", 0xFFFE, 0xE000, UNDEFINED)
ENDS = struct.pack("<HHIHHI", 0xFFFE, 0xE00D, 0, 0xFFFE, 0xE0DD, 0)


class Hostile(dicom.Instance):
    """numbers: which measurements would be no lie: "none", or "no mm"."""

    def __init__(self, image, data, syntax=EXPLICIT, numbers="none"):
        super().__init__(image.sop_class, image.sop_uid, image.study_uid,
                         syntax, data)
        self.numbers = numbers


def head(tag, vr, length, implicit=False, big=False):
    order = ">" if big else "<"
    out = struct.pack(order + "HH", tag >> 16, tag & 0xFFFF)
    if implicit:
        return out + struct.pack(order + "I", length & UNDEFINED)
    if vr in LONG:
        return out + vr.encode() + struct.pack(order + "HI", 0, length)
    return out + vr.encode() + struct.pack(order + "H", length & 0xFFFF)


class Image:
    """A radiograph as {tag: (VR, value)}; bytes below a VR of None stand in
    the data set as they are, header and all."""

    film_pixels = None

    def __init__(self, r, film=False):
        self.sop_class = dicom.CR
        self.study_uid = "2.25.%d" % r.getrandbits(120)
        self.sop_uid = "2.25.%d" % r.getrandbits(120)
        rows, columns, bits, pixels = (self.film() if film else
                                       (32, 32, 8, r.randbytes(1024)))
        self.elements = {}
        for tag, vr, value in (
                (0x00080016, "UI", self.sop_class),
                (0x00080018, "UI", self.sop_uid),
                (0x00080060, "CS", "CR"),
                (0x00100010, "PN", "PHANTOM^HOSTILE"),
                (0x00100020, "LO", "HOSTILE-1"),
                (0x00180015, "CS", "LEG"),
                (0x0020000D, "UI", self.study_uid),
                (0x0020000E, "UI", "2.25.%d" % r.getrandbits(120)),
                (0x00280002, "US", 1), (0x00280004, "CS", "MONOCHROME2"),
                (0x00280010, "US", rows), (0x00280011, "US", columns),
                (0x00280030, "DS", "1\\1"), (0x00280100, "US", bits),
                (0x00280101, "US", bits), (0x00280102, "US", bits - 1),
                (0x00280103, "US", 0), (PIXELS, "OW", pixels)):
            self.put(tag, vr, value)

    @classmethod
    def film(cls):
        """One that the model measures: a lie about it would show."""
        if cls.film_pixels is None:
            import pydicom
            with tempfile.NamedTemporaryFile(suffix=".dcm") as file:
                subprocess.run(["dcmdjpls", LEGS / "leg_08.dcm", file.name],
                               check=True)
                image = pydicom.dcmread(file.name)
            cls.film_pixels = (image.Rows, image.Columns, image.BitsAllocated,
                               image.PixelData)
        return cls.film_pixels

    def put(self, tag, vr, value):
        if isinstance(value, str):
            value = value.encode("latin-1")
            value += (b"\0" if vr == "UI" else b" ") * (len(value) % 2)
        self.elements[tag] = (vr, value)
        return self

    def drop(self, tag):
        self.elements.pop(tag, None)
        return self

    def raw(self, tag, value):
        return self.put(tag, None, value)

    def encode(self, implicit=False, big=False, tags=None):
        out = []
        for tag in tags or sorted(self.elements):
            vr, value = self.elements[tag]
            if isinstance(value, int):
                value = struct.pack((">" if big else "<") +
                                    ("I" if vr == "UL" else "H"), value)
            if vr is not None:
                out.append(head(tag, vr, len(value), implicit, big))
            out.append(value)
        return b"".join(out)

    def fragments(self, *parts, table=b"", end=True):
        """Encapsulated PixelData."""
        out = head(PIXELS, "OB", UNDEFINED)
        for part in (table, *parts):
            out += struct.pack("<HHI", 0xFFFE, 0xE000, len(part)) + part
        return self.raw(PIXELS, out + (ENDS[8:] if end else b""))


def deflate(data, level=9):
    packer = zlib.compressobj(level, wbits=-15)
    return packer.compress(data) + packer.flush()


def bomb(data, megabytes):
    packer = zlib.compressobj(9, wbits=-15)
    data = packer.compress(data) + packer.flush(zlib.Z_FULL_FLUSH)
    packer.compress(bytes(32768))
    packer.flush(zlib.Z_FULL_FLUSH)
    more = packer.compress(bytes(1 << 20)) + packer.flush(zlib.Z_FULL_FLUSH)
    return data + more * megabytes + packer.flush()


def nesting(r, n):
    depth = (33, 34, 64, 65, 129, 1000, 10000, 100000)[n % 8]
    implicit, image = n // 8 % 2 == 1, Image(r)
    # the last ones do not even close what they open
    image.raw(0x00400275, (head(0x00400275, "SQ", UNDEFINED, implicit) + ITEM) *
              depth + (ENDS * depth if n % 3 else b""))
    return Hostile(image, image.encode(implicit),
                   IMPLICIT if implicit else EXPLICIT)


def counts(r, n):
    many, image = r.choice((100001, 120000, 200000)), Image(r)
    if n % 25 == 0:
        many = 1000000
    if n % 2:
        many = many // 100 + 4  # a hundred in each item
        body = head(0x00400275, "SQ", UNDEFINED)
        item = b"".join(head(0x00080000 + k, "LO", 0) for k in range(100))
        body += (ITEM + item + ENDS[:8]) * many + ENDS[8:]
    else:
        body = head(0x00090010, "LO", 0) * many
    return Hostile(image, image.raw(0x00080100, body).encode())


def lengths(r, n):
    image, big = Image(r), r.choice((0xFFFFFFFE, 0xFFFFFFF0, 0x80000000,
                                     0x7FFFFFFF, 0x7FFFFFFE, 0x10000, 2049))
    kind = n % 6
    if kind == 0:  # in an element
        image.raw(0x00091001, head(0x00091001, "OB", big) + bytes(8))
    elif kind == 1:  # in PixelData, which may be cut off: no analysis
        image = Image(r, film=True)
        pixels = image.elements[PIXELS][1]
        image.raw(PIXELS, head(PIXELS, "OW", max(big, 0x10000)) + pixels[:-2])
    elif kind == 2:  # in a sequence
        image.raw(0x00400275, head(0x00400275, "SQ", big) + ITEM + ENDS[:8])
    elif kind == 3:  # in an item
        image.raw(0x00400275, head(0x00400275, "SQ", UNDEFINED) + struct.pack(
            "<HHI", 0xFFFE, 0xE000, big) + ENDS[8:])
    elif kind == 4:  # in a fragment
        image.raw(PIXELS, head(PIXELS, "OB", UNDEFINED) + struct.pack(
            "<HHIHHI", 0xFFFE, 0xE000, 0, 0xFFFE, 0xE000, big) + bytes(100))
        return Hostile(image, image.encode(), r.choice((RLE, JPEG, JPEG_2000)))
    else:  # an item longer than its sequence
        image.raw(0x00400275, head(0x00400275, "SQ", 16) + struct.pack(
            "<HHI", 0xFFFE, 0xE000, 100) + bytes(100))
    return Hostile(image, image.encode())


def truncation(r, n):
    if n % 5 == 0:  # in the pixels of a film
        image = Image(r, film=True)
        data = image.encode()
        return Hostile(image, data[:-r.randrange(2, 100000)])
    implicit, big = ((False, False), (True, False), (False, True),
                     (False, False))[n % 4]
    image = Image(r)
    data = image.encode(implicit, big)
    data = data[:r.randrange(1, len(data) - 1024)]
    syntax = IMPLICIT if implicit else BIG if big else EXPLICIT
    return Hostile(image, data, syntax)


def undefined(r, n):
    image = Image(r)
    opened = head(0x00400275, "SQ", UNDEFINED)
    image.raw(0x00400275, (
        opened,  # nothing follows but the next element
        opened + ITEM, opened + ITEM + ENDS[:8], opened + ENDS[:8],
        ENDS, ENDS[8:], ITEM,
        head(0x00400275, "UN", UNDEFINED) + ITEM,
        head(0x00400275, "OB", UNDEFINED) + bytes(16),
        head(0x00400275, "UT", UNDEFINED) + b"text",
        opened + ITEM + opened + ITEM + ENDS,
        opened + bytes(8))[n % 12])
    data = image.encode()
    return Hostile(image, data[:-r.randrange(0, 64) * 2 or len(data)])


def value_representations(r, n):
    image = Image(r, film=n % 5 == 0)
    tag = r.choice((0x00280010, 0x00280011, 0x00280002, 0x00280100, PIXELS,
                    0x00080018, 0x0020000D, 0x00280030, 0x00080060))
    vr = r.choice(("XX", "??", "  ", "\0\0", "UL", "SQ", "OB", "DS", "FD",
                   "ZZ", "us", "UN"))
    value = image.elements[tag][1]
    if isinstance(value, int):
        value = struct.pack("<I" if vr in ("UL", "FD") else "<H", value)
    image.raw(tag, head(tag, vr, len(value)) + value)
    # what the value says may still be true: a VR lies about its shape
    return Hostile(image, image.encode(), numbers="any")


def odd_lengths(r, n):
    image = Image(r)
    for tag in r.sample((0x00080018, 0x00080060, 0x00100010, 0x0020000D,
                         0x00280010, 0x00280030, 0x00280100, PIXELS), 1 + n % 3):
        value = image.elements[tag][1]
        if isinstance(value, int):
            value = struct.pack("<H", value)
        value = value[:-1] if r.random() < .5 else value + b"1"
        vr = image.elements[tag][0]
        image.raw(tag, head(tag, vr, len(value)) + value)
    return Hostile(image, image.encode())


def order(r, n):
    image = Image(r)
    tags = sorted(image.elements)
    if n % 3 == 0:
        r.shuffle(tags)
    elif n % 3 == 1:  # twice: which one is meant?
        twice = r.choice((0x00080018, 0x0020000D, 0x00280010, 0x00280011,
                          0x00280100, PIXELS, 0x00100010, 0x00080060))
        tags.insert(r.randrange(len(tags)), twice)
    else:
        tags.sort(reverse=True)
    return Hostile(image, image.encode(tags=tags))


def deflated(r, n):
    image = Image(r)
    data = deflate(image.encode())
    kind = n % 5
    if kind == 0:  # 16 MiB to 4 GiB of nothing
        megabytes = 16 << n // 5 % 9
        image.drop(PIXELS)
        data = bomb(image.encode() + head(PIXELS, "OW", min(
            megabytes << 20, UNDEFINED - 1)), megabytes)
    elif kind == 1:
        data = data[:r.randrange(1, len(data) - 1)]
    elif kind == 2:
        data = bytearray(data)
        for _ in range(r.randrange(1, 9)):
            data[r.randrange(len(data))] ^= 1 << r.randrange(8)
        data = bytes(data)
    elif kind == 3:  # with the header of zlib or of gzip, or not deflated
        data = r.choice((b"\x78\x9c", b"\x1f\x8b\x08\0\0\0\0\0\0\3", b"")) + data
        data = data if r.random() < .7 else image.encode()
    else:
        data = r.randbytes(r.randrange(1, 3000))
    # where only a few bits of the pixels changed, it is another image
    return Hostile(image, data, DEFLATED)


def byte_order(r, n):
    image = Image(r)
    if n % 2:
        data, syntax = image.encode(big=True), r.choice((EXPLICIT, IMPLICIT))
    else:
        data, syntax = image.encode(), BIG
    if n % 3 == 0:  # it changes in the middle
        other = Image(r).encode(big=n % 2 == 0)
        data = data[:r.randrange(100, 500) & ~1] + other[300:]
    return Hostile(image, data, syntax)


def implicit_or_explicit(r, n):
    image = Image(r)
    tags = sorted(image.elements)
    if n % 3 == 0:
        data, syntax = image.encode(implicit=True), r.choice((EXPLICIT, BIG))
    elif n % 3 == 1:
        data, syntax = image.encode(), IMPLICIT
    else:
        at = r.randrange(1, len(tags))
        data = image.encode(n % 2 == 0, tags=tags[:at]) + image.encode(
            n % 2 == 1, tags=tags[at:])
        syntax = IMPLICIT if n % 2 == 0 else EXPLICIT
    return Hostile(image, data, syntax)


UIDS = ("../../../../tmp/osteon", "/tmp/osteon", "..", ".", "1.2.;touch x",
        "1." + "2" * 63, "1." + "2" * 200, "1.2\0.3", "1.02.3", "1..2", ".1.2",
        "1.2.", "", "1.2.3_4", "1.2.3 4", "%s%n%x", "1.2.\xe4", "a.b.c",
        "1.2.3\\1.2.4", "-1.2", "1.2.3\n", "'; DROP TABLE job;--")


def uids(r, n):
    image, uid = Image(r), UIDS[n % len(UIDS)]
    tag = (0x00080018, 0x0020000D, 0x0020000E, 0x00080016)[n // len(UIDS) % 4]
    image.put(tag, "UI", uid)
    made = Hostile(image, image.encode())
    if tag == 0x00080018 and r.random() < .7 and uid.isascii():
        made.sop_uid = uid[:64]  # in the command as well
    return made


def identity(r, n):
    """UIDs that are missing, and a command that tells of another object."""
    image = Image(r)
    kind = n % 6
    if kind < 4:
        image.drop((0x00080016, 0x00080018, 0x0020000D, 0x0020000E)[kind])
    made = Hostile(image, image.encode())
    if kind == 4:
        made.sop_uid = "2.25.%d" % r.getrandbits(100)
    elif kind == 5:
        image.put(0x00080016, "UI", r.choice((
            "1.2.840.10008.5.1.4.1.1.2", "1.2.840.10008.1.1",
            "1.2.840.10008.5.1.4.1.1.88.33", "1.2.3")))
        made.data = image.encode()
    return made


def sizes(r, n):
    image = Image(r, film=n % 2 == 0)
    rows, columns, frames = r.choice((
        (65535, 65535, None), (46341, 46341, None), (0, 100, None),
        (100, 0, None), (1, 1, None), (32768, 2, 65536),
        (None, None, "2147483647"), (None, None, "-1"), (None, None, "0"),
        (None, None, "99999999999"), (None, None, "2"), (None, None, "1.5"),
        (None, None, "1e9"), (65535, 65535, "65535")))
    vr = "UL" if n % 7 == 3 else "US"
    if rows is not None:
        image.put(0x00280010, vr, rows).put(0x00280011, vr, columns)
    if frames is not None:
        image.put(0x00280008, "IS", str(frames))
    if n % 7 == 5:
        image.put(0x00280002, "US", r.choice((0, 3, 4, 65535)))
    if n % 7 == 6:
        image.put(0x00280100, "US", r.choice((0, 1, 7, 12, 32, 64, 65535)))
        image.put(0x00280101, "US", r.choice((0, 17, 65535)))
    return Hostile(image, image.encode())


def look_up_tables(r, n):
    image = Image(r, film=n % 2 == 0)
    depth = r.choice((8, 16, 0, 255))
    entries = r.choice((0, 1, 255, 65535))
    table = r.randbytes(r.choice((0, 2, 16, 510)))
    if n % 3 == 0:  # palette color
        image.put(0x00280004, "CS", "PALETTE COLOR")
        for k in (1, 2, 3):
            image.put(0x00281100 + k, "US", struct.pack(
                "<HHH", entries, r.getrandbits(16), depth))
            image.put(0x00281200 + k, "OW", table)
    else:  # modality LUT or VOI LUT
        item = head(0x00283002, "US", 6) + struct.pack(
            "<HHH", entries, r.getrandbits(16), depth)
        item += head(0x00283006, "OW", len(table)) + table
        tag = 0x00283000 if n % 3 == 1 else 0x00283010
        image.raw(tag, head(tag, "SQ", UNDEFINED) + ITEM + item + ENDS)
        if n % 6 == 2:  # or the rescale that goes with neither
            image.put(0x00281052, "DS", r.choice(("NaN", "1e308", "")))
            image.put(0x00281053, "DS", r.choice(("inf", "0", "-1e308")))
    return Hostile(image, image.encode(), numbers="any")


def run_lengths(r, n):
    """RLE: segment counts and offsets that lead out of the fragment."""
    image = Image(r, film=n % 4 == 0)
    offsets = [64] + [r.choice((0, 1, 63, 65, 0x7FFFFFFF, 0xFFFFFFFF, 0x80000000,
                                r.getrandbits(12))) for _ in range(14)]
    segments = r.choice((0, 1, 2, 15, 16, 255, 0xFFFFFFFF))
    if n % 3 == 0:
        offsets[0] = offsets[1]
    body = struct.pack("<16I", segments, *offsets)
    body += r.choice((b"", b"\x80" * 10, b"\x7f", b"\x81\0" * 900,
                      r.randbytes(600)))
    if n % 5 == 0:
        body = body[:r.randrange(64)]
    table = b"" if n % 2 else struct.pack("<I", r.getrandbits(32))
    if n % 7 == 0:
        image.put(0x00280010, "US", 65535).put(0x00280011, "US", 65535)
    return Hostile(image, image.fragments(body + b"\0" * (len(body) % 2),
                                          table=table).encode(), RLE)


def jpeg(r, rows=32, columns=32):
    """The start of a baseline JPEG: it never comes to an end."""
    return (b"\xff\xd8\xff\xdb\0\x43\0" + bytes(range(1, 65)) +
            b"\xff\xc0\0\x0b\x08" + struct.pack(">HH", rows, columns) +
            b"\1\1\x11\0" + b"\xff\xc4\0\x14\0\1" + bytes(15) + b"\0" +
            b"\xff\xda\0\x08\1\1\0\0\x3f\0" + r.randbytes(50))


def codestreams(r, n):
    """JPEG and its kin, cut short, damaged, never ending, or not there."""
    image = Image(r, film=n % 4 == 0)
    syntax = (JPEG, JPEG12, LOSSLESS, JPEG_LS, JPEG_2000)[n % 5]
    stream = jpeg(r, *r.choice(((32, 32), (65535, 65535), (0, 0))))
    if syntax == JPEG_2000:
        stream = (b"\xff\x4f\xff\x51\0\x29\0\0" + struct.pack(
            ">8I", *(r.choice((32, 0, 0xFFFFFFFF, 65535)) for _ in range(8))) +
            b"\0\1\7\1\1" + r.randbytes(60))
    elif syntax == JPEG_LS:
        stream = stream.replace(b"\xff\xc0", b"\xff\xf7")
    kind = n % 7
    if kind == 0:  # TEM, which has no length (T.81 B.1.1.3)
        stream = b"\xff\xd8" + b"\xff\x01" * r.choice((1, 2, 300)) + bytes(400)
    elif kind == 1:
        stream = stream[:r.randrange(2, len(stream))]
    elif kind == 2:
        stream = b"\xff" * r.choice((2, 600))
    elif kind == 3:
        stream = r.randbytes(200)
    stream += b"\0" * (len(stream) % 2)
    if kind == 4:  # no fragment at all
        image.fragments()
    elif kind == 5:  # not encapsulated
        pass
    elif kind == 6:  # not even the offset table
        image.raw(PIXELS, head(PIXELS, "OB", UNDEFINED) + ENDS[8:])
    else:
        image.fragments(stream, table=r.choice((b"", r.randbytes(4),
                                                r.randbytes(400))))
    return Hostile(image, image.encode(), syntax)


def strange_groups(r, n):
    """What belongs to commands and meta headers; private blocks that clash."""
    image = Image(r)
    kind = n % 5
    if kind == 0:
        image.put(0x00000002, "UI", "1.2.3").put(0x00000100, "US", 1)
    elif kind == 1:
        image.raw(0x00020000, head(0x00020000, "UL", 4) + b"\xff\xff\xff\x7f" +
                  head(0x00020010, "UI", 18) + BIG[:18].encode())
    elif kind == 2:
        image.raw(0x00020102, head(0x00020102, "SQ", UNDEFINED) + ITEM + ENDS)
    elif kind == 3:
        for block in range(0x10, 0x100):
            image.put(0x00090000 + block, "LO", r.choice((
                "OSTEON", "OTHER", "OSTEON ", "")))
            image.put(0x00090000 + block * 256, "OB", r.randbytes(8))
    else:
        image.raw(0xFFFEE000 + r.choice((0, 0xD, 0xDD, 0x100)), head(
            0xFFFEE000, "", 0, implicit=True))
        image.put(0xFFFFFFFF, "UN", b"end!")
    data = image.encode()
    if kind == 1 and n % 2:  # a whole file where a data set is due
        data = bytes(128) + b"DICM" + data
    return Hostile(image, data)


TEXTS = ("\x1b[2J\x1b[31mred", "a\nevent=ready", "a\r\n\r\n", "%s%s%s%n%n%x",
         "'); DROP TABLE job;--", "\" OR 1=1 --", "${HOME}`id`$(id)", "\0\0\0",
         "A" * 60000, "\xff\xfe\xfd", "\x1b$B\x1b(J\x1b", "<!DOCTYPE x [<!ENTITY",
         "^" * 64, "=" * 64, "\\" * 3000, "\x80\x81", "{\"a\": [", "\x7f\x08\x08")
CHARSETS = ("ISO_IR 100", "ISO_IR 192", "ISO 2022 IR 87", "GB18030", "NONSENSE",
            "\\ISO 2022 IR 149\\ISO 2022 IR 13", "ISO_IR 192\\ISO_IR 100",
            "\x1b[2J", "%n%n", "\\" * 500, "ISO_IR 138", "A" * 1000)


def texts(r, n):
    image, text = Image(r), TEXTS[n % len(TEXTS)]
    image.put(0x00080005, "CS", r.choice(CHARSETS))
    for tag, vr in ((0x00100010, "PN"), (0x00100020, "LO"), (0x00081030, "LO"),
                    (0x0008103E, "LO"), (0x00080050, "SH"), (0x00180015, "CS"),
                    (0x00100030, "DA"), (0x00080030, "TM"), (0x00200010, "SH"),
                    (0x00080090, "PN"), (0x00080060, "CS"), (0x00200013, "IS")):
        if r.random() < .5:
            image.put(tag, vr, text)
    return Hostile(image, image.encode())


NUMBERS = ("NaN\\NaN", "1e999\\1e999", "0,5\\0,5", "0\\0", "-1\\-1", "0.5", "",
           "1\\1\\1", "inf\\inf", "0x10\\0x10", "1e-320\\1e-320", "1\\", "\\1",
           "1 1", "+-1\\1", "1e308\\1e308", "nan(0)\\1", "1\0.43\\1\0.43", "\\\\\\\\",
           "1" * 60 + "\\1", "1.1.1\\1.1.1", "--\\--", "1;DROP\\1", "%d\\%d")


def spacings(r, n):
    image = Image(r, film=True).drop(0x00280030)
    for tag in ((0x00280030,), (0x00181164,), (0x00280030, 0x00181164))[n % 3]:
        image.put(tag, "DS", NUMBERS[n // 3 % len(NUMBERS)])
    image.put(0x00181114, "DS", r.choice(NUMBERS))
    return Hostile(image, image.encode(), numbers="no mm")


CLASSES = (nesting, counts, lengths, truncation, undefined,
           value_representations, odd_lengths, order, deflated, byte_order,
           implicit_or_explicit, uids, identity, sizes, look_up_tables,
           run_lengths, codestreams, strange_groups, texts, spacings)


def make(number, n, seed):
    """The n-th object of a class; always the same for one seed."""
    return CLASSES[number](random.Random(f"{seed} {number} {n}"), n)
