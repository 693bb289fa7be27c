#!/usr/bin/python3
"""Store a radiograph another way: reshape.py IN.dcm OUT.dcm HOW...

Each HOW is applied in turn to the pixels and to the attributes that speak of
them; what the picture shows of the patient stays the same:

  bits=N            N bits stored, in 8 or 16 allocated
  invert            MONOCHROME1 becomes MONOCHROME2 and the other way round
  frame=W,V         a frame W pixels wide of stored value V (lo, hi: what is
                    shown black, white), with noise of 1 in 500
  margin=L,T,R,B,V  so many plain columns and rows left, above, right, below,
                    of stored value V: lo, hi as above, or a share of the range
  frames=N,I        N frames, the film being number I; with a third word,
                    RepresentativeFrameNumber says so
  aspect            PixelAspectRatio instead of spacing
  flip-x flip-y transpose   PatientOrientation, spacing and pixels alike
  scale=F[,G]       F times the rows, G (default F) times the columns, by area

IN.dcm is a single-frame, uncompressed, grey image of the transfer syntax
Explicit VR Little Endian.  Uses dcmtk's dcmdump and dcmodify.
"""

import array
import glob
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile

OPPOSITE = dict(zip("RLAPHF", "LRPAFH"))
SPACINGS = ("PixelSpacing", "ImagerPixelSpacing")


class Film:
    """Rows of stored values, and the attributes that go with them."""

    def __init__(self, path):
        names = ["Rows", "Columns", "BitsAllocated", "BitsStored",
                 "PhotometricInterpretation", "PatientOrientation", *SPACINGS]
        text = subprocess.run(
            ["dcmdump", path] + [word for name in names
                                 for word in ("+P", name)],
            stdout=subprocess.PIPE, check=True).stdout.decode()
        self.tags, self.remove = {}, []
        self.count, self.shown, self.other = 1, 1, None
        for line in text.splitlines():
            found = re.match(r"\S+ .. (?:\[(.*?)\]|(\S+)).* (\w+)$", line)
            if found:
                self.tags.setdefault(found.group(3),
                                     found.group(1) or found.group(2))
        self.bits = int(self.tags["BitsStored"])
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run(["dcmdump", "+W", folder, path], check=True,
                           stdout=subprocess.DEVNULL)
            with open(glob.glob(folder + "/*.raw")[0], "rb") as raw:
                data = raw.read()
        wide = int(self.tags["BitsAllocated"]) == 16
        values = array.array("H" if wide else "B")
        rows, columns = int(self.tags["Rows"]), int(self.tags["Columns"])
        size = rows * columns * values.itemsize
        values.frombytes(data[:size])
        self.rows = [list(values[r * columns:(r + 1) * columns])
                     for r in range(rows)]

    @property
    def most(self):
        return (1 << self.bits) - 1

    def _swap_pairs(self):
        for name in (*SPACINGS, "PatientOrientation"):
            if name in self.tags:
                first, second = self.tags[name].split("\\")
                self.tags[name] = second + "\\" + first

    def _oppose(self, which):
        ways = self.tags["PatientOrientation"].split("\\")
        ways[which] = "".join(OPPOSITE[c] for c in ways[which])
        self.tags["PatientOrientation"] = "\\".join(ways)

    def store_bits(self, bits):
        factor = ((1 << bits) - 1) / self.most
        self.rows = [[int(v * factor + 0.5) for v in row] for row in self.rows]
        self.bits = bits

    def invert(self):
        most = self.most
        self.rows = [[most - v for v in row] for row in self.rows]
        two = self.tags["PhotometricInterpretation"] == "MONOCHROME2"
        self.tags["PhotometricInterpretation"] = ("MONOCHROME1" if two
                                                  else "MONOCHROME2")
        self.tags["PresentationLUTShape"] = "INVERSE" if two else "IDENTITY"

    def frame(self, width, value):
        one = self.tags["PhotometricInterpretation"] == "MONOCHROME1"
        most, noise = self.most, random.Random(1)
        level = most if (value == "hi") != one else 0
        spread = most // 500

        def border(n):
            return [min(most, max(0, level + noise.randint(-spread, spread)))
                    for _ in range(n)]
        columns = len(self.rows[0]) + 2 * width
        self.rows = ([border(columns) for _ in range(width)] +
                     [border(width) + row + border(width)
                      for row in self.rows] +
                     [border(columns) for _ in range(width)])

    def margin(self, left, top, right, bottom, value):
        one = self.tags["PhotometricInterpretation"] == "MONOCHROME1"
        shown = float({"lo": 0, "hi": 1}.get(value, value))
        level = round(self.most * (1 - shown if one else shown))
        columns = left + len(self.rows[0]) + right
        self.rows = ([[level] * columns for _ in range(top)] +
                     [[level] * left + row + [level] * right
                      for row in self.rows] +
                     [[level] * columns for _ in range(bottom)])

    def aspect(self):
        self.remove = [name for name in SPACINGS if name in self.tags]
        spacings = [self.tags.pop(name) for name in self.remove]
        row, column = map(float, spacings[0].split("\\"))
        self.tags["PixelAspectRatio"] = (f"{round(row * 1e6)}\\"
                                         f"{round(column * 1e6)}")

    def frames(self, count, shown, said):
        self.other = [row[::-1] for row in self.rows[::-1]]
        self.count, self.shown = count, shown
        self.tags["NumberOfFrames"] = count
        self.tags["SOPClassUID"] = (  # multi-frame byte or word capture
            "1.2.840.10008.5.1.4.1.1.7." + ("3" if self.bits > 8 else "2"))
        if said:
            self.tags["RepresentativeFrameNumber"] = shown

    def flip_x(self):
        self.rows = [row[::-1] for row in self.rows]
        self._oppose(0)

    def flip_y(self):
        self.rows.reverse()
        self._oppose(1)

    def transpose(self):
        self.rows = [list(row) for row in zip(*self.rows)]
        self._swap_pairs()

    def scale(self, down, across):
        self.rows = _resize(self.rows, down)
        self.rows = [list(row) for row in
                     zip(*_resize(list(zip(*self.rows)), across))]
        for name in SPACINGS:
            if name in self.tags:
                row, column = map(float, self.tags[name].split("\\"))
                self.tags[name] = f"{row / down:.8g}\\{column / across:.8g}"

    def save(self, template, path):
        wide = self.bits > 8
        values = array.array("H" if wide else "B")
        for number in range(1, self.count + 1):
            for row in self.rows if number == self.shown else self.other:
                values.extend(row)
        if values.itemsize * len(values) % 2:
            values.append(0)
        self.tags.update(Rows=len(self.rows), Columns=len(self.rows[0]),
                         BitsAllocated=16 if wide else 8, BitsStored=self.bits,
                         HighBit=self.bits - 1)
        shutil.copyfile(template, path)
        with tempfile.NamedTemporaryFile(suffix=".raw") as raw:
            raw.write(values.tobytes())
            raw.flush()
            command = ["dcmodify", "-nb", "-q", "-gin"]
            for name in ("WindowCenter", "WindowWidth", *self.remove):
                command += ["-ea", name]
            for name, value in self.tags.items():
                command += ["-i", f"{name}={value}"]
            subprocess.run(command + ["-if", f"PixelData={raw.name}", path],
                           check=True, stderr=subprocess.DEVNULL)


def _resize(rows, factor):
    """Rows by the area that each new one covers of the old ones."""
    n = round(len(rows) * factor)
    step, out = len(rows) / n, []
    for i in range(n):
        low, high = i * step, (i + 1) * step
        parts = [(min(high, r + 1) - max(low, r), rows[r])
                 for r in range(int(low), min(len(rows), int(high) + 1))
                 if min(high, r + 1) - max(low, r) > 1e-9]
        total = sum(weight for weight, _ in parts)
        out.append([int(sum(weight * row[c] for weight, row in parts) / total
                        + 0.5) for c in range(len(rows[0]))])
    return out


def apply(film, how):
    name, _, value = how.partition("=")
    words = value.split(",")
    if name == "bits":
        film.store_bits(int(value))
    elif name == "frame":
        film.frame(int(words[0]), words[1])
    elif name == "margin":
        film.margin(*map(int, words[:4]), words[4])
    elif name == "frames":
        film.frames(int(words[0]), int(words[1]), len(words) > 2)
    elif name == "aspect":
        film.aspect()
    elif name == "scale":
        film.scale(float(words[0]), float(words[-1]))
    elif name in ("invert", "flip-x", "flip-y", "transpose"):
        getattr(film, name.replace("-", "_"))()
    else:
        sys.exit(f"reshape.py: what is {how}?")


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    film = Film(sys.argv[1])
    for how in sys.argv[3:]:
        apply(film, how)
    film.save(sys.argv[1], sys.argv[2])


if __name__ == "__main__":
    main()
