#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
# RULER at 4K to 128K, pages beside the full text: score against compression for every task.
#
#   runs/ruler.sh OUTPUT --endpoint URL [--data DATA] [more options of glyph eval ruler]
#   runs/ruler.sh --small       a few items against a scripted server: whether all of it works, not how well one reads
#
# TEXT=… names the prose of the haystacks; qa_1 and qa_2 need --data (docs/benchmarks.md).
#
# Relative paths count from the root of the repository.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
glyph=${GLYPH:-./glyph}
if [[ ${1:-} == --small ]]; then
    source runs/scripted-server.bash
    start_scripted_server 20
    "$glyph" eval ruler --text Examples/jane-eyre.txt --lengths 1024 --items 2 --parallel 4 --strategy whole,windowed \
        --tasks niah_single_1,niah_single_2,niah_single_3,niah_multikey_1,niah_multivalue,niah_multiquery,vt,fwe \
        --text-baseline --endpoint "$address" --output "$work/results"
    exit
fi
output=${1:?is missing: runs/ruler.sh OUTPUT --endpoint URL …, or runs/ruler.sh --small}
shift
"$glyph" eval ruler --text "${TEXT:-Examples/jane-eyre.txt}" --lengths 4096,8192,16384,32768,65536,131072 --items 50 \
    --parallel 8 --text-baseline --sweep dpi=72,96,120 --output "$output" "$@"
