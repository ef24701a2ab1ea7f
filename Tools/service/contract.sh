#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
# Sends a service thousands of requests made from its own OpenAPI document, good ones and bad ones, and checks that
# every response is what the document says and none is a 500.
#
#   Tools/service/contract.sh PROGRAM [OPTIONS OF schemathesis run …]
#
# Starts a scripted reader and PROGRAM serve on free ports of this machine, with an empty folder. Needs schemathesis:
#   python3 -m venv venv && venv/bin/pip install schemathesis==4.32.5 && PATH=$PWD/venv/bin:$PATH
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.." && pwd)
program=${1:?name the program}
shift
command -v schemathesis >/dev/null || { echo "schemathesis is not installed; see the head of this file" >&2; exit 1; }

folder=$(mktemp -d)
reader= service=
trap 'kill $reader $service 2>/dev/null; wait 2>/dev/null; rm -rf "$folder"' EXIT
read -r reader_port port < <(python3 -c '
import socket
a, b = socket.socket(), socket.socket()
a.bind(("127.0.0.1", 0)); b.bind(("127.0.0.1", 0))
print(a.getsockname()[1], b.getsockname()[1])')
python3 "$root/Tools/page/scripted_reader.py" "$reader_port" 0 &
reader=$!
"$program" serve --port "$port" --endpoint "http://127.0.0.1:$reader_port" --data "$folder/data" 2>"$folder/log" &
service=$!
for _ in $(seq 200); do
    grep -q "Ready at" "$folder/log" && break
    sleep 0.05
done

cd "$folder"
status=0
# A document says less than a service must check (what a preset is called, which base64 is a file), so a request that
# fits the document may still be refused: that check is left out.
schemathesis run "http://127.0.0.1:$port/openapi.json" --checks all \
    --exclude-checks positive_data_acceptance,ignored_auth --max-examples 100 --request-timeout 60 --no-color "$@" || status=$?
kill -0 "$service" || { echo "the service has ended" >&2; exit 1; }
curl -sf "http://127.0.0.1:$port/metrics" | grep -E 'requests_total.*status="500"' && { echo "there was a 500" >&2; exit 1; }
exit $status
