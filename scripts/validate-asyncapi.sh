#!/usr/bin/env bash
# Validates asyncapi.yaml with the AsyncAPI parser: scripts/validate-asyncapi.sh
#
# Needs node and npm, and skips by name without them. The parser is installed once, into a cache of its own.

set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

PARSER=@asyncapi/parser@3.6.3
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/transcript-interceptor/validate-asyncapi

main() {
    if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
        note 'skipped: asyncapi.yaml: node and npm are not installed'
        return
    fi
    if [[ ! -d $CACHE/node_modules/@asyncapi/parser ]]; then
        npm install --prefix "$CACHE" --no-audit --no-fund --ignore-scripts --silent "$PARSER" >&2
    fi
    NODE_MODULES=$CACHE/node_modules node "$SCRIPTS/asyncapi.mjs" "$REPO/asyncapi.yaml"
}

main "$@"
