#!/usr/bin/env bash
# Checks k8s/ against strict schemas, without a cluster: scripts/validate-k8s.sh
#
# Built-in kinds by kubernetes-validate; custom resources against the definitions in ${SHARED:-../shared}/crds, where these
# are. Skips by name what cannot be checked here. Python packages are installed once, into a cache of their own.

set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

PACKAGES=(kubernetes-validate==1.37.0 jsonschema PyYAML)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/transcript-interceptor/validate-k8s

build() { # FOLDER
    if command -v kustomize >/dev/null; then
        kustomize build "$1"
    else
        kubectl kustomize "$1"
    fi
}

# A copy of k8s/ with each component taken in that an overlay only offers.
with_offers() { # COPY
    cp -r -- "$REPO/k8s" "$1"
    echo 'a certificate' >"$1/components/broker-ca/ca.pem"
    sed -i 's/^  # - /  - /' "$1"/overlays/*/kustomization.yaml
    mv -- "$1/overlays/existing-rabbitmq" "$1/overlays/existing-rabbitmq, with all that it offers"
}

main() {
    need_cmd python3
    stop_if_missing
    if ! command -v kustomize >/dev/null && ! command -v kubectl >/dev/null; then
        note 'skipped: k8s: neither kustomize nor kubectl is installed'
        return
    fi
    if [[ ! -x $CACHE/bin/kubernetes-validate ]]; then
        python3 -m venv "$CACHE"
        "$CACHE/bin/pip" install --quiet --disable-pip-version-check "${PACKAGES[@]}"
    fi
    local out folder overlay crds=${SHARED:-$REPO/../shared}/crds failed=0 verdict
    out=$(mktemp -d)
    on_exit rm -rf -- "$out"
    with_offers "$out/k8s"
    for folder in "$REPO"/k8s/overlays/*/ "$out"/k8s/overlays/*offers/; do
        overlay=$(basename "$folder")
        build "$folder" >"$out/$overlay.yaml"
        verdict=$("$CACHE/bin/kubernetes-validate" --strict "$out/$overlay.yaml" 2>&1) || failed=1
        # It has no schemas of custom resources, and says so of each.
        grep -v -e ' passed for resource ' -e "Couldn't find schema" <<<"$verdict" >&2 || true
        note "$overlay: $(grep -c ' passed for resource ' <<<"$verdict") built-in resources are valid"
        [[ -d $crds ]] || continue
        "$CACHE/bin/python" "$SCRIPTS/strict_crds.py" "$crds" "$out/$overlay.yaml" || failed=1
    done
    [[ -d $crds ]] || note "skipped: custom resources: no definitions in $crds"
    ((!failed)) || die 'k8s/ is not valid'
}

main "$@"
