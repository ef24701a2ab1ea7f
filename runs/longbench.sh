#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
# LongBench, 21 tasks, pages beside the full text.
#
#   runs/longbench.sh OUTPUT --endpoint URL --data DATA [more options of glyph eval longbench]
#   runs/longbench.sh --small   two lines of LongBench's form against a scripted server: whether all of it works
#
# Relative paths count from the root of the repository.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
glyph=${GLYPH:-./glyph}
if [[ ${1:-} == --small ]]; then
    source runs/scripted-server.bash
    start_scripted_server 20
    mkdir -p "$work/data/longbench"
    for number in 1 2; do
        printf %s "{\"input\": \"Which number?\", \"context\": \"The answer is 4$number.\", \"answers\": [\"42\"]," \
            " \"length\": 4, \"dataset\": \"hotpotqa\", \"language\": \"en\", \"all_classes\": null, \"_id\": \"$number\"}"
        echo
    done >"$work/data/longbench/hotpotqa.jsonl"
    "$glyph" eval longbench --data "$work/data" --tasks hotpotqa --items 2 --parallel 4 --text-baseline \
        --endpoint "$address" --output "$work/results"
    exit
fi
output=${1:?is missing: runs/longbench.sh OUTPUT --endpoint URL …, or runs/longbench.sh --small}
shift
"$glyph" eval longbench --items 500 --parallel 8 --text-baseline --sweep dpi=72,96,120 --output "$output" "$@"
