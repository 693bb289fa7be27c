#!/usr/bin/python3
"""Make a picture fit a document: shrink.py IN.png OUT.png MOST_BYTES.

As large as 900 pixels and that many bytes allow; the colors are few.  Needs
Debian's python3-pil."""

import os
import sys

from PIL import Image

SIZES, COLORS = (900, 800, 700, 600, 500, 400), 96


def shrink(source, target, most_bytes):
    page = Image.open(source).convert("RGB")
    for longest in SIZES:
        scale = min(1, longest / max(page.size))
        small = page.resize([max(1, round(n * scale)) for n in page.size],
                            Image.LANCZOS)
        small.quantize(COLORS, dither=Image.Dither.NONE).save(
            target, optimize=True)
        if os.path.getsize(target) <= most_bytes:
            return True
    return False


if __name__ == "__main__":
    sys.exit(0 if shrink(sys.argv[1], sys.argv[2], int(sys.argv[3])) else 1)
