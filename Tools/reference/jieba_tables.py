# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
"""Writes the tables of the package jieba as the text file that GlyphTasks reads.

    pip install jieba==0.42.1
    python3 Tools/reference/jieba_tables.py > jieba-tables.tsv        # 12 MB

LongBench cuts Chinese into words with jieba before it counts them. The tables are jieba's (MIT licence) and too large
to ship. Logarithms are taken here, so that they are Python's to the last bit.
"""

import importlib.metadata
import math
import sys

import jieba
from jieba.finalseg.prob_emit import P as EMISSIONS
from jieba.finalseg.prob_start import P as START
from jieba.finalseg.prob_trans import P as TRANSITIONS

PINNED = "0.42.1"


def rows(characters=None):
    """The rows of the file; only those about `characters`, if given."""
    if importlib.metadata.version("jieba") != PINNED:
        sys.exit(f"jieba {PINNED} is needed")
    jieba.initialize()
    yield f"total\t{math.log(jieba.dt.total)!r}"
    for word, frequency in jieba.dt.FREQ.items():
        if frequency and (characters is None or set(word) <= characters):
            yield f"w\t{word}\t{math.log(frequency)!r}"
    for state, value in START.items():
        yield f"s\t{state}\t{value!r}"
    for state, row in TRANSITIONS.items():
        for other, value in row.items():
            yield f"t\t{state}\t{other}\t{value!r}"
    for state, row in EMISSIONS.items():
        for character, value in row.items():
            if characters is None or character in characters:
                yield f"e\t{state}\t{character}\t{value!r}"


if __name__ == "__main__":
    for row in rows():
        print(row)
