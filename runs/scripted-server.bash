# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
# For scripts of this folder: `start_scripted_server MILLISECONDS` makes the folder $work and answers every request at
# $address after that time, until the script ends; then both are gone.
start_scripted_server() {
    work=$(mktemp -d)
    python3 Tools/reference/scripted_endpoint.py "$work/port" "$1" &
    scripted_server=$!
    trap 'kill $scripted_server 2>/dev/null || true; rm -rf "$work"' EXIT
    until [[ -s $work/port ]]; do
        kill -0 $scripted_server 2>/dev/null || { echo "the scripted server did not start" >&2; exit 1; }
        sleep 0.05
    done
    address=http://127.0.0.1:$(<"$work/port")
}
