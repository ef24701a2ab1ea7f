#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
# MRCR with 2, 4 and 8 needles up to 128K, pages beside the full text.
#
#   runs/mrcr.sh OUTPUT --endpoint URL --data DATA [more options of glyph eval mrcr]
#   runs/mrcr.sh --small        two conversations of MRCR's form against a scripted server: whether all of it works
#
# Relative paths count from the root of the repository.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
glyph=${GLYPH:-./glyph}
if [[ ${1:-} == --small ]]; then
    source runs/scripted-server.bash
    start_scripted_server 20
    mkdir -p "$work/data/mrcr"
    for number in 1 2; do
        printf %s "{\"prompt\": [{\"role\": \"user\", \"content\": \"Write a riddle.\"}," \
            " {\"role\": \"assistant\", \"content\": \"What has $number legs?\"}," \
            " {\"role\": \"user\", \"content\": \"Prepend xyz to the first riddle.\"}]," \
            " \"answer\": \"xyzWhat has $number legs?\", \"random_string_to_prepend\": \"xyz\", \"n_needles\": 2}"
        echo
    done >"$work/data/mrcr/2needle.jsonl"
    "$glyph" eval mrcr --data "$work/data" --tasks 2needle --items 2 --parallel 4 --text-baseline \
        --endpoint "$address" --output "$work/results"
    exit
fi
output=${1:?is missing: runs/mrcr.sh OUTPUT --endpoint URL …, or runs/mrcr.sh --small}
shift
"$glyph" eval mrcr --items 800 --parallel 8 --text-baseline --max-tokens 4096 --sweep dpi=72,96,120 --output "$output" "$@"
