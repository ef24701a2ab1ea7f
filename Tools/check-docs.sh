#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
# Checks that the documents are true where a machine can tell. Fast, and without the network.
#
#   Tools/check-docs.sh [PROGRAM]     PROGRAM: a built glyph; .build/release/glyph by default
#
# Prints one line for each check, `ok` or `FAIL`, and fails when one does.
set -uo pipefail
export LC_ALL=C.UTF-8
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.."
program=$(readlink -f "${1:-.build/release/glyph}")
if [[ ! -x $program ]]; then
    echo "FAIL  no program at ${1:-.build/release/glyph}; build it with ./glyph, or name another"
    exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mapfile -t documents < <(find . -name '*.md' -not -path './.build/*' -not -path './glyph-pages/*' | sort)
# The documents that tell people what to type.
mapfile -t guides < <(printf '%s\n' "${documents[@]}" | grep -E '^\./(README|CONTRIBUTING|CHANGELOG|docs/[^/]*\.md)')
failures=0

# Reports a check by its title and the lines of faults found, if any.
report() {
    if [[ -z $2 ]]; then
        echo "ok    $1"
    else
        echo "FAIL  $1"
        sed 's/^/      /' <<<"$2"
        failures=$((failures + 1))
    fi
}

# The pieces of code in a document: what stands in backquotes, and the lines of fenced blocks.
code_of() {
    awk '/^ *```/ { fenced = !fenced; next } fenced { print; next }
        { n = split($0, part, "`"); for (i = 2; i <= n; i += 2) print part[i] }' "$1" |
        sed -e ':a' -e '/\\$/N; s/\\\n//; ta'  # joins continued lines
}

check_links() {
    local document target
    for document in "${documents[@]}"; do
        # Inline links and images, reference definitions, and HTML images; code is no link.
        sed -e '/^ *```/,/^ *```/d' -e 's/`[^`]*`//g' "$document" |
            grep -oE '\]\([^) ]+\)|^\[[^]]+\]: *[^ ]+|(src|href)="[^"]+"' |
            sed -E 's/^\]\((.*)\)$/\1/; s/^\[[^]]+\]: *//; s/^(src|href)="(.*)"$/\2/' |
            while read -r target; do
                case $target in http://* | https://* | mailto:* | '#'*) continue ;; esac
                [[ -e $(dirname "$document")/${target%%#*} ]] || echo "$document: $target does not exist"
            done
    done
}

# Every `glyph COMMAND --flag` is one the program's help knows; a flag in backquotes alone is one of some command.
check_commands() {
    local names document piece command flag
    names=$("$program" --help | awk '/^SUBCOMMANDS:/ { on = 1; next } on && /^  [a-z]/ { print $1 }')
    for command in $names; do "$program" help "$command" >"$work/help.$command"; done
    "$program" help bench render >"$work/help.bench"
    # The engine's own options, which the program hands on.
    "$program" train cpt --help >>"$work/help.train"
    for suite in ruler longbench mrcr comprehension ocr nano; do "$program" help eval "$suite"; done >"$work/help.eval"
    cat "$work"/help.* >"$work/help"
    for document in "${guides[@]}"; do
        code_of "$document" | while IFS= read -r piece; do
            piece=${piece%%#*}
            if [[ $piece =~ (^|[\ /])glyph\ +(help\ +)?([a-z]+)(.*)$ ]]; then
                command=${BASH_REMATCH[3]}
                if ! grep -qx "$command" <<<"$names"; then
                    echo "$document: there is no command 'glyph $command'"
                    continue
                fi
                for flag in $(grep -oE -- '(^| )-{1,2}[a-z][a-z-]*' <<<"${BASH_REMATCH[4]}"); do
                    grep -qE -- "(^|[ ,])$flag([ ,]|$)" "$work/help.$command" ||
                        echo "$document: 'glyph $command' has no $flag"
                done
            elif [[ $piece =~ ^(--[a-z][a-z-]*) ]]; then
                flag=${BASH_REMATCH[1]}
                grep -qE -- "(^|[ ,])$flag([ ,]|$)" "$work/help" || echo "$document: no command has $flag"
            fi
        done
    done
}

# The table lists exactly the keys of ConfigKey, in its order.
check_keys() {
    diff <(sed -n '/^public enum ConfigKey/,/^}/s/^ *case \([A-Za-z]*\)\( = "\(.*\)"\)\{0,1\}$/\1 \3/p' \
        Sources/GlyphTypeset/Configuration/ConfigKey.swift | awk '{ print ($2 == "" ? $1 : $2) }') \
        <(sed -n '/<!-- keys/,/<!-- \/keys/s/^| `\([a-z-]*\)`.*/\1/p' docs/rendering.md) |
        sed -n 's/^</docs\/rendering.md lacks/p; s/^>/docs\/rendering.md has, but ConfigKey has not,/p'
    local key
    for key in $(code_of README.md | grep -oE -- '--set [a-z-]+=' | sed 's/--set //; s/=$//'); do
        [[ $key == key ]] || grep -q "^| \`$key\`" docs/rendering.md || echo "README.md: --set $key is no key"
    done
}

# The defaults in the table are those of a file that names nothing but a font.
check_defaults() {
    local configuration key default actual
    printf '{"font-path": "%s"}' "$("$program" doctor | sed -n 's/^.*default font: \(.*\) (.*$/\1/p')" >"$work/font.json"
    "$program" render Examples/lunyu.txt --config "$work/font.json" -o "$work/defaults" >/dev/null || return
    configuration=$(grep '^"configuration"' "$work/defaults/manifest.json")
    sed -n '/<!-- keys/,/<!-- \/keys/p' docs/rendering.md | awk -F' *\\| *' '/^\| `/ { print $2 "\t" $5 }' | tr -d '`' |
        while IFS=$'\t' read -r key default; do
            default=${default%%;*}
            default=${default#A4: }
            case $default in none* | no\ limit | the\ *) continue ;; esac
            actual=$(grep -oE "\"$key\": (\"[^\"]*\"|[^,}]*)" <<<"$configuration" | sed 's/^"[^"]*": //')
            [[ $default == "$actual" ]] || echo "docs/rendering.md: $key is $actual by default, not $default"
        done
}

check_presets() {
    local document listed
    listed=$("$program" doctor | awk '/^Presets:/ { on = 1; next } on && NF { print $1 }' | sort)
    [[ -n $listed ]] || echo "'glyph doctor' lists no presets"
    for document in README.md README.zh-CN.md docs/rendering.md; do
        # The table whose first row is the preset `default`.
        diff <(echo "$listed") <(awk '/^\| `default` \|/ { on = 1 } on && !/^\|/ { exit } on { gsub(/`/, ""); print $2 }' \
            "$document" | sort) | sed -n "s|^<|$document lacks preset|p; s|^>|$document: no such preset:|p"
    done
}

# Runs the README's render and count commands as they are written, and compares what the first one prints.
check_examples() {
    local document line
    ln -sfn "$PWD/Examples" "$work/Examples"
    ln -sfn "$PWD/Sources" "$work/Sources"
    printf '#!/bin/sh\nexec "%s" "$@"\n' "$program" >"$work/glyph"
    chmod +x "$work/glyph"
    for document in README.md README.zh-CN.md; do
        rm -rf "$work/glyph-pages"
        code_of "$document" | grep -E '^\./glyph (render|count) ' >"$work/commands"
        [[ -s $work/commands ]] || echo "$document: no command to run"
        while IFS= read -r line; do
            (cd "$work" && bash -c "$line") >"$work/out" 2>&1 </dev/null || echo "$document: $line: $(tail -n 1 "$work/out")"
            [[ $line == "$(head -n 1 "$work/commands")" ]] && cp "$work/out" "$work/first"
        done <"$work/commands"
        # All but the time it took.
        grep -v ' ms, ' "$work/first" | while IFS= read -r line; do
            grep -qxF -- "$line" "$document" || echo "$document does not show what its first command prints: $line"
        done
    done
}

# Every field of a manifest is explained.
check_manifest() {
    local field
    [[ -f $work/glyph-pages/manifest.json ]] || { echo "no manifest was written"; return; }
    for field in $(grep -oE '^"[A-Za-z0-9]+":' "$work/glyph-pages/manifest.json" | tr -d '":'); do
        grep -q "^|.*\`$field\`.*|" docs/rendering.md || echo "docs/rendering.md does not explain \"$field\""
    done
}

# The paths under Sources, Tests, Tools, Examples and docs that documents name in backquotes.
check_paths() {
    local document path
    for document in "${guides[@]}"; do
        code_of "$document" | grep -oE '(^|[ "])(\.\./\.\./)?(Sources|Tests|Tools|Examples|docs)/[A-Za-z0-9_./+-]+' |
            sed -E 's/^[ "]//; s/^(\.\.\/)+//; s/[.,]$//' | while read -r path; do
            [[ -e $path ]] || echo "$document: $path does not exist"
        done
    done
}

# The README's Swift is the same in both languages, and every Swift program in a document compiles. What begins without
# an import is a piece of a manifest.
check_swift() {
    local build=.build/release map flag document source flags=()
    diff <(sed -n '/^```swift/,/^```/p' README.zh-CN.md) <(sed -n '/^```swift/,/^```/p' README.md) >/dev/null ||
        echo "README.zh-CN.md: its Swift differs from README.md's"
    if [[ ! -e $build/Modules/GlyphReading.swiftmodule ]]; then
        echo "$build has no modules to compile with; ./glyph builds them"
        return
    fi
    for map in Sources/*/module.modulemap "$build"/*.build/module.modulemap \
        .build/checkouts/*/Sources/*/include/module.modulemap; do
        flags+=(-Xcc "-fmodule-map-file=$map")
    done
    for flag in $(pkg-config --cflags freetype2); do flags+=(-Xcc "$flag"); done
    for document in README.md docs/library.md; do
        mkdir -p "$work/swift/$document"
        awk -v folder="$work/swift/$document" '
            /^```swift/ { getline first; if (first ~ /^import /) { file = folder "/" ++n ".swift"; print first >file }; next }
            /^```/ { file = "" }
            file { print >file }' "$document"
        [[ -n $(ls "$work/swift/$document") ]] || echo "$document: no Swift to compile"
        for source in "$work/swift/$document"/*.swift; do
            swiftc -typecheck -swift-version 6 -enable-upcoming-feature MemberImportVisibility -I "$build/Modules" \
                "${flags[@]}" "$source" 2>&1 | grep '^[^ ].* error: ' | sed "s|^$work/swift/||"
        done
    done
}

# Every source file starts with the two SPDX lines, after what must come first. Data and pages cannot carry them.
check_licences() {
    local file line lines
    git ls-files -- glyph test '*.swift' '*.c' '*.cpp' '*.h' '*.hpp' '*.inc' '*.modulemap' '*.py' '*.sh' '*.bash' \
        '*.js' '*.css' '*.yaml' '*.service' '*Dockerfile' ':!Tests/*/Fixtures/*' | while IFS= read -r file; do
        [[ -e $file ]] || continue  # deleted, but not yet from the index
        mapfile -t -n 3 lines <"$file"
        for line in 'SPDX-License-Identifier: Apache-2.0' 'SPDX-FileCopyrightText: Glyph contributors'; do
            [[ ${lines[*]} == *"$line"* ]] || echo "$file does not start with '$line'"
        done
    done
}

report "links lead somewhere" "$(check_links)"
report "paths exist" "$(check_paths)"
report "commands and flags exist" "$(check_commands)"
report "the table of keys is complete" "$(check_keys)"
report "the defaults are the program's" "$(check_defaults)"
report "the tables of presets are complete" "$(check_presets)"
report "the README's commands run and print what it says" "$(check_examples)"
report "the manifest is explained" "$(check_manifest)"
report "the Swift of the documents compiles" "$(check_swift)"
report "source files name their licence and their authors" "$(check_licences)"
((failures == 0))
