#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
# Retrieval, association and memory at 4K to 64K, pages beside the full text: score against compression.
#
#   runs/comprehension.sh OUTPUT --endpoint URL [more options of glyph eval comprehension]
#   runs/comprehension.sh --small   a few items against a scripted server: whether all of it works
#
# TEXT=… names the prose around what is to be found.
#
# Relative paths count from the root of the repository.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
glyph=${GLYPH:-./glyph}
if [[ ${1:-} == --small ]]; then
    source runs/scripted-server.bash
    start_scripted_server 20
    "$glyph" eval comprehension --text Examples/jane-eyre.txt --lengths 1024 --items 2 --parallel 4 \
        --strategy whole,windowed --text-baseline --endpoint "$address" --output "$work/results"
    exit
fi
output=${1:?is missing: runs/comprehension.sh OUTPUT --endpoint URL …, or runs/comprehension.sh --small}
shift
"$glyph" eval comprehension --text "${TEXT:-Examples/jane-eyre.txt}" --lengths 4096,16384,65536 --items 50 \
    --parallel 8 --text-baseline --sweep dpi=72,96,120 --output "$output" "$@"
