#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Makes a fresh Debian machine ready: installs missing packages, then builds. Called by ./glyph and ./test.
#
#   Tools/setup.sh packages          only install what glyph is built with
#   Tools/setup.sh packages engine   also what the engine and the tests of tensors need: libtorch, 60 MB and more
#   Tools/setup.sh build             install what glyph is built with, and build the release program
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
cd "$root"

# Headers and libraries to build with, and fonts for scripts that the shipped DejaVu fonts lack.
packages=(
    pkg-config libfreetype-dev libharfbuzz-dev libicu-dev libisal-dev libssl-dev
    fonts-noto-cjk
)

# For the engine only. OpenBLAS because libtorch otherwise multiplies f32 matrices with the reference BLAS, which is
# twenty times slower; built for OpenMP so that both share one set of threads.
engine_packages=(libtorch-dev libopenblas0-openmp)

install_packages() {
    local missing=()
    for package in "${packages[@]}"; do
        dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing+=("$package")
    done
    ((${#missing[@]})) || return 0
    local sudo=()
    if ((EUID != 0)); then
        if sudo -n true 2>/dev/null; then
            sudo=(sudo)
        else
            echo "glyph needs these Debian packages: ${missing[*]}" >&2
            echo "Install them with:  sudo apt-get install -y ${missing[*]}" >&2
            exit 1
        fi
    fi
    echo "Installing Debian packages: ${missing[*]}"
    "${sudo[@]}" apt-get update -qq
    DEBIAN_FRONTEND=noninteractive "${sudo[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

check_swift() {
    command -v swift >/dev/null && return
    echo "glyph needs Swift 6.1 or newer; see https://www.swift.org/install/linux" >&2
    exit 1
}

# A static Swift library, no unused code, no symbols and fixed addresses: together they take a third off the start-up time,
# which counts when a short document renders in less.
flags=(
    -c release --product glyph --static-swift-stdlib
    -Xlinker --gc-sections -Xlinker -s -Xswiftc -Xclang-linker -Xswiftc -no-pie
)

build() {
    check_swift
    echo "Building glyph (several minutes the first time) …"
    local log=$root/.build/setup.log
    mkdir -p "$root/.build"
    # The stamp takes the time at which the build started, so that edits made meanwhile build again.
    touch "$root/.build/glyph.stamp.new"
    if [[ -t 2 ]]; then
        swift build "${flags[@]}"
    elif ! swift build "${flags[@]}" >"$log" 2>&1; then
        tail -n 60 "$log" >&2
        exit 1
    fi
    mv "$root/.build/glyph.stamp.new" "$root/.build/glyph.stamp"
}

[[ ${2:-} == engine ]] && packages+=("${engine_packages[@]}")
install_packages
[[ ${1:-build} == packages ]] || build
