# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""Write the fixtures of Tests/GlyphRasterTests: small reference pages and what else the tests compare with.

    page_fixtures.py                              write pages, numbers and resampled images, and MANIFEST.json
    page_fixtures.py --fonts TINOS.ttf DROID.ttf  first cut the two fixture fonts anew

The fonts are subsets so that pages in a second Latin font and in Chinese need nothing installed. Sources: Tinos-Italic
of Debian's fonts-croscore 20201225-1 (OFL 1.1) and DroidSansFallbackFull of fonts-droid-fallback (Apache-2.0).
Everything here is deterministic: a second run changes no byte.
"""

import argparse
import hashlib
import io
import json
import os
import pathlib
import random
import shutil

import numpy as np
from PIL import Image
from reportlab.lib.rl_accel import fp_str

import pages

ROOT = pathlib.Path(__file__).resolve().parents[2]
FIXTURES = ROOT / "Tests/GlyphRasterTests/Fixtures"
LARGEST_IMAGE = 32 * 1024
LARGEST_FONT = 64 * 1024
LARGEST_TOTAL = 600 * 1024

# Paths in the configurations start at the root of the repository.
SANS = "Sources/GlyphTypeset/Resources/Fonts/DejaVuSans.ttf"
MONO = "Sources/GlyphTypeset/Resources/Fonts/DejaVuSansMono.ttf"
ITALIC = "Tests/GlyphRasterTests/Fixtures/fonts/TestItalic.ttf"
CHINESE = "Tests/GlyphRasterTests/Fixtures/fonts/TestChinese.ttf"

PROSE = (
    "The harbour woke before the town did. Gulls argued over the fish crates, a bell rang twice, and the first "
    "ferry drew a long grey line across the bay. Nobody on the quay looked up: they had seen ten thousand mornings, "
    "and each had begun just like this one, with rope, salt and quiet jokes."
)
HAN = (
    "清晨的港口比小城醒得更早。海鸥在鱼箱上方争吵，钟声响了两下，第一班渡船在海面画出一条长长的灰线。"
    "码头上没有人抬头：这样的早晨他们见过一万次，每一次都是这样开始的——绳子、盐（salt）和轻声的玩笑。"
    "“今天有雾。”老人说，价格是￥12.50！《海图》第3页写着 English words 和数字 3.14159。"
)


def lines(count, width=34):
    """Short source lines, of which every seventh is empty."""
    words = PROSE.split()
    result, at = [], 0
    for number in range(count):
        line = ""
        while number % 7 != 6 and len(line) < width:
            line += words[at % len(words)] + " "
            at += 1
        result.append(line.strip())
    return "\n".join(result)


def cases():
    """Name → (keys that differ from the base configuration, text)."""
    red = '<font color="#FF0000"> \\n </font>'
    dark = {"page-bg-color": "#1E1E1E", "para-bg-color": "#2D2A2E", "font-color": "#E6E6E6"}
    box = {"left-indent": 14, "right-indent": 12.5, "border-padding": 3.5}
    cjk = {"font-path": CHINESE, "font-size": 10, "line-height": 12}
    crop = {"auto-crop-width": True, "auto-crop-last-page": True}
    return {
        "left": ({"alignment": "LEFT"}, PROSE),
        "right-indented": ({"alignment": "RIGHT", "left-indent": 20.25, "right-indent": 15.5}, PROSE),
        "center": ({"alignment": "CENTER"}, PROSE + "\n" + lines(5)),
        "justify-first-line": ({"first-line-indent": 18.5}, PROSE + "\n" + PROSE),
        "empty-first-line": (
            {"page-size": "120,150", "font-size": 10, "line-height": 11, "first-line-indent": 85, "alignment": "LEFT"},
            "abc def ghi " * 4),
        "hanging-indent": ({"first-line-indent": -8, "left-indent": 16}, PROSE),
        "spacing": ({"page-size": "150,400", "space-before": 7.5, "space-after": 4, "alignment": "LEFT"}, lines(65, 10)),
        "border-thin": (box | {"border-width": 0.5, "para-border-color": "#000000"}, PROSE),
        "border-thick": (box | {"page-size": "200,250", "border-width": 3.3, "para-border-color": "#00AA55"}, lines(33, 20)),
        "border-inverted": (
            {"left-indent": 90, "right-indent": 85, "border-width": 1, "para-border-color": "#FF0000"}, "a b ccc d"),
        "dark": (dark | {"alignment": "LEFT"} | crop, PROSE),
        "dark-page-edge": (dark | {"page-size": "200.4,150.6", "dpi": 100, "alignment": "LEFT"}, "Edge of the page"),
        "background-over-descenders": (
            {"page-size": "120,250", "para-bg-color": "#F0F0E0", "font-size": 12, "line-height": 10, "font-color": "#123456"},
            "\n".join(["gypq jgypq"] * 31 + ["gypq jgypq over"])),
        # The newline behind the 30th line begins a paragraph without lines, whose box has no height.
        "flat": ({"page-size": "120,350", "alignment": "LEFT"}, "gypsy\n" * 30),
        "flat-background": ({"page-size": "120.3,350", "para-bg-color": "#2D2A2E", "font-color": "#E6E6E6"}, "gypsy\n" * 30),
        "flat-border": ({"page-size": "120,350", "border-width": 1, "para-border-color": "#FF0000"}, "gypsy\n" * 30),
        "flat-border-fraction": (
            {"page-size": "120,350", "dpi": 100, "margin-y": 9.3, "left-indent": 5.3, "border-width": 1.5,
             "para-border-color": "#00AA55", "para-bg-color": "#F0F0E0"}, "gypsy\n" * 30 + "\n"),
        "no-break-spaces": ({}, "a\u00a0b\u00a0\u00a0c " + PROSE.replace(" ", "\u00a0", 9) + " \u00a0 x\u00a0 end\n  two"),
        "space-runs": ({}, "    indented  by   four\n" + PROSE.replace(" ", "   ", 12) + "   \n   "),
        "tabs": ({"alignment": "LEFT"}, "\tone\ttab\n\t\ttwo\f\v\x1f control\u2003em\u3000ideographic\n" + PROSE[:120]),
        "entities": ({}, "if (a < b && c > d) { x &= ~y; } <b>&amp;</b> &nbsp; &#65; " + PROSE[:150] + " a&b<c>d"),
        "invisible": ({"alignment": "LEFT"}, "soft\u00adhyphen zero\u200bwidth joiner\u200dmark \ufeffbom " + PROSE[:90] + " \u00ad two \u200b \u00ad three"),
        "red-newlines": ({"newline-markup": red, "alignment": "LEFT"}, lines(40, 18)),
        "red-newlines-justified": ({"newline-markup": red, "font-color": "#102040"}, lines(34, 50)),
        "plain-newlines": ({"newline-markup": " / "}, lines(20, 30)),
        "blank-newlines": ({"newline-markup": '<font color="#FF0000">a \t\n\u2003 b\u00a0</font>'}, lines(9, 20)),
        "scale-075": ({"horizontal-scale": 0.75}, PROSE),
        "scale-colour": (dark | {"horizontal-scale": 0.83, "font-color": "#FFCC00"}, PROSE),
        "dpi-96": ({"dpi": 96}, PROSE),
        "dpi-120": ({"dpi": 120, "alignment": "LEFT"} | crop, PROSE[:180]),
        "dpi-144": ({"dpi": 144, "alignment": "RIGHT"} | crop, PROSE[:150]),
        "fractional-sizes": (
            {"font-size": 7.3, "line-height": 8.9, "margin-x": 12.5, "margin-y": 9.75, "page-size": "205.28,141.89"}, PROSE),
        "whole-pixels": ({"font-size": 30, "line-height": 34, "alignment": "LEFT"}, "Large glyphs stay on pixels"),
        "missing-glyphs": ({"alignment": "LEFT"}, "é ü ñ Ω ж — “quoted” \u0e01\U0001F600\ue000 \u3400 done"),
        "long-words": ({}, "start " + "abcdefgh&ijklmnop" * 12 + " middle " + "W" * 90 + "\n" + "x" * 400),
        "split-after-break": ({"alignment": "LEFT"}, lines(26, 20)),
        "orphan": ({"alignment": "LEFT", "page-size": "130,342"}, lines(30, 12) + "\n" + lines(12, 12)),
        "crop": ({"alignment": "LEFT"} | crop, "Short\nlines\n\nonly"),
        "crop-empty": (crop, ""),
        "crop-fraction": ({"alignment": "LEFT", "margin-x": 12.5, "margin-y": 11.5} | crop, "Half pixels"),
        "blank-lines": ({}, "\n\n\nfirst\n\n\n" + " \n" * 4 + "last\n"),
        "carriage-returns": ({"alignment": "LEFT"}, "one\r\ntwo\rthree\n\r\nfour"),
        "mono": ({"font-path": MONO, "alignment": "LEFT"}, "def page(n):\n    if n == 0:\n\t\treturn 1\n    return n * page(n - 1)\n"),
        "italic": ({"font-path": ITALIC, "font-size": 11, "line-height": 12.5}, PROSE),
        "italic-long": ({"font-path": ITALIC, "font-size": 8.5, "alignment": "CENTER"}, PROSE.replace(" ", "_")),
        "chinese": (cjk | {"page-size": "200,120"}, HAN + "\n" + HAN),
        "chinese-left": (cjk | {"page-size": "200,120", "alignment": "LEFT"} | crop, HAN + "\n\n" + HAN[:60]),
        "chinese-centered": (cjk | {"alignment": "CENTER", "first-line-indent": 20}, HAN[:100] + "\n" + HAN[5:90]),
        "chinese-red": (cjk | {"newline-markup": red, "font-size": 9.5}, "\n".join(HAN[i : i + 17] for i in range(0, 120, 17))),
    }


def base():
    return {
        "page-size": "200,150", "dpi": 72, "margin-x": 10, "margin-y": 10, "font-path": SANS, "font-size": 9,
        "line-height": 10, "alignment": "JUSTIFY",
    }


def png(image):
    """The image as a small PNG file: grey when it is, without anything but pixels."""
    image = image.convert("RGB")
    channels = np.array(image)
    if (channels == channels[:, :, :1]).all():
        image = image.convert("L")
    file = io.BytesIO()
    image.save(file, "PNG", optimize=True)
    return file.getvalue()


def write_pages():
    os.chdir(ROOT)
    for name, (changes, text) in cases().items():
        folder = FIXTURES / "official" / name
        folder.mkdir(parents=True)
        config = base() | changes
        (folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")
        (folder / "text.txt").write_bytes(text.encode())
        drawn = pages.pages(pages.read_text(folder / "text.txt"), config)
        assert len(drawn) <= 5, f"{name} has {len(drawn)} pages"
        for number, page in enumerate(drawn, 1):
            data = png(page)
            assert len(data) <= LARGEST_IMAGE, f"{name} page {number} has {len(data)} bytes"
            (folder / f"page_{number:03d}.png").write_bytes(data)


def write_numbers():
    """Numbers as reportlab prints them into a PDF file."""
    generator = random.Random(5)
    values = [0, 1, -1, 0.5, -0.5, 1e-7, 1.1e-7, -1.1e-7, 4e-7, 5e-7, 1e-6, 0.1 + 0.2, 1 / 3, -2 / 3, 0.9999999, 1.0000001]
    values += [9.999995, 9.9999995, 99.99995, 999.9995, 9999.995, 99999.95, 999999.5, 123456.789, 1e6, 12345678.9, 1e9]
    values += [10.0, 100.0, 1000.0, 10000.0, 100000.0, 595.275590551181, 841.8897637795275, 2.675, 0.05, 100.05, 0.30000004]
    for exponent in range(-8, 7):
        values += [generator.uniform(-1, 1) * 10**exponent for _ in range(24)]
    rows = [[value, fp_str(value)] for value in values]
    (FIXTURES / "numbers.json").write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")


def write_resampled():
    """Noise and a ramp, resampled by Pillow to other widths."""
    folder = FIXTURES / "resampled"
    folder.mkdir()
    generator = np.random.default_rng(9)
    noise = generator.integers(0, 256, (7, 41, 3), dtype=np.uint8)
    steps = np.repeat(np.array([0, 255, 0, 255, 128], dtype=np.uint8), 9)[None, :].repeat(5, axis=0)
    for name, image in (("noise", Image.fromarray(noise)), ("steps", Image.fromarray(steps))):
        image.save(folder / f"{name}.png")
        for width in (1, 13, 30, image.width - 1, image.width + 6, image.width * 3):
            image.resize((width, image.height)).save(folder / f"{name}.{width}.png")


def rename(font, name):
    """Gives a cut font a name of its own, keeping copyright and licence."""
    table = font["name"]
    table.names = [n for n in table.names if n.nameID in (0, 7, 13, 14) and n.platformID == 3]
    for identifier, value in ((1, name), (2, "Regular"), (3, name), (4, name), (6, name.replace(" ", ""))):
        table.setName(value, identifier, 3, 1, 0x409)


def cut_font(source, target, characters, name):
    from fontTools import subset

    options = subset.Options(
        hinting=False, notdef_outline=True, glyph_names=False, layout_features=[], name_IDs=["*"], recalc_timestamp=False)
    options.drop_tables += ["GSUB", "GPOS", "GDEF", "kern", "vhea", "vmtx", "DSIG", "FFTM", "meta"]
    font = subset.load_font(source, options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=map(ord, characters))
    cutter.subset(font)
    rename(font, name)
    subset.save_font(font, target, options)
    assert target.stat().st_size <= LARGEST_FONT, f"{target} has {target.stat().st_size} bytes"


def cut_fonts(tinos, droid):
    ascii_characters = {chr(code) for code in range(0x20, 0x7F)}
    folder = FIXTURES / "fonts"
    folder.mkdir(parents=True, exist_ok=True)
    cut_font(tinos, folder / "TestItalic.ttf", ascii_characters | set("\u00a0é—’“”"), "Glyph Test Italic")
    cut_font(droid, folder / "TestChinese.ttf", ascii_characters | set(HAN), "Glyph Test Chinese")


def write_manifest():
    files = sorted(path for path in FIXTURES.rglob("*") if path.is_file() and path.name != "MANIFEST.json")
    total = sum(path.stat().st_size for path in files)
    assert total <= LARGEST_TOTAL, f"the fixtures have {total} bytes"
    manifest = {
        "command": "python Tools/reference/page_fixtures.py",
        "versions": pages.versions(),
        "sha256": {str(path.relative_to(FIXTURES)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files},
    }
    (FIXTURES / "MANIFEST.json").write_text(json.dumps(manifest, indent=1) + "\n")
    print(json.dumps({"cases": len(cases()), "files": len(files), "bytes": total}))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--fonts", nargs=2, metavar=("TINOS", "DROID"), help="cut the fixture fonts from these files")
    arguments = parser.parse_args()
    pages.check_versions()
    if arguments.fonts:
        cut_fonts(*arguments.fonts)
    for name in ("official", "resampled"):
        shutil.rmtree(FIXTURES / name, ignore_errors=True)
    write_pages()
    write_numbers()
    write_resampled()
    write_manifest()


if __name__ == "__main__":
    main()
