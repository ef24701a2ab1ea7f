#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
# Makes a fresh Debian machine ready: installs missing packages, then builds. Called by ./glyph and ./test.
#
#   Tools/setup.sh packages          only install what is missing
#   Tools/setup.sh build             also build the release program
#   Tools/setup.sh packages engine   the same for rendering and for running models here
#   Tools/setup.sh build engine
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
cd "$root"

# Headers and libraries to build with, and fonts for scripts that the shipped DejaVu fonts lack. libarchive reads zip and
# tar, libxml2 HTML and XML (loaded when needed, without its headers), and poppler's programs read PDF.
packages=(
    pkg-config libarchive-dev libfreetype-dev libharfbuzz-dev libicu-dev libisal-dev libsqlite3-dev
    libssl-dev libxml2 poppler-utils fonts-noto-cjk
)
# What only glyph-engine needs: tensors, and decoders for the images that clients send. OpenBLAS because libtorch
# otherwise multiplies f32 matrices with the reference BLAS, twenty times slower; for OpenMP so that both share threads.
engine_packages=(libtorch-dev libopenblas0-openmp libpng-dev libjpeg62-turbo-dev libwebp-dev)
products=(glyph)
if [[ ${2:-} == engine ]]; then
    packages+=("${engine_packages[@]}")
    products+=(glyph-engine)
fi

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
    echo "glyph needs Swift 6.2 or newer; see https://www.swift.org/install/linux" >&2
    exit 1
}

# A static Swift library, no unused code, no symbols and fixed addresses, C libraries linked statically where Debian
# has them so: together they more than halve the start-up time, which counts when a short document renders in less.
# Exclusive access is checked when tests are built; asking again at every access of the release costs 2 %.
flags=(
    -c release --static-swift-stdlib
    -Xlinker --gc-sections -Xlinker -s -Xswiftc -Xclang-linker -Xswiftc -no-pie
    -Xswiftc -enforce-exclusivity=unchecked
)

# A folder that holds only static libraries comes first in the search, and the group settles their order. pkg-config
# would name the system's folder before it. For glyph alone: libtorch brings a C++ library of its own into the engine.
link_statically() {
    local folder=$root/.build/static library archive
    rm -rf "$folder"
    mkdir -p "$folder"
    # Swift's static library exports 38,000 symbols, among which every start would search for one.
    # Beside a program without libraries of its own the loader would look for the system's, in 40 folders.
    static_flags=(--disable-local-rpath -Xlinker --no-export-dynamic -Xlinker "-L$folder" -Xlinker --start-group)
    for library in freetype png16 brotlidec brotlicommon z crypto sqlite3 icui18n icuuc icudata stdc++ gcc_eh; do
        archive=$(gcc -print-file-name="lib$library.a")
        [[ -f $archive ]] || continue
        ln -s "$archive" "$folder/lib$library.a"
        static_flags+=(-Xlinker "-l$library")
    done
    static_flags+=(-Xlinker --end-group)
    sed "s|^Libs:.*|Libs: -L$folder -lfreetype|" "$(pkg-config --variable=pcfiledir freetype2)/freetype2.pc" \
        >"$folder/freetype2.pc"
    static_path=$folder${PKG_CONFIG_PATH:+:$PKG_CONFIG_PATH}
}

# Copies a program in large pieces, in which Linux then caches and maps it: a start takes a quarter fewer page faults.
write_in_large_pieces() {
    dd if="$1" of="$1.new" bs=8M status=none
    chmod --reference="$1" "$1.new"
    mv "$1.new" "$1"
}

build() {
    check_swift
    link_statically
    local log=$root/.build/setup.log product
    mkdir -p "$root/.build"
    for product in "${products[@]}"; do
        local options=("${flags[@]}" --product "$product") path=${PKG_CONFIG_PATH:-}
        [[ $product == glyph ]] && options+=("${static_flags[@]}") && path=$static_path
        echo "Building $product (several minutes the first time) …"
        # The stamp takes the time at which the build started, so that edits made meanwhile build again.
        touch "$root/.build/$product.stamp.new"
        if [[ -t 2 ]]; then
            PKG_CONFIG_PATH=$path swift build "${options[@]}"
        elif ! PKG_CONFIG_PATH=$path swift build "${options[@]}" >"$log" 2>&1; then
            tail -n 60 "$log" >&2
            exit 1
        fi
        write_in_large_pieces "$root/.build/release/$product"
        mv "$root/.build/$product.stamp.new" "$root/.build/$product.stamp"
    done
}

install_packages
[[ ${1:-build} == packages ]] || build
