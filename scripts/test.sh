#!/usr/bin/env bash
# Runs all tests: scripts/test.sh [ARGUMENTS OF cargo test]
#
# They need a RabbitMQ on which they may create, fill and delete queues, so they get a private one.
# INTERCEPTOR_TEST_AMQP_URL names another instead; tests that crash a broker start their own anyway.

set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

preflight() {
    need_cmd cargo cc awk grep sed flock setsid
    stop_if_missing
}

private_broker() {
    local dir
    dir=$(mktemp -d "${TMPDIR:-/tmp}/interceptor-test.XXXXXX")
    on_exit rm -rf -- "$dir"
    # The AMQP_URL of the caller's shell may well be a broker with real work in it.
    unset AMQP_URL
    note 'starting a private RabbitMQ node (5 to 20 s) ...'
    get_broker "$dir/broker"
    export INTERCEPTOR_TEST_AMQP_URL=$AMQP_URL INTERCEPTOR_TEST_BROKER_DIR=$dir/broker
    unset AMQP_URL
}

main() {
    preflight
    cd "$REPO"
    if [[ -n "${INTERCEPTOR_TEST_AMQP_URL:-}" ]]; then
        unset INTERCEPTOR_TEST_BROKER_DIR
        note "broker: the one that INTERCEPTOR_TEST_AMQP_URL names ($(without_password "$INTERCEPTOR_TEST_AMQP_URL"))"
    else
        private_broker
    fi
    local code=0
    cargo test --locked "$@" || code=$?
    exit "$code"
}

main "$@"
