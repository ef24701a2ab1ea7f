#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
# Renders the same text with the reference pipeline (reportlab → PDF → poppler → crop) and with glyph, in turn, and
# prints whole-process times, their ratio, and whether the pages are equal pixel for pixel.
#
#   runs/render-vs-reference.sh [TEXT] [RUNS]     default: a dense 140 kB cut from Examples/jane-eyre.txt, 5 runs
#
# Needs poppler-utils, fonts-dejavu-core and a Python with Tools/reference/requirements.txt (PYTHON=… to choose one).
#
# Relative paths count from the root of the repository.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
python=${PYTHON:-python3}
runs=${2:-5}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
./glyph --version >/dev/null

cat >"$work/config.json" <<JSON
{"page-size": "595,842", "dpi": 72, "margin-x": 10, "margin-y": 10, "font-size": 9, "line-height": 10,
 "font-path": "$PWD/Sources/GlyphTypeset/Resources/Fonts/DejaVuSans.ttf", "font-color": "#000000",
 "alignment": "LEFT", "horizontal-scale": 1.0, "first-line-indent": 0, "left-indent": 0, "right-indent": 0,
 "space-after": 0, "space-before": 0, "border-width": 0, "border-padding": 0, "page-bg-color": "#FFFFFF",
 "para-bg-color": "#FFFFFF", "auto-crop-width": true, "auto-crop-last-page": true}
JSON
if [[ -n ${1:-} ]]; then
    cp "$1" "$work/text.txt"
else
    # One line a paragraph makes the pages dense; the example is repeated up to 140 kB.
    "$python" - Examples/jane-eyre.txt "$work/text.txt" <<'PY'
import re, sys
text = open(sys.argv[1], encoding="utf-8").read()
dense = "\n".join(re.sub(r"\s+", " ", part).strip() for part in text.split("\n\n") if part.strip())
while len(dense) < 140_000:
    dense += "\n" + dense
open(sys.argv[2], "w", encoding="utf-8").write(dense[:140_000])
PY
fi

seconds() {
    local start=${EPOCHREALTIME/./}
    "$@" >/dev/null
    local microseconds=$((${EPOCHREALTIME/./} - start))
    printf '%d.%06d\n' $((microseconds / 1000000)) $((microseconds % 1000000))
}
median() { sort -n | awk '{a[NR] = $1} END {print (NR % 2) ? a[(NR + 1) / 2] : (a[NR / 2] + a[NR / 2 + 1]) / 2}'; }

# A new folder for each run: after removing files, ext4 takes seconds to give their inodes out as quickly as others.
for ((run = 0; run < runs; run++)); do
    seconds "$python" Tools/reference/pages.py "$work/config.json" "$work/text.txt" "$work/reference.$run" \
        >>"$work/reference.s"
    for turn in 1 2 3; do
        seconds ./.build/release/glyph render "$work/text.txt" -o "$work/ours.$run.$turn" \
            --config "$work/config.json" >>"$work/ours.s"
    done
done
"$python" - "$work/reference.0" "$work/ours.0.1" "$(median <"$work/reference.s")" "$(median <"$work/ours.s")" \
    "$(sort -n "$work/reference.s" | head -1)" "$(sort -n "$work/ours.s" | head -1)" "$(stat -c %s "$work/text.txt")" <<'PY'
import glob, os, sys
from PIL import Image, ImageChops
reference, ours, slow, fast, least_slow, least_fast, size = sys.argv[1:]
names = [sorted(map(os.path.basename, glob.glob(f"{folder}/*.png"))) for folder in (reference, ours)]
different = len(set(names[0]) ^ set(names[1]))
for name in set(names[0]) & set(names[1]):
    a, b = (Image.open(f"{folder}/{name}").convert("RGB") for folder in (reference, ours))
    different += a.size != b.size or ImageChops.difference(a, b).getbbox() is not None
slow, fast, least_slow, least_fast = map(float, (slow, fast, least_slow, least_fast))
print(f"{int(size):,} bytes, {len(names[1])} pages, {different} differ from the reference")
print(f"{'':12}{'median s':>10}{'least s':>10}")
print(f"{'reference':12}{slow:10.3f}{least_slow:10.3f}")
print(f"{'glyph':12}{fast:10.3f}{least_fast:10.3f}")
print(f"{'ratio':12}{slow / fast:9.1f}×{least_slow / least_fast:9.1f}×")
PY
