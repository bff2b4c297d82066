#!/usr/bin/env bash
# The storm of the test suite (tests/it/storm.rs) at any size: workers, their links, the broker and the API fail while
# jobs come in; then nothing may be lost, differ or leak. Prints a table, and exits with 1 where anything is wrong.
#
#   scripts/chaos.sh [--ids N] [--faults M] [--seed S] [--release]
#
#   --ids N     jobs (default 2000)
#   --faults M  faults (default 30)
#   --seed S    repeats the faults and jobs of another run (default random; the run prints it)
#   --release   with programs as they are shipped

set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

IDS=2000 FAULTS=30 SEED='' PROFILE=()

usage() {
    sed -n '2,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit "$1"
}

number() { # OPTION VALUE
    [[ "$2" =~ ^(0|[1-9][0-9]{0,8})$ ]] || die "$1 needs a number, not '$2'"
    echo "$2"
}

parse_arguments() {
    while (($#)); do
        case $1 in
            --ids) IDS=$(number "$1" "${2:-}") ;;
            --faults) FAULTS=$(number "$1" "${2:-}") ;;
            --seed) SEED=$(number "$1" "${2:-}") ;;
            --release) PROFILE=(--release) ;;
            -h | --help) usage 0 ;;
            *) fail "unknown argument '$1'" && usage 2 >&2 ;;
        esac
        [[ $1 == --release ]] || shift
        shift
    done
}

main() {
    parse_arguments "$@"
    need_cmd cargo cc awk grep sed flock setsid
    stop_if_missing
    cd "$REPO"
    export STORM_IDS=$IDS STORM_FAULTS=$FAULTS
    # A seed of the caller's shell is not one that was asked for.
    unset STORM_SEED
    if [[ -n $SEED ]]; then export STORM_SEED=$SEED; fi
    # The storm has a broker of its own.
    cargo test --locked "${PROFILE[@]}" --test it -- --exact storm::nothing_is_lost_in_a_storm --nocapture || exit 1
}

main "$@"
