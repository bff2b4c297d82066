#!/usr/bin/env bash
# What is in a build: a CycloneDX document (JSON) of the dependencies with versions, licences and digests.
#
#   sbom.sh [FILE]           writes FILE, interceptor.cdx.json by default
#   sbom.sh --install [...]  installs cargo-cyclonedx first if it is missing (some minutes)

set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

VERSION=0.5.9
INSTALL=(cargo install --locked "cargo-cyclonedx@$VERSION")

main() {
    local install=''
    if [[ ${1:-} == --install ]]; then
        install=yes
        shift
    fi
    local file=${1:-interceptor.cdx.json}
    if ! cargo cyclonedx --version >/dev/null 2>&1; then
        [[ -n $install ]] || die "cargo-cyclonedx is not installed: run '$0 --install', or '${INSTALL[*]}'"
        "${INSTALL[@]}"
    fi
    case $file in
        /*) ;;
        *) file=$PWD/$file ;;
    esac
    cd "$REPO"
    # It writes beside Cargo.toml, under a name of its own; the time of the commit makes two runs the same.
    local name=interceptor-sbom-$$
    on_exit rm -f -- "$REPO/$name.json"
    SOURCE_DATE_EPOCH=$(git log -1 --format=%ct 2>/dev/null || date +%s) \
        cargo cyclonedx --quiet --format json --spec-version 1.5 --override-filename "$name" \
        --target x86_64-unknown-linux-gnu --no-build-deps
    # Where it was built is nobody's business.
    sed "s#file://$REPO\([/\#]\)#file://.\1#g" "$name.json" >"$file"
    note "sbom: $file"
}

main "$@"
