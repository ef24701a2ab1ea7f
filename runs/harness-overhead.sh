#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
# What `glyph eval` adds to a reader's own time: a scripted server answers every request after a fixed time, 32 at once,
# and the time that the whole run takes is compared with the least that such a server allows.
#
#   runs/harness-overhead.sh [MILLISECONDS] [ITEMS]     default 200 and 640
#
# Making the examples, drawing their pages, starting and writing the report are all in it. Goal: under 5 % with the
# release build on an idle machine. GLYPH=… names another program.
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
glyph=${GLYPH:-./glyph}
latency=${1:-200}
items=${2:-640}
parallel=32
# Without items or time there is no least time to compare with.
for argument in "MILLISECONDS $latency" "ITEMS $items"; do
    [[ $argument =~ \ [1-9][0-9]*$ ]] && continue
    echo "runs/harness-overhead.sh: ${argument/ / is }; expected a whole number from 1, as in:" \
        "runs/harness-overhead.sh 200 640" >&2
    exit 2
done
source runs/scripted-server.bash
start_scripted_server "$latency"

"$glyph" --version >/dev/null # a build, if one is needed, is not measured
start=$(date +%s%N)
"$glyph" eval ruler --text Examples/jane-eyre.txt --tasks niah_single_1 --lengths 1024 --items "$items" \
    --parallel $parallel --endpoint "$address" --output "$work/results" >/dev/null
end=$(date +%s%N)
python3 - "$address" "$items" "$latency" "$parallel" $(((end - start) / 1000000)) <<'PY'
import json
import sys
import urllib.request

address, items, latency, parallel, wall = sys.argv[1], *map(int, sys.argv[2:])
stats = json.load(urllib.request.urlopen(address + "/stats"))
least = -(-items // parallel) * latency
print(json.dumps({"items": items, "requests": stats["requests"], "most_at_once": stats["most"], "latency_ms": latency,
                  "least_ms": least, "wall_ms": wall, "added": round(wall / least - 1, 4)}))
PY
