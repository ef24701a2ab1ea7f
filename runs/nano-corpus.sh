#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
#
# Writes the text that glyph-nano is trained on into a folder: prose and documentation from Debian packages.
#
# usage: runs/nano-corpus.sh FOLDER
#
# Installs the packages that are missing, so it needs root and Debian 12, whose names of packages and folders it knows.
#
# The folder gets one .txt file for each source. None of it is shipped: the packages are free software, and the model
# card lists them.
set -eu
[ $# -eq 1 ] || { echo "usage: $0 FOLDER" >&2; exit 2; }
out=$1
mkdir -p "$out"

packages="bible-kjv bible-kjv-text fortunes anarchism dict-gcide dict-foldoc dict-jargon dictzip python3-doc
    debian-reference-en postgresql-doc-15 html2text"
missing=$(dpkg-query -W -f '${Package} ${Status}\n' $packages 2>/dev/null | awk '/ok installed$/ {print $1}' | sort > "$out/.have"
    for p in $packages; do grep -qx "$p" "$out/.have" || printf '%s ' "$p"; done; rm -f "$out/.have")
if [ -n "$missing" ]; then
    echo "installing $missing" >&2
    # shellcheck disable=SC2086
    apt-get update > /dev/null
    apt-get install -y --no-install-recommends $missing > /dev/null
fi

echo "the King James Bible" >&2
bible -f 'Gen1:1-Rev22:21' 2>/dev/null | sed 's/^[A-Za-z0-9]*:[0-9]* //' > "$out/bible.txt"
echo "fortunes" >&2
for f in /usr/share/games/fortunes/*; do
    case $f in *.dat | *.u8) continue ;; esac
    sed 's/^%$//' "$f"
done > "$out/fortunes.txt"
echo "dictionaries" >&2
for name in gcide foldoc jargon; do dictzip -dc "/usr/share/dictd/$name.dict.dz" > "$out/$name.txt"; done
echo "books and documentation" >&2
for pair in anarchism:/usr/share/doc/anarchism/html python3-doc:/usr/share/doc/python3.11/html \
    debian-reference:/usr/share/debian-reference postgresql:/usr/share/doc/postgresql-doc-15/html; do
    name=${pair%%:*}
    find "${pair#*:}" -name '*.html' ! -name '*genindex*' | LC_ALL=C sort |
        while read -r page; do html2text -utf8 -nobs -width 2000 "$page" 2>/dev/null || true; done > "$out/$name.txt"
done
for text in "$out"/*.txt; do
    # Some sources have bytes that are no UTF-8, which training refuses.
    iconv -c -f UTF-8 -t UTF-8 "$text" > "$text.clean" || true
    mv "$text.clean" "$text"
    [ -s "$text" ] || { echo "$text: nothing was found for it" >&2; exit 1; }
done
wc -c "$out"/*.txt >&2
