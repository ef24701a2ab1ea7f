# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""Make reference pages: what the published renderer's parts draw for a configuration and a text.

    pages.py CONFIG.json TEXT OUT_DIR

The text becomes reportlab paragraphs, the PDF becomes pixels through poppler, and the pixels are scaled and cropped
as `scripts/word2png_function.py` of thu-coai/Glyph (61afa7f) describes. Glyph's official layout must give the same
pixels. Writes page_001.png, page_002.png … and prints {"pages": n, "seconds": s}.

Needs the pinned packages of requirements.txt and poppler-utils 22.12.
"""

import importlib.metadata
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import time
from xml.sax.saxutils import escape

import numpy as np
from pdf2image import convert_from_bytes
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY, TA_LEFT, TA_RIGHT
from reportlab.lib.styles import ParagraphStyle, getSampleStyleSheet
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import Paragraph, SimpleDocTemplate

PINNED = {"reportlab": "5.1.0", "pdf2image": "1.17.0", "pillow": "13.0.0", "poppler": "22.12.0"}
ALIGNMENTS = {"LEFT": TA_LEFT, "CENTER": TA_CENTER, "RIGHT": TA_RIGHT, "JUSTIFY": TA_JUSTIFY}
LINES_PER_PARAGRAPH = 30
# Pages differ by this many grey levels from their background where there is ink.
INK_TOLERANCE = 5


def versions():
    """The versions that decide what a page looks like."""
    found = {name: importlib.metadata.version(name) for name in PINNED if name != "poppler"}
    shown = subprocess.run(["pdftoppm", "-v"], capture_output=True, text=True, check=True).stderr
    return found | {"poppler": shown.split()[2]}


def check_versions():
    """Stops when the tools are not those whose pages Glyph reproduces."""
    if versions() != PINNED:
        sys.exit(f"reference pages are defined by {PINNED}, found {versions()}")


def pdf(text, config):
    """The document as a PDF file, with every paragraph in one style."""
    font = os.path.abspath(config["font-path"])
    if font not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(font, font))

    def color(key, default="#FFFFFF"):
        return colors.HexColor(config.get(key, default))

    style = ParagraphStyle(
        "body",
        parent=getSampleStyleSheet()["Normal"],
        fontName=font,
        fontSize=config["font-size"],
        leading=config.get("line-height") or config["font-size"] + 1,
        textColor=color("font-color", "#000000"),
        backColor=color("para-bg-color"),
        borderColor=color("para-border-color"),
        borderWidth=config.get("border-width", 0),
        borderPadding=config.get("border-padding", 0),
        firstLineIndent=config.get("first-line-indent", 0),
        leftIndent=config.get("left-indent", 0),
        rightIndent=config.get("right-indent", 0),
        spaceBefore=config.get("space-before", 0),
        spaceAfter=config.get("space-after", 0),
        alignment=ALIGNMENTS[config.get("alignment", "JUSTIFY")],
        wordWrap="CJK" if re.search("[\u4e00-\u9fff]", text) else None,
    )
    text = text.replace("\u00ad", "").replace("\u200b", "")
    text = re.sub(" {2,}", lambda run: "&nbsp;" * len(run.group()), escape(text))
    lines = text.split("\n")
    markup = config.get("newline-markup", "<br/>")
    paragraphs = [lines[i : i + LINES_PER_PARAGRAPH] for i in range(0, len(lines), LINES_PER_PARAGRAPH)]

    size = tuple(float(side) for side in config["page-size"].split(","))
    horizontal, vertical = config.get("margin-x", 20), config.get("margin-y", 20)

    def background(canvas, _):
        canvas.saveState()
        canvas.setFillColor(color("page-bg-color"))
        canvas.rect(0, 0, *size, stroke=0, fill=1)
        canvas.restoreState()

    file = io.BytesIO()
    document = SimpleDocTemplate(
        file,
        pagesize=size,
        leftMargin=horizontal,
        rightMargin=horizontal,
        topMargin=vertical,
        bottomMargin=vertical,
    )
    story = [Paragraph(markup.join(paragraph), style) for paragraph in paragraphs]
    document.build(story, onFirstPage=background, onLaterPages=background)
    return file.getvalue()


def scaled(page, config):
    """The page after `horizontal-scale`."""
    scale = config.get("horizontal-scale", 1.0)
    return page if scale == 1.0 else page.resize((int(page.width * scale), page.height))


def cropped(page, config, is_last):
    """The page after `auto-crop-width` and, for the last page, `auto-crop-last-page`."""
    crops_height = config.get("auto-crop-last-page", False) and is_last
    if not (config.get("auto-crop-width", False) or crops_height):
        return page
    grey = np.array(page.convert("L"))
    ink = np.abs(grey - np.median(grey[:2, :2])) > INK_TOLERANCE
    if not ink.any():
        return page
    if config.get("auto-crop-width", False):
        last = np.flatnonzero(ink.any(axis=0))[-1]
        page = page.crop((0, 0, min(page.width, last + 1 + config.get("margin-x", 20)), page.height))
    if crops_height:
        last = np.flatnonzero(ink.any(axis=1))[-1]
        page = page.crop((0, 0, page.width, min(page.height, last + config.get("margin-y", 20))))
    return page


def pages(text, config):
    """The finished pages of a document as Pillow images."""
    document = pdf(text, config)
    drawn = []
    while True:
        first = len(drawn) + 1
        batch = convert_from_bytes(document, dpi=config.get("dpi", 72), first_page=first, last_page=first + 19)
        drawn += batch
        if len(batch) < 20:
            break
    return [cropped(scaled(page, config), config, n == len(drawn)) for n, page in enumerate(drawn, 1)]


def read_text(path):
    """The text with its newlines read as Python reads them: CR LF and CR count as LF."""
    return pathlib.Path(path).read_text(encoding="utf-8")


def main(config, text, out):
    check_versions()
    started = time.perf_counter()
    drawn = pages(read_text(text), json.loads(pathlib.Path(config).read_text()))
    folder = pathlib.Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    for number, page in enumerate(drawn, 1):
        page.save(folder / f"page_{number:03d}.png")
    print(json.dumps({"pages": len(drawn), "seconds": round(time.perf_counter() - started, 3)}))


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(*sys.argv[1:])
