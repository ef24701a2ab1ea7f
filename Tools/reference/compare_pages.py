# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""Compare Glyph's official layout with the reference on random configurations and texts, pixel for pixel.

    compare_pages.py --cases 100 --seed 1 --glyph ./glyph [--keep DIR]

Every case is rendered by `pages.py` and by `glyph render TEXT -o DIR --config FILE`. Prints one row a case and exits
with status 1 when any page differs. A case that the reference refuses must be refused by Glyph too. --keep keeps
configuration, text and both sets of pages of every differing case.

Fonts that are not installed are left out of the draw (fonts-dejavu, fonts-liberation and fonts-droid-fallback have
all of them), so a seed gives the same cases only where the same fonts are installed.
"""

import argparse
import json
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile

import numpy as np
from PIL import Image

import pages

FONTS = pathlib.Path("/usr/share/fonts/truetype")
LATIN = ["dejavu/DejaVuSans.ttf", "dejavu/DejaVuSerif.ttf", "dejavu/DejaVuSansMono.ttf"]
LATIN += ["liberation/LiberationSans-Regular.ttf", "liberation/LiberationSerif-Italic.ttf"]
CHINESE = ["droid/DroidSansFallbackFull.ttf"]

WORDS = (
    "the harbour woke before town did gulls argued over fish crates a bell rang twice and first ferry drew long grey "
    "line across bay nobody on quay looked up they had seen ten thousand mornings each begun just like this one with "
    "rope salt quiet jokes Mrs. Fairfax's “well-known” remark—said twice—was: (perhaps) nonsense; 1,234.56 is e=mc² I"
).split()
HAN = (
    "清晨的港口比小城醒得更早。海鸥在鱼箱上方争吵，钟声响了两下，第一班渡船（the ferry）在海面画出一条灰线。“引号”、《书名号》以及 "
    "English words 混排的情况也要处理！价格为￥12.50，约 3.14159 倍。第一章：开始"
)
RED_NEWLINE = '<font color="#FF0000"> \\n </font>'
COLORS = [
    ("#1E1E1E", "#1E1E1E", "#E6E6E6"), ("#353031", "#2D2A2E", "#F8F8F2"), ("#FFFFFF", "#F0F0E0", "#123456"),
    ("#FFF8DC", "#FFF8DC", "#000000"),
]
SIZES = ["595,842", "612,792", "420,595", "595.2756,841.8898", "300,400", "842,595", "200.4,150.6"]
NOISE = "é ü ñ Ω ж — “quoted” \u4dff \u0e01 \U0001F600 \u00ad\u200b "


BLANKS = [" ", "  ", "\t", "\v", "\f", "\x1c", "\x1f", "\x85", "\xa0", "\xad", "\u1680", "\u2003", "\u200b", "\u2028", "\u2029"]
BLANKS += ["\u202f", "\u205f", "\u3000", "\u2007", "\u2060", "\ufeff", "\u200d", "\u180e", "&", "<", ">", ";", "&#65;", "&nbsp;"]


class Draw:
    """Random configurations and texts from one seed."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.latin = [path for name in LATIN if (path := FONTS / name).exists()]
        self.chinese = [path for name in CHINESE if (path := FONTS / name).exists()]
        if not self.latin:
            sys.exit(f"none of the fonts {LATIN} is in {FONTS}")

    def chance(self, probability):
        return self.random.random() < probability

    def prose(self, count):
        """Lines of up to 75 characters, in paragraphs."""
        lines, line = [], ""
        for _ in range(count):
            word = self.random.choice(WORDS)
            if len(line) + len(word) > 75 or self.chance(0.02):
                lines.append(line)
                line = ""
                if self.chance(0.1):
                    lines.append("")
            line += (" " if line else "") + word
        return lines + [line]

    def wild_line(self, line):
        """The line with something in it that a typesetter must take care of."""
        letters = "abcdefghijklmnop&<"
        return self.random.choice([
            lambda: "    " * self.random.randrange(1, 4) + line,
            lambda: "\t" + line.replace(" ", "\t", 2),
            lambda: "<b>&amp; " + line + " x<y>z&&",
            lambda: "".join(self.random.choice(letters) for _ in range(self.random.randrange(100, 700))),
            lambda: line.replace(" ", "\u00a0", 3) + " \u00a0 x\u00a0 ",
            lambda: NOISE + line,
            lambda: line + "   ",
            lambda: line.replace(" ", "\u3000", 1) + "\u2003end",
            lambda: self.sprinkled(line),
            lambda: "",
        ])()

    def sprinkled(self, line):
        """The line with blanks of every kind, deleted characters and controls between its characters."""
        return "".join(c + (self.random.choice(BLANKS) if self.chance(0.15) else "") for c in line)

    def text(self, kind):
        if kind == "chinese":
            lines = []
            for _ in range(self.random.choice([3, 40, 120])):
                length = self.random.randrange(1, 200)
                if self.chance(0.3):
                    lines.append("".join(self.random.choice(HAN) for _ in range(length)))
                else:
                    lines.append("" if self.chance(0.15) else (HAN * 3)[:length])
            return "\n".join(lines)
        lines = self.prose(self.random.choice([1, 30, 400, 1500]))
        if kind == "wild":
            lines = [self.wild_line(line) if self.chance(0.4) else line for line in lines]
        # Glyph refuses an empty file, of which the reference makes a page without text.
        return (" " if kind == "one line" else "\n").join(lines) or "x"

    def configuration(self, kind):
        choice, chance = self.random.choice, self.chance
        size = choice([7, 7.5, 8, 9, 9.5, 10, 11, 12, 14])
        margin_x, margin_y = choice([(10, 10), (20, 20), (10, 40), (37, 12), (12.5, 10)])
        config = {
            "page-size": choice(SIZES), "dpi": choice([60, 72, 72, 96, 100, 120, 144]),
            "margin-x": margin_x, "margin-y": margin_y,
            "font-path": str(choice(self.chinese if kind == "chinese" else self.latin)),
            "font-size": size, "line-height": size + choice([0, 0.5, 1, 1, 2, 3]),
            "alignment": choice(list(pages.ALIGNMENTS)),
            "auto-crop-width": chance(0.6), "auto-crop-last-page": chance(0.6),
        }
        if chance(0.3):
            config["first-line-indent"] = choice([9, 18.5, -8])
        if chance(0.3):
            config |= {"left-indent": choice([10, 20.25]), "right-indent": choice([0, 15.5])}
        if chance(0.3):
            config |= {"space-before": choice([3, 7.5]), "space-after": choice([0, 4, 10])}
        if chance(0.35):
            config |= dict(zip(("page-bg-color", "para-bg-color", "font-color"), choice(COLORS)))
        if chance(0.25):
            config |= {"border-width": choice([0.5, 1, 2, 3.3]), "border-padding": choice([0, 2, 3.5])}
            config["para-border-color"] = choice(["#000000", "#FF0000", "#00AA55"])
        if chance(0.35):
            config["newline-markup"] = choice([RED_NEWLINE, RED_NEWLINE, '<font color="#0000FF">\\n</font>', " / ", "¶", "<br />"])
        if chance(0.15):
            config["horizontal-scale"] = choice([0.75, 0.9, 0.83])
        return config

    def case(self):
        kinds = ["prose", "wild", "wild", "one line"] + (["chinese", "chinese"] if self.chinese else [])
        kind = self.random.choice(kinds)
        return kind, self.configuration(kind), self.text(kind)


def difference(expected, actual):
    """What distinguishes two lists of page files, or an empty text."""
    if len(expected) != len(actual):
        return f"{len(actual)} pages, not {len(expected)}"
    found = []
    for left, right in zip(expected, actual):
        wanted, drawn = (np.array(Image.open(path).convert("RGB")) for path in (left, right))
        if wanted.shape != drawn.shape:
            found.append(f"{right.name} is {drawn.shape[1]}x{drawn.shape[0]}, not {wanted.shape[1]}x{wanted.shape[0]}")
        elif (wanted != drawn).any():
            rows, columns = np.nonzero((wanted != drawn).any(axis=2))
            found.append(f"{right.name} has {len(rows)} other pixels, the first at {columns[0]},{rows[0]}")
    return "; ".join(found[:2]) + (f"; {len(found)} pages in all" if len(found) > 2 else "")


def compare(folder, glyph, config, text):
    """Renders one case with both; returns the number of pages and the difference."""
    (folder / "config.json").write_text(json.dumps(config, indent=1))
    (folder / "text.txt").write_bytes(text.encode())
    refusal = None
    try:
        for number, page in enumerate(pages.pages(text, config), 1):
            (folder / "expected").mkdir(exist_ok=True)
            page.save(folder / "expected" / f"page_{number:03d}.png")
    except Exception as error:  # reportlab has no common class for what it cannot lay out
        refusal = f"{type(error).__name__}: {str(error)[:80]}"
    command = [glyph, "render", folder / "text.txt", "-o", folder / "actual", "--config", folder / "config.json"]
    result = subprocess.run(command, capture_output=True, text=True)
    if result.returncode < 0 or (result.returncode != 0) != (refusal is not None):
        return 0, f"reference: {refusal or 'renders'}; glyph: status {result.returncode} {result.stderr.strip()[-160:]}"
    if refusal:
        return 0, ""
    expected = sorted((folder / "expected").glob("*.png"))
    # Page numbers have more digits from page 1000 on, so names sort by length first.
    actual = sorted((folder / "actual").glob("page_*.png"), key=lambda path: (len(path.name), path.name))
    return len(expected), difference(expected, actual)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cases", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--glyph", required=True, help="the glyph program")
    parser.add_argument("--keep", type=pathlib.Path, help="a folder for the files of differing cases")
    arguments = parser.parse_args()
    pages.check_versions()
    draw = Draw(arguments.seed)
    page_count = differing = 0
    print(f"{'case':>5} {'kind':<9} {'font':<24} {'size':>5} {'dpi':>4} {'align':<8} {'page':<18} {'pages':>5}  difference")
    for number in range(arguments.cases):
        kind, config, text = draw.case()
        with tempfile.TemporaryDirectory() as name:
            count, problem = compare(pathlib.Path(name), arguments.glyph, config, text)
            if problem and arguments.keep:
                shutil.copytree(name, arguments.keep / f"seed{arguments.seed}-{number:04d}", dirs_exist_ok=True)
        page_count += count
        differing += bool(problem)
        font = pathlib.Path(config["font-path"]).stem
        print(
            f"{number:>5} {kind:<9} {font:<24} {config['font-size']:>5} {config['dpi']:>4} {config['alignment']:<8} "
            f"{config['page-size']:<18} {count:>5}  {problem or '-'}", flush=True)
    print(json.dumps({"cases": arguments.cases, "seed": arguments.seed, "pages": page_count, "different": differing}))
    sys.exit(1 if differing else 0)


if __name__ == "__main__":
    main()
