#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors

# What the shipped reader says when it is asked for every field of Examples/agreement.txt, and for four that are not
# there. An answer counts if the value stands in it: it quotes the text, from what was asked for to the end of the clause.
# Usage: runs/nano-agreement.sh [MODEL]
set -euo pipefail
cd "$(dirname "$0")/.."

right=0
count=0
while IFS=$'\t' read -r question wanted; do
    said=$(./glyph ask Examples/agreement.txt "$question" ${1:+--model "$1"} </dev/null 2>/dev/null | head -1)
    count=$((count + 1))
    verdict=wrong
    if [[ $said == *"$wanted"* ]]; then
        right=$((right + 1))
        verdict=right
    fi
    printf '%-6s %-38s %-26s %s\n' "$verdict" "$question" "$wanted" "$said"
done <runs/nano/agreement.tsv
echo "$right of $count right"
