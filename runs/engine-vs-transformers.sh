#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
# Reads one page and writes 128 tokens with transformers and with glyph-engine, in turn, on the same checkpoint with
# the same two threads, and prints both and their ratios.
#
#   runs/engine-vs-transformers.sh [f32|bf16]
#
# Needs a Python with Tools/reference/requirements-vlm.txt (PYTHON=… to choose one).
set -euo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
python=${PYTHON:-python3}
dtype=${1:-f32}
declare -A names=([f32]=float32 [bf16]=bfloat16)
[[ -n ${names[$dtype]:-} ]] || { echo "$dtype: choose f32 or bf16" >&2; exit 2; }
"$python" -c 'import torch, transformers' || exit # before minutes of building
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
Tools/setup.sh build engine >&2
for name in small wide; do
    "$python" Tools/reference/engine_speed.py make "$work/$name" $([[ $name == wide ]] && echo --wide) >"$work/log" 2>&1 ||
        { cat "$work/log" >&2; exit 1; }
done

engine() {
    .build/release/glyph-engine bench --model "$1" --image "$1/page.png" --dtype "$2" --threads 2 \
        --started "$(date +%s.%N)" "${@:3}"
}
for _ in 1 2; do
    "$python" Tools/reference/engine_speed.py measure "$work/small" --dtype "${names[$dtype]}" \
        --started "$(date +%s.%N)" 2>"$work/log" >>"$work/transformers" || { cat "$work/log" >&2; exit 1; }
    engine "$work/small" "$dtype" >>"$work/engine"
done
# The widths of GLM-4.1V-9B, two layers of it: how near prefill comes to the machine's matrix product.
engine "$work/wide" bf16 --tokens 16 --repeats 10 >"$work/wide.json"
"$python" - "$work" <<'PY'
import json, sys
read = lambda name: [json.loads(line) for line in open(f"{sys.argv[1]}/{name}")]
best = lambda runs, key, pick: pick(run[key] for run in runs)
theirs, ours, (wide,) = read("transformers"), read("engine"), read("wide.json")
print(f"{ours[0]['promptTokens']} tokens, {ours[0]['dtype']}; {theirs[0]['program']}; {ours[0]['program']}")
for key, pick, faster in (("prefillSeconds", min, 1), ("decodeTokensPerSecond", max, -1), ("firstTokenSeconds", min, 1)):
    a, b = best(theirs, key, pick), best(ours, key, pick)
    print(f"{key:24}{a:10.3f}{b:10.3f}{(a / b) ** faster:9.1f}×")
print(f"of the limits: prefill {best(ours, 'prefillGFLOPS', max):.0f} of {best(ours, 'matmulGFLOPS', max):.0f} GFLOP/s, "
      f"decode {best(ours, 'decodeGBPerSecond', max):.1f} of {best(ours, 'readGBPerSecond', max):.1f} GB/s")
for part, key in (("the decoder's prefill", "decoderPrefillGFLOPS"), ("vision", "visionGFLOPS")):
    print(f"9B widths, bf16: {part} {wide[key]:.0f} of {wide['matmulGFLOPS']:.0f} GFLOP/s "
          f"({100 * wide[key] / wide['matmulGFLOPS']:.0f} %)")
PY
