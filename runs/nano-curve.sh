#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
# Character errors against compression: the same prose, written down from pages of ever smaller cells. The page stays
# 224×112 px, so that smaller cells put more text on as many visual tokens.
#
#   runs/nano-curve.sh [TEXT] [ITEMS]     default: Examples/jane-eyre.txt and 10 texts of 512 text tokens
#
# GLYPH=… names another program, MODEL=… another reader.
#
# Relative paths count from the root of the repository.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
glyph=${GLYPH:-./glyph}
text=${1:-Examples/jane-eyre.txt}
items=${2:-10}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
echo "| cell, px | characters a visual token | compression | character errors | 95 % interval | n |"
echo "|---|---|---|---|---|---|"
for cell in 14,14 7,14 7,10 5,10 7,7; do
    "$glyph" eval ocr --text "$text" --tasks transcribe_prose --lengths 512 --items "$items" --preset nano \
        --set "cell-size=$cell" ${MODEL:+--model "$MODEL"} --output "$work/$cell" >"$work/table"
    awk -F ' *[|] *' -v cell="$cell" '/^[|] transcribe_prose/ {
        split(cell, side, ",")
        printf "| %s×%s | %.1f | %s | %s %% | %s | %s |\n", side[1], side[2], 784 / side[1] / side[2], $12, $10, $11, $6
    }' "$work/table"
done
