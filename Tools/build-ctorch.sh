#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
# Builds libCTorch.so against another libtorch, with a plain C++ compiler and without Swift. Swift programs that were
# built against Debian's libtorch run on it unchanged.
#
#   Tools/build-ctorch.sh LIBTORCH_DIR [OUT]
#
# LIBTORCH_DIR holds include/ and lib/: an unpacked libtorch, or the `torch` folder inside a PyPI wheel, CUDA included.
# OUT is the folder for libCTorch.so (default: .build/ctorch). Then run:  LD_LIBRARY_PATH=OUT program
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
if [[ $# -lt 1 || ! -f $1/include/ATen/ATen.h ]]; then
    sed -n '4,10s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
fi
torch=$(readlink -f "$1")
out=${2:-$root/.build/ctorch}
sources=$root/Packages/CTorch/Sources/CTorch
compiler=${CXX:-g++}
mkdir -p "$out"

# Symbols of the two string layouts of libstdc++ differ; the library says which one it was built with.
abi=0
# Not `grep -q`: it would end early, and nm with a broken pipe would count as a failure.
if nm -D --defined-only "$torch/lib/libc10.so" | grep 'torchCheckFail.*__cxx1112basic_string' >/dev/null; then abi=1; fi
flags=(
    -std=c++17 -O3 -fPIC -fopenmp -fvisibility=hidden "-D_GLIBCXX_USE_CXX11_ABI=$abi"
    -isystem "$torch/include" "-I$sources/include"
)
libraries=(-ltorch_cpu -lc10)
if [[ -f $torch/lib/libtorch_cuda.so ]]; then
    # Nothing in the shim refers to the CUDA half; it registers itself when it is loaded.
    libraries+=(-Wl,--no-as-needed -ltorch_cuda -lc10_cuda -Wl,--as-needed)
fi

objects=$(mktemp -d)
trap 'rm -rf "$objects"' EXIT
echo "Building libCTorch.so for $torch …"
printf '%s\n' "$sources"/*.cpp "$sources"/*/*.cpp |
    xargs -P "$(nproc)" -I{} sh -c '"$@" -c {} -o "'"$objects"'/$(basename {}).o"' sh "$compiler" "${flags[@]}"
"$compiler" -shared -fopenmp -Wl,-soname,libCTorch.so -o "$out/libCTorch.so" "$objects"/*.o \
    "-L$torch/lib" "${libraries[@]}" "-Wl,-rpath,$torch/lib" -Wl,-z,defs
echo "$out/libCTorch.so"
