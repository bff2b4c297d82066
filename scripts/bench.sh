#!/usr/bin/env bash
# Measures the whole program: broker, simulator and the release build of the worker on this machine, nothing else.
#
#   scripts/bench.sh --quick                 one row
#   scripts/bench.sh [--runs 5]              all rows: 10, 50 and 400 messages, 32 and 128 at once, 0 and 50 ms, 1 and 2 processes
#   scripts/bench.sh --peer COMMAND ...      another worker beside ours
#   scripts/bench.sh --idle | --latency | --soak
#   scripts/bench.sh --help                  every option
#
# Prints a table and writes target/bench/TIME.json. Fails where the simulator or the driver was the bottleneck.
# docs/benchmarks.md says what the figures mean.

set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

DIR='' BIN='' DRIVER='' COMMIT='' DRIVER_PID=''

preflight() {
    need_cmd cargo cc awk grep sed flock setsid
    stop_if_missing
}

build() {
    heading 'building'
    local target=${CARGO_TARGET_DIR:-${CARGO_BUILD_TARGET_DIR:-$REPO/target}}
    # The driver as the tests build things: what it measures must not be built with it, for that turns their feature on.
    DRIVER=$(cd "$REPO" && cargo build --locked --bench throughput --message-format json-render-diagnostics |
        sed -n 's/.*"kind":\["bench"\].*"executable":"\([^"]*\)".*/\1/p')
    [[ -x $DRIVER ]] || die 'cargo does not say where it has built the driver'
    if [[ $* == *--help* || ${1:-} == -h ]]; then exec "$DRIVER" --help; fi
    (cd "$REPO" && cargo build --locked --release --bins)
    BIN=$(cd "$REPO" && cd "$target/release" && pwd)
    [[ -x $BIN/interceptor && -x $BIN/genesys-simulator ]] ||
        die "the programs are not in $BIN: set CARGO_TARGET_DIR to where cargo builds"
}

commit() {
    COMMIT=$(git -C "$REPO" describe --always --dirty --abbrev=12 --exclude '*' 2>/dev/null) || COMMIT=unknown
}

measure() {
    local version
    version=$("$SCRIPTS/broker.sh" ctl "$DIR/broker" version 2>/dev/null) || version=unknown
    "$DRIVER" "$@" --amqp-url="$AMQP_URL" --broker-pid="$(cat "$DIR/broker/node.pid")" --broker-version="$version" \
        --bin-dir="$BIN" --commit="$COMMIT" --scratch="$DIR" --results="$REPO/target/bench" &
    DRIVER_PID=$!
    on_exit stop_pid "$DRIVER_PID" 60
    local code=0
    wait "$DRIVER_PID" || code=$?
    return "$code"
}

main() {
    preflight
    build "$@"
    commit
    DIR=$(mktemp -d "${TMPDIR:-/tmp}/interceptor-bench.XXXXXX")
    on_exit rm -rf -- "$DIR"
    unset AMQP_URL
    heading 'measuring'
    note 'starting a private RabbitMQ node (5 to 20 s) ...'
    get_broker "$DIR/broker"
    measure "$@"
}

main "$@"
