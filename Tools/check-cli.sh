#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
# Runs the real program as a person would and checks what it prints, writes and returns.
#
#   Tools/check-cli.sh [--accept] [PROGRAM]     PROGRAM defaults to .build/release/glyph
#
# --accept rewrites the help snapshots in Tests/CLI/help. Needs no network; a check that cannot run here says why.
set -euo pipefail
root=$(cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/.." && pwd)
accept=false
if [[ ${1:-} == --accept ]]; then
    accept=true
    shift
fi
glyph=$(readlink -f "${1:-$root/.build/release/glyph}")
if [[ ! -x $glyph ]]; then
    echo "$glyph: is no program; build it first: swift build -c release --product glyph" >&2
    exit 1
fi
work=$(mktemp -d)
helpers=()
finish() {
    for helper in ${helpers[@]+"${helpers[@]}"}; do kill "$helper" 2>/dev/null || true; done
    chmod -R u+w "$work"
    rm -rf "$work"
}
trap finish EXIT
cd "$work"
# A key in the environment must not reach a check by accident; English messages whatever the locale.
unset OPENAI_API_KEY API_KEY
export LC_ALL=C.UTF-8

passed=0
failed=0
skipped=0
ok() {
    passed=$((passed + 1))
    echo "ok   $1"
}
bad() {
    failed=$((failed + 1))
    echo "FAIL $1: $2"
    sed 's/^/       | /' out err 2>/dev/null | head -n 12 || true
}
skip() {
    skipped=$((skipped + 1))
    echo "skip $1: $2"
}
# Runs glyph; leaves standard output in `out`, standard error in `err` and the exit status in `status`.
run() {
    status=0
    "$glyph" "$@" >out 2>err </dev/null || status=$?
}
# check TITLE CONDITION…: runs the condition, a command.
check() {
    local title=$1
    shift
    if "$@"; then ok "$title"; else bad "$title" "not so: $*"; fi
}
# refuses TITLE STATUS TEXT ARGUMENTS…: glyph must end with that status and say TEXT, a regular expression.
refuses() {
    local title=$1 wanted=$2 text=$3
    shift 3
    run "$@"
    if ((status != wanted)); then
        bad "$title" "exit status $status, expected $wanted"
    elif ! grep -Eq -- "$text" err; then
        bad "$title" "standard error lacks /$text/"
    elif [[ -s out ]]; then
        bad "$title" "wrote to standard output"
    else
        ok "$title"
    fi
}
# accepts TITLE TEXT ARGUMENTS…: glyph must succeed and print TEXT on standard output.
accepts() {
    local title=$1 text=$2
    shift 2
    run "$@"
    if ((status != 0)); then
        bad "$title" "exit status $status"
    elif ! grep -Eq -- "$text" out; then
        bad "$title" "standard output lacks /$text/"
    else
        ok "$title"
    fi
}
# The digests of a folder's files.
digests() { (cd "$1" && find . -type f | LC_ALL=C sort | xargs sha256sum); }
same_files() { diff <(digests "$1") <(digests "$2") >/dev/null; }
differs() { ! same_files "$1" "$2"; }
json_value() { sed -n "s/.*\"$1\": \([^,}]*\).*/\1/p" "$2"; }
pages_in() { find "$1" -name 'page_*.png' | wc -l; }

# Documents.
for i in $(seq 400); do
    echo "Line $i: the quick brown fox jumps over the lazy dog, and reads what it wrote $((i * 7919 % 1000)) times."
done >text.txt
printf '第一章。这是一段中文文字，用来测试换行和标点，共有两句话。\n%.0s' {1..60} >chinese.txt
printf 'مرحبا بالعالم، هذا نص عربي with English inside.\n%.0s' {1..30} >arabic.txt
printf 'No font here has this one: \U10FFFD\n' >missing.txt
printf 'func add(_ a: Int, _ b: Int) -> Int {\n\treturn a + b\n}\n%.0s' {1..20} >code.swift
printf '# Title\n\nSome *Markdown* with `code`.\n' >notes.md
printf 'abc\xff\xfedef' >invalid.txt
printf 'text\0more' >binary.txt
printf '\xff\xfeh\0i\0\n\0' >utf16.txt
: >empty.txt

echo "-- help"
started=$(date +%s%N)
run --version
echo "     start-up: $((($(date +%s%N) - started) / 1000000)) ms"
check "--version prints a version" grep -Eqx '[0-9]+\.[0-9]+\.[0-9]+' out
for command in "" render count ask chat serve models "models inspect" eval "eval ruler" "eval longbench" "eval mrcr" \
    "eval comprehension" "eval ocr" "eval nano" bench "bench render" doctor; do
    name=${command:-glyph}
    snapshot=$root/Tests/CLI/help/${name// /-}.txt
    # shellcheck disable=SC2086
    COLUMNS=80 run $command --help
    $accept && cp out "$snapshot"
    check "help of '$name' is as recorded" diff -u "$snapshot" out
done

echo "-- render"
accepts "render says pages, tokens and ratio" '[0-9,]+ text tokens .* visual tokens .*× fewer' render text.txt -o a
check "render writes a manifest" test -s a/manifest.json
check "render leaves no temporary file" test -z "$(find a -name '*.part')"
run render text.txt -o b
check "two runs write the same files" same_files a b
if command -v taskset >/dev/null; then
    taskset -c 0 "$glyph" render text.txt -o one-processor >out 2>err || true
    check "the number of processors does not matter" same_files a one-processor
else
    skip "the number of processors" "taskset is not installed"
fi
"$glyph" render - -o piped >out 2>err <text.txt
check "standard input gives the same pages" diff <(digests a | grep png) <(digests piped | grep png)
accepts "several inputs become one document" '"pages": ' render notes.md code.swift text.txt -o many --json
check "the manifest names every input" grep -q '"notes.md".*"code.swift".*"text.txt"' many/manifest.json
accepts "Chinese loses nothing" '× fewer' render chinese.txt -o chinese --strict
accepts "Arabic loses nothing" '× fewer' render arabic.txt -o arabic --strict
accepts "UTF-16 is read" '1 page' render utf16.txt -o utf16
check "and said" grep -q 'Note: utf16.txt: converted from UTF-16' err
for preset in default glyph-en readable dark code dense; do
    accepts "preset $preset renders" '"dropped": 0' render code.swift -o "preset-$preset" --preset "$preset" --json
done

echo "-- documents"
fixtures=$root/Tests/GlyphDocumentsTests/Fixtures
mkdir -p tree/src
cp code.swift notes.md tree/src
printf '*.log\n' >tree/.gitignore
printf 'ignored\n' >tree/a.log
cp "$fixtures/plain.zip" tree
printf '\x89PNG\r\n\x1a\n' >tree/logo.png
accepts "a folder becomes a panorama" '"missing": 0' render tree -o tree-pages --preset code --json
check "its manifest has line numbers" grep -q '"tree/src/code.swift".*"gutter": ' tree-pages/manifest.json
check "and files of archives" grep -q '"tree/plain.zip/src/main.swift"' tree-pages/manifest.json
check "and what was not read" grep -q '"skipped": .*"tree/logo.png", "reason": "is a PNG image"' tree-pages/manifest.json
check "what .gitignore names is left out" grep -q '1 entry left out, as .gitignore says' err
mkdir -p project && cp notes.md project
(cd project && "$glyph" render . -o pages --json) >first 2>err || true
(cd project && "$glyph" render . -o ./pages --force --json) >out 2>err || true
check "pages in the input are not read back" \
    test "$(json_value textTokens out)" = "$(json_value textTokens first)" -a -s out
check "and that is said" grep -q 'Note: pages: left out, as pages are written there' err
refuses "the folder for the pages as input" 1 'is the folder for the pages, too' \
    render project/pages -o project/../project/pages --force
accepts "DOCX is read" '1 page' render "$fixtures/pandoc.docx" -o docx
iconv -f UTF-8 -t GB18030 chinese.txt >gb.txt
accepts "GB18030 gives the pages of UTF-8" '× fewer' render gb.txt -o gb
check "the same ones" diff <(digests gb | grep png) <(digests chinese | grep png)
check "what was assumed is said" grep -q 'Note: gb.txt: assumed to be GB18030' err
accepts "an encoding can be named" '× fewer' render gb.txt -o named --encoding gbk
refuses "an unknown encoding" 1 'encoding: "klingon" is unknown' render gb.txt -o x --encoding klingon
refuses "an unknown panorama" 1 '--panorama: "some" is unknown; expected auto, on, off' render gb.txt -o x --panorama some
refuses "an archive made to do harm" 1 'bomb.zip: unpacks to more than 200 times' render "$fixtures/bomb.zip" -o x
if command -v pdftotext >/dev/null; then
    accepts "PDF is read" '1 page' render "$fixtures/text.pdf" -o pdf
    check "its manifest knows the pages" grep -q '"pages": \[\[0, 1\], \[[0-9]*, 2\]\]' pdf/manifest.json
    accepts "a scanned PDF gives pictures" '2 pages.*' render "$fixtures/scan.pdf" -o scan --scan-dpi 72
    check "of its pages" grep -q '"scan": {"name": ".*scan.pdf", "page": 2}' scan/manifest.json
    accepts "without claiming a compression" '2 of 2 pages are pictures without a text to compare with' \
        count "$fixtures/scan.pdf"
    accepts "nor where some pages have a text" '"compression": null' count "$fixtures/mixed.pdf" --json
    run count "$fixtures/mixed.pdf" --json --budget 2400
    check "--budget pays for pictures" test "$(json_value visualTokens out)" -le 2400
    check "and says what they take" grep -Eq 'Note: pictures of pages take [0-9,]+ of the budget of 2,400' err
    refuses "pictures above the budget" 1 'pages that are pictures cost [0-9]+ .*--scan-dpi' \
        count "$fixtures/scan.pdf" --budget 100
    refuses "an encrypted PDF" 1 'encrypted.pdf: is encrypted with a password' render "$fixtures/encrypted.pdf" -o x
else
    skip "PDF" "poppler-utils is not installed"
fi

echo "-- configuration"
run render text.txt -o small --set font-size=6 --set line-height=7
check "--set changes the pages" differs a small
run render text.txt -o flags --font-size 6 --line-height 7
check "flags do what --set does" same_files small flags
mkdir -p folder
sed -n 's/^"configuration": \({.*}\),$/\1/p' small/manifest.json >folder/render_config.json
(cd folder && "$glyph" render ../text.txt -o ../configured >../out 2>../err) || true
check "render_config.json sets the default" diff <(digests small | grep png) <(digests configured | grep png)
check "and is mentioned" grep -q 'Note: .*render_config.json' err
run render text.txt -o by-file --config folder/render_config.json
check "--config reads the same file" diff <(digests small | grep png) <(digests by-file | grep png)
run render text.txt -o override --config folder/render_config.json --font-size 9 --line-height 10
check "flags override single keys" diff <(digests a | grep png) <(digests override | grep png)
echo '{"font-path": 3}' >typed.json
echo '{"dpi": 72,' >broken.json
sed 's/"dpi": [0-9]*/"dpi": "high"/' folder/render_config.json >wrong.json
sed 's/"dpi"/"dip"/' folder/render_config.json >unknown.json
refuses "a wrong type names file and key" 1 'wrong.json: dpi: .*"high".*expected a number' render text.txt -o x --config wrong.json
refuses "a font that is a number" 1 'typed.json: font-path: .*expected' render text.txt -o x --config typed.json
refuses "an unknown key names itself" 1 'unknown.json: dip: .*expected one of' render text.txt -o x --config unknown.json
refuses "broken JSON" 1 'broken.json: .*JSON' render text.txt -o x --config broken.json
refuses "a missing configuration" 1 'none.json: ' render text.txt -o x --config none.json
refuses "--set without '='" 1 "has no '='.*font-size=8" render text.txt -o x --set dpi
refuses "a line height that nobody set is not at fault" 1 'room for a line of 1000' render text.txt -o x --font-size 950
refuses "an unknown key in --set" 1 'colour: is not a configuration key' render text.txt -o x --set colour=red
refuses "a flag at fault is named" 1 '^Error: --dpi: .*expected a number from' render text.txt -o x --dpi 0
refuses "an unknown preset lists all" 1 '"tiny" is unknown; expected default' render text.txt -o x --preset tiny
run render text.txt -o overlap --line-height 2
check "lines that overlap are mentioned" grep -q 'Note: lines overlap' err
refuses "--preset with --config" 1 'together with --config' render text.txt -o x --preset dense --config wrong.json
refuses "a missing font" 1 '--font: .*readable font file.*glyph doctor' render text.txt -o x --font none.ttf
refuses "a font that is none" 1 'text.txt: cannot be opened as a font' render text.txt -o x --font text.txt

echo "-- inputs"
refuses "a missing file" 1 'none.txt: does not exist' render none.txt -o x
mkdir -p nothing
refuses "a folder without files" 1 'nothing: holds no files' render nothing -o x
refuses "also beside others" 1 'nothing: holds no files' count notes.md nothing
refuses "an empty file" 1 'empty.txt: is empty' render empty.txt -o x
refuses "empty standard input" 1 'standard input: is empty' render - -o x
refuses "standard input twice" 1 'given twice' render - - -o x
refuses "a binary file" 1 'binary.txt: byte 4: .*binary' render binary.txt -o x
refuses "invalid UTF-8 names the byte" 1 'invalid.txt: byte 3: 0xff' render invalid.txt -o x
refuses "no input" 64 "Missing expected argument '<input>" render -o x
refuses "an unknown option" 64 "Unknown option '--bogus'" render text.txt -o x --bogus
refuses "an option with one dash" 64 '-line-height has one dash' render text.txt -o x -line-height 12
refuses "a command that there is none of" 64 'rendr is no command; there are render, ' rendr text.txt -o x
refuses "a key that is set twice" 1 '--set dpi=200: is given together with --dpi' count text.txt --dpi 100 --set dpi=200
refuses "a resolution beside a budget" 1 '--dpi: is given together with --budget' count text.txt --dpi 100 --budget 900
refuses "reflow beside --fit" 1 '--reflow: is given together with --fit' count text.txt --reflow off --fit auto
refuses "pages too small for their margins" 1 '--page-size: margin' count text.txt --page-size 10,10
check "a refused run makes no folder" test ! -e x

echo "-- folders"
refuses "a folder with something in it" 1 'a: is not empty .*--force' render notes.md -o a
check "is left as it was" same_files a b
echo mine >a/mine.txt
run render notes.md -o a --force
check "--force replaces the pages" test "$status $(pages_in a)" = "0 1"
check "and keeps other files" grep -qx mine a/mine.txt
cp -r a before
printf 'a\xcd\xb8b\n' >lost.txt
run render lost.txt -o a --force --strict
check "--force keeps the pages of a run that fails" test "$status" = 1
check "as they were" same_files a before
mkdir web && echo '{"name": "app"}' >web/manifest.json
refuses "a manifest of another program" 1 'web/manifest.json: is not a manifest of pages' render text.txt -o web --force
refuses "no --output" 64 "Missing expected argument '--output <dir>'" render text.txt
refuses "a file for a folder" 1 'text.txt: is a file; expected a folder' render notes.md -o text.txt
refuses "a folder that cannot be made" 1 '/proc/none: cannot be created' render notes.md -o /proc/none
# The first of each pair is read without ArgumentParser, the second is not.
run render text.txt notes.md -o plain --preset dense --strict
cp out plain.out
run render text.txt notes.md --output parsed --preset=dense --strict
check "a plain command line means what any other does" same_files plain parsed
check "and says the same" diff <(head -n 2 plain.out) <(head -n 2 out)
refuses "in plain words as well" 1 'plain: is not empty .*--force' render text.txt -o plain
refuses "an option that ends too early" 64 "Missing value for '-o <dir>'" render text.txt -o
if unshare -rm true 2>/dev/null; then
    mkdir full
    status=0
    unshare -rm bash -c 'mount -t tmpfs -o size=64k none full && "$0" render text.txt -o full/pages; code=$?
        find full -type f; exit $code' "$glyph" >out 2>err || status=$?
    check "a full disk is an error" grep -q 'No space left' err
    check "and leaves no file" test "$status $(wc -l <out)" = "1 0"
else
    skip "a full disk" "this system does not let a user mount a file system"
fi
if [[ -w /dev/full ]]; then
    status=0
    "$glyph" count notes.md >/dev/full 2>err || status=$?
    check "a result that cannot be written is an error" grep -q 'standard output: cannot be written' err
    status=0
    "$glyph" render none.txt -o x 2>/dev/full || status=$?
    check "messages that cannot be written do no harm" test "$status" = 1
else
    skip "a result that cannot be written" "there is no /dev/full"
fi

echo "-- losses"
accepts "a missing character is reported" 'U\+10FFFD ×1' render missing.txt -o lossy
refuses "--strict makes it an error" 1 'page 1: .*U\+10FFFD.*--strict' render missing.txt -o strict --strict
check "and leaves nothing" test ! -e strict

echo "-- cost"
accepts "count lists readers" 'glm-4.1v +[0-9,]+' count text.txt
accepts "count --reader chooses" '\(qwen3-vl\)' count text.txt --reader qwen3-vl
accepts "also by a model's name" '\(qwen2-vl\)' count text.txt --reader Qwen/Qwen2.5-VL-7B-Instruct
refuses "an unknown reader lists all" 1 '--reader: "gpt-0" is unknown; expected glm-4.1v' count text.txt --reader gpt-0
run count text.txt --json
cost=$(json_value visualTokens out)
run count text.txt --json --budget $((cost * 2 / 3))
check "--budget is kept" test "$(json_value visualTokens out)" -le $((cost * 2 / 3))
accepts "--fit auto renders" '× fewer' count text.txt --fit auto
refuses "--fit something" 1 '--fit: "wide" is unknown; expected auto' count text.txt --fit wide
refuses "--budget 0" 1 '--budget: is 0; expected a number above 0' count text.txt --budget 0
refuses "--budget -5" 1 '--budget: is -5' count text.txt --budget -5
refuses "a budget too small names the smallest" 1 'expected at least [0-9]+\. ' count text.txt --budget 1
refuses "a tokenizer that is no JSON" 1 'text.txt: .*--tokenizer' count text.txt --tokenizer text.txt

echo "-- JSON"
if command -v python3 >/dev/null; then
    for arguments in "render text.txt -o json" "count text.txt" "bench render code.swift --repeats 1"; do
        # shellcheck disable=SC2086
        run $arguments $([[ $arguments == bench* ]] || echo --json)
        check "'${arguments%% *}' prints one line of JSON" \
            python3 -c 'import json,sys; l=sys.stdin.read().splitlines(); assert len(l)==1; json.loads(l[0])' <out
    done
    check "the manifest is JSON and true" python3 - <<'PY'
import hashlib, json, pathlib
manifest = json.load(open("json/manifest.json"))
for page in manifest["pages"]:
    png = pathlib.Path("json", page["file"]).read_bytes()
    assert hashlib.sha256(png).hexdigest() == page["sha256"], page["file"]
    assert int.from_bytes(png[16:20]) == page["width"] and int.from_bytes(png[20:24]) == page["height"]
text = pathlib.Path("text.txt").read_bytes()
assert hashlib.sha256(text).hexdigest() == manifest["sourceSHA256"]
assert manifest["pages"][0]["source"][0] == 0 and manifest["pages"][-1]["source"][1] == len(text)
assert manifest["pageCount"] == len(manifest["pages"])
PY
else
    skip "JSON" "python3 is not installed"
fi

echo "-- interruption"
# Ctrl-C reaches a program in the foreground; `set -m` keeps bash from having it ignored in the background.
for i in $(seq 400); do cat text.txt; done >long.txt
# interrupt SIGNAL FOLDER COMMAND…: sends the signal once there is a page in the folder.
interrupt() {
    local signal=$1 folder=$2
    shift 2
    set -m
    "$@" >out 2>err &
    local program=$!
    set +m
    for _ in $(seq 200); do
        [[ -n $(find "$folder" -name 'page_*.png' -print -quit 2>/dev/null) ]] && break
        sleep 0.02
    done
    kill "-$signal" "$program" 2>/dev/null || true
    status=0
    wait "$program" 2>/dev/null || status=$?
}
interrupt INT broken "$glyph" render long.txt -o broken
check "Ctrl-C ends with 130" test "$status" = 130
check "and leaves nothing" test ! -e broken
interrupt TERM ended "$glyph" render long.txt -o ended
check "SIGTERM ends with 143" test "$status" = 143 -a ! -e ended
if env --default-signal=HUP true 2>/dev/null; then
    interrupt HUP closed env --default-signal=HUP "$glyph" render long.txt -o closed
    check "a terminal that is closed ends with 129" test "$status" = 129
    check "and leaves nothing, too" test ! -e closed
else
    skip "a terminal that is closed" "env has no --default-signal"
fi
interrupt HUP kept nohup "$glyph" render long.txt -o kept
check "but for nohup" test "$status" = 0 -a -s kept/manifest.json
rm -rf kept
mkfifo silent
sleep 30 >silent &
helpers+=($!)
set -m
"$glyph" count - <silent >out 2>err &
program=$!
set +m
sleep 0.3
kill -INT "$program"
status=0
wait "$program" || status=$?
check "Ctrl-C ends waiting for input" test "$status" = 130
if command -v script >/dev/null; then
    script -qec "stty cols 100; '$glyph' render long.txt -o terminal" /dev/null >out 2>err </dev/null || true
    check "a terminal shows a progress bar" grep -q '█.* % .*pages' out
    rm -rf terminal
else
    skip "the progress bar" "script is not installed"
fi
run render text.txt -o no-terminal
check "a pipe shows none" test ! -s err

echo "-- ask"
refuses "no question" 64 'at least one input and then the question' ask text.txt --endpoint http://127.0.0.1:1
refuses "a file for a question" 64 'question is missing' ask text.txt notes.md --endpoint http://127.0.0.1:1
refuses "an empty question" 64 'question is empty' ask text.txt " " --endpoint http://127.0.0.1:1
mkdir mute && cp "$root"/Models/glyph-nano/*.json mute && echo '{"preset": "nano", "window": 1, "absent": "-",
    "transcribe": "Write.", "answers": false}' >mute/glyph.json
refuses "a model that answers nothing" 1 "a server with --endpoint, or a model.s folder with --model" \
    ask text.txt "Who?" --model mute
rm -r mute
run ask "$root/Examples/agreement.txt" "What is the notice period?"
check "the model that ships answers" grep -qx "notice period is 90 days" out
check "and says where it read that" grep -q "read on page 17 of 20" err
run ask "$root/Examples/agreement.txt" "What is the travel allowance?"
check "or that the text does not say" grep -qx "The text does not say." out
run ask "$root/Examples/agreement.txt" --task transcribe
check "and writes pages down" grep -q "The notice period is 90 days" out
refuses "one page at a time, and not all of them" 1 '--strategy whole: .*--endpoint' \
    ask "$root/Examples/agreement.txt" "What is the notice period?" --strategy whole
refuses "no task but that" 1 '--task contract: .*the task transcribe.*--endpoint' \
    ask "$root/Examples/agreement.txt" "the notice period" --task contract
refuses "no pages but those of its preset" 1 '--preset glyph-en: .*expected nano' \
    ask "$root/Examples/agreement.txt" "What is the notice period?" --preset glyph-en
for setting in "--dpi 96" "--set cell-size=8,16" "--layout unicode" "--budget 100" "--font DejaVuSans"; do
    # shellcheck disable=SC2086
    refuses "nor of that preset with $setting" 1 "not as in the preset nano|trained on pages|DejaVuSans" \
        ask "$root/Examples/agreement.txt" "What is the notice period?" $setting
done
refuses "no more pages at a time than it reads" 1 '--window 2: this model reads 1 page' \
    ask "$root/Examples/agreement.txt" "What is the notice period?" --window 2
refuses "a question without a word" 1 'question: has no word' ask "$root/Examples/agreement.txt" "?"
mkdir euro && sed 's/EUR /£/g' "$root/Examples/agreement.txt" >euro/agreement.txt && echo '{"dpi": 96}' >euro/render_config.json
(cd euro && run ask agreement.txt "What are the monthly fee and the moon phase?" && cp out err ..)
check "what is misread is put right from the text" grep -qx "Monthly fee: £4,250" out
check "and told" grep -q "Put right from the text: .* → £4,250" err
check "what is not answered is named" grep -q "Not answered: What is the moon phase?" err
check "a folder's usual look is passed over" grep -q "render_config.json is passed over" err
rm -r euro
run ask "$root/Examples/agreement.txt" "When does the customer pay the invoices?"
check "where nothing is found the nearest sentence is named" grep -q "^Nearest, on page" err
refuses "a model that is no folder" 64 "no folder with a config.json" ask text.txt "Who?" --model nowhere
refuses "a type that does not exist" 64 "--dtype is f8; it must be" ask text.txt "Who?" --model . --dtype f8
refuses "a model's options for a server" 64 "--dtype goes with a model that runs here" \
    ask text.txt "Who?" --endpoint http://127.0.0.1:1 --dtype f32
refuses "a coarse look that sets nothing" 1 "--focus-look dpi: has no '='" ask text.txt "Who?" --focus-look dpi
PATH=/nowhere "$glyph" ask text.txt --task graph --svg g.svg --endpoint http://127.0.0.1:1 >out 2>err </dev/null || true
check "a drawing that cannot be made is refused before anything is asked" grep -q "apt-get install graphviz" err
refuses "an endpoint without a scheme" 1 '--endpoint: no scheme.*http' ask text.txt "Who?" --endpoint localhost:80
refuses "a key in the address" 1 'the variable that --api-key-env names' ask text.txt "Who?" --endpoint http://u:p@host
refuses "an unknown scheme" 1 '--endpoint: unknown scheme "ftp"; expected http' ask text.txt "Who?" --endpoint ftp://host
refuses "nothing listens" 1 '127.0.0.1:1/.*connection refused.*Is the server running' \
    ask text.txt "Who?" --endpoint http://127.0.0.1:1 --model m --retries 0
refuses "a variable that is not set" 1 '--api-key-env NO_SUCH_KEY: .*export NO_SUCH_KEY' \
    ask text.txt "Who?" --endpoint http://127.0.0.1:1 --api-key-env NO_SUCH_KEY
refuses "a key in place of its variable" 1 '--api-key-env: .*not the key itself' \
    ask text.txt "Who?" --endpoint http://127.0.0.1:1 --api-key-env sk-secret123
check "is not repeated" test -z "$(grep -h secret123 out err || true)"

echo "-- eval"
refuses "missing data are named once" 1 '^Error: --data data: it lacks mrcr/2needle.jsonl, mrcr/4needle.jsonl\. docs/' \
    eval mrcr --data data --tasks 2needle,4needle --output x --endpoint http://127.0.0.1:1 --model m
refuses "and data that were not given" 1 '^Error: --data: no folder .* was given; expected a folder with ruler/dev-v2.0.json\. ' \
    eval ruler --text text.txt --tasks qa_1 --output x --endpoint http://127.0.0.1:1 --model m
refuses "a length that no text has" 1 '^Error: --lengths: is 4096,9223372036854775807; expected .*512 to 100000000, ' \
    eval ruler --text text.txt --lengths 4096,9223372036854775807 --output x --endpoint http://127.0.0.1:1 --model m

echo "-- a server's answers"
if command -v python3 >/dev/null; then
    python3 "$root/Tests/CLI/server.py" port &
    helpers+=($!)
    for _ in $(seq 100); do [[ -s port ]] && break || sleep 0.05; done
    server=http://127.0.0.1:$(cat port)
    export TEST_KEY=sk-verysecret0123456789
    asks() { echo ask text.txt "Who?" --endpoint "$server/$1" --model m --retries "${2:-0}" --api-key-env TEST_KEY; }
    # shellcheck disable=SC2046
    {
        accepts "an answer is streamed" '^It was the fox\.$' $(asks answer)
        accepts "--json prints it in one line" '^\{"pages": .*"answer": "It was the fox\.".*\}$' $(asks answer) --json
        refuses "401 says that the key is wrong" 1 'API key \(HTTP 401\).*Check the key in TEST_KEY' $(asks 401) --json
        check "the server's echo of the key is hidden" test -z "$(grep -h verysecret out err || true)"
        started=$(date +%s%N)
        refuses "429 waits as the server asks" 1 'HTTP 429.*Slow down' $(asks 429 1) --json
        check "for its Retry-After" test $((($(date +%s%N) - started) / 1000000)) -ge 1000
        refuses "500 is tried again" 1 'HTTP 500.*tried 2 times' $(asks 500 1) --json
        refuses "a server that cannot list its models" 1 '/models: .*Name the model with --model' \
            ask text.txt "Who?" --endpoint "$server/500" --retries 0 --json
        refuses "HTML is not taken for an answer" 1 'other than an API answered: .*Sign in' $(asks html) --json
        accepts "a pipe gets control characters as they are" $'a\x1b\\[2Jb' $(asks controls)
        if command -v script >/dev/null; then
            script -qec "'$glyph' ask text.txt q --endpoint $server/controls --model m" /dev/null >out 2>err </dev/null
            check "a terminal does not" grep -q 'a�\[2Jb' out
        fi
        refuses "a broken stream is an error" 1 'Error: .*broke' $(asks cut) --json
    }
else
    skip "a server's answers" "python3 is not installed"
fi

echo "-- doctor"
accepts "doctor finds fonts and tokenizer" '✓ tokenizer' doctor
check "doctor lists the presets" grep -q 'dense' out
for library in FreeType HarfBuzz ICU ISA-L libarchive libxml2 poppler glyph-engine; do
    check "doctor tells of $library" grep -qE "^(✓|–) $library: ." out
done
harfbuzz=$(ldconfig -p 2>/dev/null | sed -n 's/.*libharfbuzz\.so\.0 .*=> //p' || true)
if [[ -n $harfbuzz ]] && unshare -rm true 2>/dev/null; then
    status=0
    # Of several architectures, all are hidden.
    unshare -rm bash -c 'for file in $1; do mount --bind /dev/null "$file" || exit 3; done; "$0" doctor' \
        "$glyph" "$harfbuzz" >out 2>err || status=$?
    check "doctor tells that HarfBuzz cannot be loaded" grep -q '^✗ HarfBuzz: .*cannot be loaded.*setup.sh' out
    check "goes on, and ends with 1" test "$status" = 1 -a -n "$(grep '^Presets:' out)"
else
    skip "doctor without HarfBuzz" "this system does not let a user hide a library"
fi

((skipped == 0)) || echo "$skipped skipped"
echo "$passed passed, $failed failed"
((failed == 0))
