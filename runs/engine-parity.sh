#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
# Compares GlyphVLM with `transformers` on tiny random GLM-4.1V and GLM-OCR checkpoints, rung by rung, and prints how far
# apart they are: pixel values, patch embeddings, vision blocks, merger, decoder layers, logits, 64 greedy tokens,
# position and token ids. Then saves each checkpoint from Swift and loads it in `transformers`.
#
#   runs/engine-parity.sh [SEED]     another seed gives other weights and images; default 11
#
# Needs a Python with Tools/reference/requirements-vlm.txt (PYTHON=… to choose one).
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
python=${PYTHON:-python3}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

"$python" Tools/reference/vlm_fixtures.py --seed "${1:-11}" --out "$work/fixtures" 2>"$work/python.log" ||
    { cat "$work/python.log" >&2; exit 1; }
mkdir "$work/saved"
: >"$work/report"
status=0
GLYPH_VLM_FIXTURES=$work/fixtures GLYPH_VLM_REPORT=$work/report GLYPH_VLM_SAVE=$work/saved \
    swift test --filter GlyphVLMTests >"$work/swift.log" 2>&1 || status=$?
echo
echo "distance from the reference, relative to its largest value (‖a − b‖∞ / ‖b‖∞)"
sort "$work/report"
if ((status)); then
    grep -E "error:|recorded an issue|✘" "$work/swift.log" >&2 || tail -40 "$work/swift.log" >&2
    exit "$status"
fi
"$python" Tools/reference/vlm_fixtures.py --out "$work/fixtures" --check-saved "$work/saved" 2>"$work/python.log" ||
    { cat "$work/python.log" >&2; exit 1; }
grep -E "Test run with" "$work/swift.log" | tail -1
