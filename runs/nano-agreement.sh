#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors

# What the shipped reader says when it is asked for every field of Examples/agreement.txt, and for four that are not
# there. An answer counts if the value stands in it: it quotes the text, from what was asked for to the end of the clause.
# Usage: runs/nano-agreement.sh [MODEL], a folder, counted from the root of the repository if it is relative
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
log=$(mktemp)
trap 'rm -f "$log"' EXIT

right=0
count=0
while IFS=$'\t' read -r question wanted; do
    said=$(./glyph ask Examples/agreement.txt "$question" ${1:+--model "$1"} </dev/null 2>"$log") ||
        { cat "$log" >&2; exit 1; }
    said=${said%%$'\n'*}
    count=$((count + 1))
    verdict=wrong
    if [[ $said == *"$wanted"* ]]; then
        right=$((right + 1))
        verdict=right
    fi
    printf '%-6s %-38s %-26s %s\n' "$verdict" "$question" "$wanted" "$said"
done <runs/nano/agreement.tsv
echo "$right of $count right"
