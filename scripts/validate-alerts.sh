#!/usr/bin/env bash
# Checks the alerts, and that each fires where it should and is silent beside it: scripts/validate-alerts.sh
#
# Needs promtool: the one in PATH or in PROMTOOL; Debian has it in the package prometheus. Skips by name without it.

set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

main() {
    local promtool=${PROMTOOL:-promtool} folder=$REPO/k8s/components/monitoring out
    need_cmd awk
    stop_if_missing
    if ! command -v "$promtool" >/dev/null; then
        note 'skipped: alerts: promtool is not installed (apt-get install prometheus)'
        return
    fi
    out=$(mktemp -d)
    on_exit rm -rf -- "$out"
    # What stands under `spec` of the PrometheusRule is a file of rules.
    awk 'inside { sub(/^  /, ""); print } /^spec:/ { inside = 1 }' "$folder/alerts.yaml" >"$out/alerts.rules.yaml"
    cp "$folder/alerts.test.yaml" "$out/"
    cd "$out"
    "$promtool" check rules alerts.rules.yaml >&2
    "$promtool" test rules alerts.test.yaml >&2
    "$promtool" check config "$REPO/observe/prometheus.yml" >&2
}

main "$@"
