# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""Writes the images that GlyphEngine's decoders are checked against, with Pillow as reference.

    python3 Tools/reference/image_fixtures.py            # writes Tests/GlyphEngineTests/Fixtures

Each image comes with a `.pixels` file: what Pillow decodes, as RGB bytes; transparency laid over white.
"""

import hashlib
import json
import pathlib
import random

import PIL
from PIL import Image

PINNED = "13.0.0"
FIXTURES = pathlib.Path(__file__).parents[2] / "Tests/GlyphEngineTests/Fixtures"


def picture(mode: str, size=(37, 23)) -> Image.Image:
    """Smooth shades with some noise, so that every coefficient of a block is used."""
    rng = random.Random(7)
    bands = len(mode)
    pixels = bytes(
        min(255, max(0, 6 * x + 3 * y + 40 * band + rng.randrange(-30, 30)))
        for y in range(size[1])
        for x in range(size[0])
        for band in range(bands)
    )
    return Image.frombytes(mode, size, pixels)


def over_white(image: Image.Image) -> bytes:
    """Rounds (colour × alpha + 255 × (255 - alpha)) / 255 to the nearest whole number."""
    if image.mode != "RGBA":
        return image.convert("RGB").tobytes()
    data = image.tobytes()
    return bytes(
        (data[i + band] * data[i + 3] + 255 * (255 - data[i + 3]) + 127) // 255
        for i in range(0, len(data), 4)
        for band in range(3)
    )


def interlaced_png(image: Image.Image) -> bytes:
    """Adam7 by hand: Pillow reads it and does not write it."""
    import struct
    import zlib

    width, height = image.size
    pixels = image.tobytes()
    rows = b""
    for x0, y0, dx, dy in [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]:
        for y in range(y0, height, dy):
            row = b"".join(pixels[3 * (y * width + x) : 3 * (y * width + x) + 3] for x in range(x0, width, dx))
            if row:
                rows += b"\0" + row

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 1)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def main() -> None:
    if PIL.__version__ != PINNED:
        print(f"note: Pillow {PIL.__version__} instead of {PINNED}")
    FIXTURES.mkdir(parents=True, exist_ok=True)
    picture("L").save(FIXTURES / "grey.jpg", quality=90)
    picture("RGB").save(FIXTURES / "rgb.jpg", quality=90, subsampling=2)
    picture("RGB").save(FIXTURES / "progressive.jpg", quality=80, progressive=True, subsampling=0)
    picture("RGB").save(FIXTURES / "lossless.webp", lossless=True)
    picture("RGBA").save(FIXTURES / "alpha.webp", lossless=True, exact=True)
    (FIXTURES / "interlaced.png").write_bytes(interlaced_png(picture("RGB")))
    names = ["grey.jpg", "rgb.jpg", "progressive.jpg", "lossless.webp", "alpha.webp", "interlaced.png"]
    for name in names:
        with Image.open(FIXTURES / name) as image:
            (FIXTURES / f"{name}.pixels").write_bytes(over_white(image))
    files = sorted(path for path in FIXTURES.iterdir() if path.name != "MANIFEST.json")
    manifest = {
        "written by": "Tools/reference/image_fixtures.py",
        "Pillow": PIL.__version__,
        "sha256": {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
    }
    (FIXTURES / "MANIFEST.json").write_text(json.dumps(manifest, indent=1) + "\n")


if __name__ == "__main__":
    main()
