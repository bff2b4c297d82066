# shellcheck shell=bash
# Helpers of the scripts in this folder. Sourced, never run.

SCRIPTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd -P)
REPO=$(dirname "$SCRIPTS")
export SCRIPTS REPO

if [[ -t 2 && -z "${NO_COLOR:-}" && "${TERM:-dumb}" != dumb ]]; then
    BOLD=$'\e[1m' DIM=$'\e[2m' RED=$'\e[31m' GREEN=$'\e[32m' PLAIN=$'\e[0m'
else
    BOLD='' DIM='' RED='' GREEN='' PLAIN=''
fi
export BOLD DIM RED GREEN PLAIN

# Diagnostics go to stderr: stdout is for what a caller may want to capture.
note() { printf '%s\n' "$*" >&2; }
heading() { printf '\n%s== %s ==%s\n' "$BOLD" "$*" "$PLAIN" >&2; }
fail() { printf '%serror:%s %s\n' "$RED" "$PLAIN" "$*" >&2; }
die() { fail "$@"; exit 1; }

# --- what must be installed ---------------------------------------------------------------------

MISSING=0

how_to_get() {
    case $1 in
        cargo | rustc) echo 'install Rust: https://rustup.rs' ;;
        cc) echo 'apt-get install build-essential' ;;
        rustfmt | cargo-fmt) echo 'rustup component add rustfmt' ;;
        cargo-clippy) echo 'rustup component add clippy' ;;
        flock | setsid) echo 'apt-get install util-linux' ;;
        awk) echo 'apt-get install mawk' ;;
        *) echo "apt-get install $1" ;;
    esac
}

# Names everything that is missing before giving up, so that one round of installing is enough.
need_cmd() {
    local cmd
    for cmd in "$@"; do
        command -v "$cmd" >/dev/null 2>&1 && continue
        fail "'$cmd' is not installed: $(how_to_get "$cmd")"
        MISSING=1
    done
}

# A rustup proxy exists for components that are not installed, so only running one tells.
need_component() {
    cargo "$1" --version >/dev/null 2>&1 && return
    fail "'cargo $1' is not installed: $(how_to_get "cargo-$1")"
    MISSING=1
}

stop_if_missing() { if ((MISSING)); then exit 1; fi; }

# --- processes ----------------------------------------------------------------------------------

# A zombie still answers `kill -0`, and in a container nobody may ever reap it: to us it is dead.
alive() {
    local state
    [[ -n "${1:-}" ]] || return 1
    state=$(sed -n 's/^State:[[:space:]]*//p' "/proc/$1/status" 2>/dev/null) || return 1
    [[ -n "$state" && "$state" != Z* && "$state" != X* ]]
}

wait_gone() { # PID SECONDS
    local ends=$((SECONDS + $2))
    while alive "$1"; do
        ((SECONDS < ends)) || return 1
        sleep 0.05
    done
}

stop_pid() { # PID [SECONDS until it is killed]
    alive "$1" || return 0
    kill -TERM "$1" 2>/dev/null || true
    wait_gone "$1" "${2:-10}" && return 0
    kill -KILL "$1" 2>/dev/null || true
    wait_gone "$1" 5 || true
}

# --- clean-up, last in first out ----------------------------------------------------------------

CLEANUPS=()

on_exit() {
    if ((${#CLEANUPS[@]} == 0)); then
        trap run_cleanups EXIT
        trap 'exit 130' INT
        trap 'exit 143' TERM
        trap 'exit 129' HUP
    fi
    CLEANUPS+=("$(printf '%q ' "$@")")
}

run_cleanups() {
    local code=$? i
    # A second Ctrl-C must not leave half of it running.
    trap '' INT TERM HUP
    trap - EXIT
    for ((i = ${#CLEANUPS[@]} - 1; i >= 0; i--)); do
        eval "${CLEANUPS[i]}" || true
    done
    exit "$code"
}

forget_cleanups() {
    CLEANUPS=()
    trap - EXIT INT TERM HUP
}

# --- loopback ports -----------------------------------------------------------------------------

port_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# Gets one page from a loopback server, so that curl need not be installed. HTTP/1.0 is never chunked.
http_get() { # PORT PATH
    local answer
    exec {HTTP_FD}<>"/dev/tcp/127.0.0.1/$1" || return 1
    printf 'GET %s HTTP/1.0\r\nHost: 127.0.0.1:%s\r\nConnection: close\r\n\r\n' "$2" "$1" >&"$HTTP_FD"
    answer=$(cat <&"$HTTP_FD")
    exec {HTTP_FD}>&-
    [[ "$answer" == 'HTTP/1.'?' 200'* ]] || {
        fail "GET $2 on port $1 answered: ${answer%%$'\r'*}"
        return 1
    }
    printf '%s\n' "${answer#*$'\r\n\r\n'}"
}

# --- the broker ---------------------------------------------------------------------------------

# Sets AMQP_URL: the one given, else that of a private node in DIR. Sets PRIVATE_BROKER to DIR or ''.
get_broker() { # DIR
    PRIVATE_BROKER=''
    if [[ -n "${AMQP_URL:-}" ]]; then
        note "broker: the one that AMQP_URL names ($(without_password "$AMQP_URL"))"
        return
    fi
    # Before the start, so that an interrupted start leaves nothing behind.
    on_exit discard_broker "$1"
    AMQP_URL=$("$SCRIPTS/broker.sh" start "$1") || exit 1
    PRIVATE_BROKER=$1
    export AMQP_URL PRIVATE_BROKER
}

# For a node whose data is about to be removed: a clean stop would take some 8 s for nothing.
discard_broker() { # DIR
    "$SCRIPTS/broker.sh" kill "$1"
    "$SCRIPTS/broker.sh" stop "$1"
    rm -rf -- "$1"
}

without_password() { sed -E 's#(//[^:/@]*):[^@/]*@#\1:***@#' <<<"$1"; }
