#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
# Tries glyph-engine on this machine's GPU: builds the shim against a libtorch with CUDA, runs the tests that compare a
# GPU with the processor and with `transformers`, and measures reading a page and writing 128 tokens on both.
#
#   runs/gpu.sh [LIBTORCH]     an unpacked libtorch with CUDA, or the `torch` folder of a PyPI wheel; default: python3's
#
# Measuring needs a Python with Tools/reference/requirements-vlm.txt and a torch with CUDA (PYTHON=… to choose one).
# On a machine without Swift, CTORCH, TESTS and ENGINE name the built folder of the shim, test bundle and glyph-engine.
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
python=${PYTHON:-python3}
where='import importlib.util as i; print(i.find_spec("torch").submodule_search_locations[0])'
torch=${1:-$("$python" -c "$where")} ||
    { echo "Name a libtorch with CUDA: runs/gpu.sh LIBTORCH" >&2; exit 2; }
ctorch=${CTORCH:-.build/ctorch-gpu}
[[ -n ${CTORCH:-} ]] || Tools/build-ctorch.sh "$torch" "$ctorch" >&2 || exit 1
if [[ -z ${TESTS:-} ]]; then
    swift build --build-tests >&2 || exit 1
    TESTS=$(swift build --show-bin-path)/glyphPackageTests.xctest
fi
engine=${ENGINE:-.build/release/glyph-engine}
[[ -n ${ENGINE:-} ]] || Tools/setup.sh build engine >&2 || exit 1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
status=0

# A device that hangs must not hang the rest.
limited() { timeout -k 5 "${LIMIT:-300}" "$@"; }
ours() { LD_LIBRARY_PATH=$ctorch:$torch/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH} limited "$@"; }

make() {
    limited "$python" Tools/reference/engine_speed.py make "$work/$1" "${@:2}" >"$work/$1.log" 2>&1 ||
        { tail -5 "$work/$1.log"; return 1; }
}
made=()
make small & made+=($!)
# Two layers as wide as GLM-4.1V-9B's over a page of 5,040 tokens: how near reading comes to the matrix product.
make wide --wide --page 1680 2352 & made+=($!)

echo "== tests on the GPU"
export GLYPH_VLM_REPORT=$work/report
: >"$work/report"
for target in GlyphTensorTests GlyphVLMTests GlyphTrainTests; do
    ours "$TESTS" --testing-library swift-testing --filter "$target.GPU" >"$work/log" 2>&1 || status=1
    grep -E '✘|rror: |Test run with|terminate' "$work/log" | head -40
    grep -q 'Test run with' "$work/log" || { echo "$target did not end"; tail -5 "$work/log"; status=1; }
done
echo "distance from the reference, the largest of each kind (‖a − b‖∞ / ‖b‖∞)"
awk -F': ' '/greedy/ {print; next} {kind = $1; sub(/^[a-z]+ /, "", kind); sub(/\.[0-9]+/, "", kind)
    if ($2 + 0 >= most[kind] + 0) most[kind] = $2}
    END {for (kind in most) print kind ": " most[kind]}' "$work/report" | sort

echo "== speed"
for job in "${made[@]}"; do wait "$job" || status=1; done
bench() {
    ours "$engine" bench --model "$work/$1" --image "$work/$1/page.png" --dtype "$2" --device "$3" "${@:4}" \
        --started "$(date +%s.%N)" | tee -a "$work/results" || status=1
}
measure() {
    limited "$python" Tools/reference/engine_speed.py measure "$work/$1" --dtype "$2" --device cuda \
        --started "$(date +%s.%N)" 2>"$work/log" | tee -a "$work/results" ||
        { tail -5 "$work/log"; status=1; }
}
for dtype in f32 bf16; do
    bench small "$dtype" cuda
    measure small "$([[ $dtype == f32 ]] && echo float32 || echo bfloat16)"
done
bench wide bf16 cuda --tokens 32
bench wide f32 cuda --tokens 32
measure wide bfloat16
for dtype in f32 bf16; do bench small "$dtype" cpu; done
"$python" - "$work/results" <<'PY'
import json, sys
print(f"{'':44}{'tokens':>7}{'first s':>9}{'read ms':>9}{'tokens/s':>9}{'of the decoder, reading':>26}{'writing':>18}")
for line in open(sys.argv[1]):
    run = json.loads(line)
    name = f"{run['program'].replace(' on torch', ', torch')} {run['device']} {run['dtype']}"
    name = name.replace("glyph-engine on libtorch", "glyph, libtorch")
    print(f"{name:44}{run['promptTokens']:>7}{run['firstTokenSeconds']:>9.2f}{1e3 * run['prefillSeconds']:>9.2f}"
          f"{run['decodeTokensPerSecond']:>9.1f}", end="")
    if "matmulGFLOPS" in run:
        print(f"{run['decoderPrefillGFLOPS'] / 1e3:>12.1f} of {run['matmulGFLOPS'] / 1e3:.1f} TFLOP/s"
              f"{run['decodeGBPerSecond']:>9.0f} of {run['readGBPerSecond']:.0f} GB/s", end="")
    print()
PY
exit "$status"
