#!/usr/bin/env bash
# A private RabbitMQ node that lives in one folder and meets no other broker: own ports, own cookie,
# own epmd, loopback only. Any number of them can run at once.
#
#   broker.sh start DIR [PORT]   start (again, with the same data and port) and print its AMQP URL
#   broker.sh stop DIR           clean stop, and the end of its epmd
#   broker.sh kill DIR           kill -9 of the node, as a crash does it; `start` brings it back
#   broker.sh ctl DIR ARGS...    rabbitmqctl against this node
#   broker.sh url DIR            print its AMQP URL
#   broker.sh wait DIR           wait until it can be used
#
# BROKER_PLUGINS='rabbitmq_management ...' at the first start enables plugins (off by default).
# BROKER_TLS_DIR=DIR at the first start makes it listen with TLS, too: on BROKER_TLS_PORT in its env.sh, with ca.pem, cert.pem and
# key.pem of DIR. BROKER_TLS_CLIENTS=required refuses clients without a certificate.

set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

# The programs below are what the package's wrappers in sbin call. The wrappers themselves switch to
# the user rabbitmq, who may neither read our cookie nor write into our folder.
PACKAGE_BIN=/usr/lib/rabbitmq/bin
START_SECONDS=60
DIR='' # set by enter

usage() {
    sed -n '2,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}" >&2
    exit 2
}

# --- installing -----------------------------------------------------------------------------------

installed() { [[ -x $PACKAGE_BIN/rabbitmq-server ]] && command -v epmd >/dev/null 2>&1; }

as_root() {
    if ((EUID == 0)); then "$@"; else sudo -n "$@"; fi
}

may_install() {
    command -v apt-get >/dev/null 2>&1 || return 1
    ((EUID == 0)) || sudo -n true 2>/dev/null
}

# Runs as root in a shell of its own, so that its trap removes the policy file however it ends.
install_as_root() {
    as_root env DEBIAN_FRONTEND=noninteractive bash -s <<'ROOT'
set -euo pipefail
policy=/usr/sbin/policy-rc.d
if [[ ! -e $policy ]]; then
    # The package would start a broker of its own on the usual ports.
    trap 'rm -f "$policy"' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
fi
for try in 1 2 3 4; do
    # Another apt run may empty the package cache half way through; a second try repairs that.
    if apt-get update -q &&
        apt-get -o DPkg::Lock::Timeout=120 install -y -q --no-install-recommends rabbitmq-server; then
        exit 0
    fi
    echo "installing rabbitmq-server: try $try of 4 failed" >&2
    sleep $((try * 3))
done
exit 1
ROOT
}

ensure_installed() {
    installed && return
    may_install || die "RabbitMQ is not installed: run 'apt-get install rabbitmq-server' as root, or use 'docker compose up'"
    note 'installing rabbitmq-server with apt-get (once) ...'
    local log
    log=$(mktemp)
    # Two installers at once would take away each other's policy file, so they queue up on this file.
    if ! (flock 9 && { installed || install_as_root </dev/null; }) 9<"${BASH_SOURCE[0]}" >"$log" 2>&1; then
        tail -n 20 "$log" >&2
        rm -f "$log"
        die "could not install RabbitMQ (see above): run 'apt-get install rabbitmq-server' as root, or use 'docker compose up'"
    fi
    rm -f "$log"
    installed || die "rabbitmq-server was installed, but $PACKAGE_BIN/rabbitmq-server is not there: is this Debian's package?"
    if [[ -d /run/systemd/system ]]; then
        note 'the packaged service was not started, but will be at the next boot: systemctl disable rabbitmq-server'
    fi
}

# --- settings of one node ----------------------------------------------------------------------------

# Offsets from the first port of a node's block. The command line tools listen too while they run.
EPMD=1 DIST=2 MANAGEMENT=3 CTL_FIRST=4 CTL_LAST=10 TLS=11

# Below the range from which the kernel takes ports for outgoing connections.
random_block() { echo $((20000 + (RANDOM * 32768 + RANDOM) % 990 * 12)); }

pick_block() {
    local block try offset
    for ((try = 0; try < 50; try++)); do
        block=$(random_block)
        for ((offset = 0; offset <= TLS; offset++)); do
            port_open $((block + offset)) && continue 2
        done
        echo "$block"
        return
    done
    die 'found no 12 free ports in a row between 20000 and 31880: close some programs'
}

tls_settings() { # PORT
    local required=false
    [[ ${BROKER_TLS_CLIENTS:-} != required ]] || required=true
    cat <<CONF
listeners.ssl.1 = 127.0.0.1:$1
ssl_options.cacertfile = $BROKER_TLS_DIR/ca.pem
ssl_options.certfile = $BROKER_TLS_DIR/cert.pem
ssl_options.keyfile = $BROKER_TLS_DIR/key.pem
ssl_options.verify = verify_peer
ssl_options.fail_if_no_peer_cert = $required
auth_mechanisms.1 = PLAIN
auth_mechanisms.2 = EXTERNAL
ssl_cert_login_from = common_name
CONF
}

write_settings() { # [PORT]
    local block port name plugins
    block=$(pick_block)
    port=${1:-$block}
    name=interceptor-$(cut -c 1-8 /proc/sys/kernel/random/uuid)
    plugins=${BROKER_PLUGINS:-}

    mkdir -p "$DIR"/{mnesia,log,home}
    rm -f "$DIR/home/.erlang.cookie"
    (umask 077 && tr -d '\n' </proc/sys/kernel/random/uuid >"$DIR/home/.erlang.cookie")
    chmod 400 "$DIR/home/.erlang.cookie"
    printf '[%s].\n' "$(tr -s ' ,' ',' <<<"$plugins" | sed 's/^,//; s/,$//')" >"$DIR/enabled_plugins"
    {
        echo "listeners.tcp.1 = 127.0.0.1:$port"
        echo 'log.console = false'
        echo 'disk_free_limit.absolute = 50MB'
        echo 'vm_memory_high_watermark.absolute = 1024MB'
        if [[ $plugins == *rabbitmq_management* ]]; then
            echo 'management.tcp.ip = 127.0.0.1'
            echo "management.tcp.port = $((block + MANAGEMENT))"
        fi
        if [[ -n ${BROKER_TLS_DIR:-} ]]; then
            tls_settings $((block + TLS))
        fi
    } >"$DIR/rabbitmq.conf"
    # A job whose way back from a retry queue was not confirmed is sent again after this time. The default is three minutes.
    echo '[{rabbit, [{dead_letter_worker_publisher_confirm_timeout, 10000}]}].' >"$DIR/advanced.config"

    local -a settings=(
        BROKER_URL="amqp://guest:guest@127.0.0.1:$port/%2f"
        BROKER_MANAGEMENT_PORT=$((block + MANAGEMENT))
        BROKER_TLS_PORT=$((block + TLS))
        HOME="$DIR/home"
        RABBITMQ_NODENAME="$name@localhost"
        RABBITMQ_NODE_IP_ADDRESS=127.0.0.1
        RABBITMQ_NODE_PORT="$port"
        RABBITMQ_DIST_PORT=$((block + DIST))
        RABBITMQ_CTL_DIST_PORT_MIN=$((block + CTL_FIRST))
        RABBITMQ_CTL_DIST_PORT_MAX=$((block + CTL_LAST))
        ERL_EPMD_PORT=$((block + EPMD))
        ERL_EPMD_ADDRESS=127.0.0.1
        RABBITMQ_MNESIA_BASE="$DIR/mnesia"
        RABBITMQ_LOG_BASE="$DIR/log"
        RABBITMQ_PID_FILE="$DIR/pid"
        RABBITMQ_CONFIG_FILE="$DIR/rabbitmq.conf"
        RABBITMQ_ADVANCED_CONFIG_FILE="$DIR/advanced.config"
        RABBITMQ_CONF_ENV_FILE="$DIR/none"
        RABBITMQ_ENABLED_PLUGINS_FILE="$DIR/enabled_plugins"
        RABBITMQ_GENERATED_CONFIG_DIR="$DIR/generated"
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}'
    )
    local setting
    for setting in "${settings[@]}"; do
        printf 'export %s=%q\n' "${setting%%=*}" "${setting#*=}"
    done >"$DIR/env.sh.new"
    # Whoever sees env.sh sees all of it.
    mv "$DIR/env.sh.new" "$DIR/env.sh"
}

have_settings() { [[ -f $DIR/env.sh ]]; }

load_settings() {
    have_settings || die "there is no broker in $DIR: run '$0 start $DIR' first"
    # What the caller's shell says about another RabbitMQ or Erlang must not reach this node.
    unset "${!RABBITMQ_@}" "${!ERL_@}" NOTIFY_SOCKET
    # shellcheck source=/dev/null
    . "$DIR/env.sh"
}

# --- its processes -------------------------------------------------------------------------------------

# A pid file outlives its process, and the number may belong to a stranger by now: only a process
# that was started with this node's name is ours.
ours() { # PID FILE; prints the pid
    local pid
    pid=$(cat "$1" 2>/dev/null) || return 1
    alive "$pid" || return 1
    grep -qzxF "RABBITMQ_NODENAME=$RABBITMQ_NODENAME" "/proc/$pid/environ" 2>/dev/null || return 1
    echo "$pid"
}

node_pid() { ours "$DIR/node.pid"; }
epmd_pid() { ours "$DIR/epmd.pid"; }

# Until the new process has become the program, it still shows the environment of this script.
await_exec() { # FILE
    local try
    for ((try = 0; try < 100; try++)); do
        ours "$1" >/dev/null && return
        alive "$(cat "$1")" || return 1
        sleep 0.02
    done
    return 1
}

# Erlang would start an epmd by itself, but one that nobody can find again to end it.
start_epmd() {
    epmd_pid >/dev/null && return
    setsid epmd -port "$ERL_EPMD_PORT" -address 127.0.0.1 </dev/null >"$DIR/log/epmd" 2>&1 &
    echo $! >"$DIR/epmd.pid"
    await_exec "$DIR/epmd.pid" || return 1
    local try
    for ((try = 0; try < 100; try++)); do
        # It ends at once where another program has the port.
        sleep 0.05
        epmd_pid >/dev/null || return 1
        port_open "$ERL_EPMD_PORT" && return
    done
    return 1
}

stop_epmd() {
    local pid
    pid=$(epmd_pid) || return 0
    stop_pid "$pid" 2
}

start_node() {
    # With this set the start script becomes the node instead of staying its parent, so that there
    # is one pid to watch, to signal and to kill.
    export RUNNING_UNDER_SYSTEMD=true
    (cd "$DIR" && exec setsid "$PACKAGE_BIN/rabbitmq-server") </dev/null >"$DIR/log/out" 2>"$DIR/log/err" &
    echo $! >"$DIR/node.pid"
    await_exec "$DIR/node.pid"
}

# An open port alone may be another program's: the node has to say that it is up, too.
usable() { grep -q 'completed with' "$DIR/log/out" 2>/dev/null && port_open "$RABBITMQ_NODE_PORT"; }

await_node() {
    local ends=$((SECONDS + START_SECONDS)) pid
    pid=$(cat "$DIR/node.pid") || return 1
    until usable; do
        # Not node_pid: on its way to Erlang the process becomes one program after the other, and in between it has no
        # environment to be told by.
        alive "$pid" || return 1
        ((SECONDS < ends)) || return 2
        sleep 0.1
    done
    alive "$pid"
}

kill_node() {
    local pid
    pid=$(node_pid) || return 0
    # The group: helpers that the node started end with it.
    kill -KILL -- "-$pid" 2>/dev/null || kill -KILL "$pid" 2>/dev/null || true
    wait_gone "$pid" 10 || die "process $pid of the broker in $DIR does not end"
    # A process is a zombie as soon as its first thread has ended; the others may hold its port a little longer.
    local try
    for ((try = 0; try < 100; try++)); do
        port_open "$RABBITMQ_NODE_PORT" || return 0
        sleep 0.05
    done
}

show_log() {
    local file
    for file in "$DIR"/log/err "$DIR"/log/out "$DIR"/log/epmd "$DIR"/log/interceptor-*.log; do
        [[ -s $file ]] || continue
        note "--- end of $file"
        tail -n 15 "$file" >&2
    done
}

port_was_taken() { grep -qsE 'eaddrinuse|already in use|port [0-9]+ in use|Address already' "$DIR"/log/*; }

# --- commands ------------------------------------------------------------------------------------------

enter() { # DIR [create]
    [[ -n "${1:-}" ]] || usage
    if [[ "${2:-}" == create ]]; then
        mkdir -p -- "$1" 2>/dev/null || die "cannot create $1: name a folder that you may write to"
    fi
    DIR=$(cd -- "$1" 2>/dev/null && pwd -P) || die "there is no folder $1: run '$0 start $1' first"
    [[ $DIR != *[[:space:]]* ]] || die "RabbitMQ's start script cannot handle spaces: name a folder other than '$DIR'"
}

# Fresh nodes may pick the same ports in the same moment; the one that comes second picks others.
start_fresh() { # [PORT]
    local try
    for try in 1 2 3 4 5; do
        write_settings "$@"
        load_settings
        if start_epmd && start_node && await_node; then return; fi
        kill_node
        stop_epmd
        if (($#)) && port_open "$1"; then break; fi
        port_was_taken || break
        note "a port was taken by another program meanwhile: trying others ($try of 5)"
        rm -rf "${DIR:?}"/{mnesia,log,home,generated,env.sh,pid,node.pid,epmd.pid}
    done
    show_log
    # So that the next start is a fresh one again.
    rm -f "$DIR/env.sh"
    die "RabbitMQ did not start in $DIR (its log is above)"
}

start_again() {
    if node_pid >/dev/null; then
        await_node || { show_log; die "the broker in $DIR does not become usable (its log is above)"; }
        return
    fi
    port_open "$RABBITMQ_NODE_PORT" &&
        die "port $RABBITMQ_NODE_PORT of the broker in $DIR is now another program's: end that, or start in a new folder"
    : >"$DIR/log/out"
    start_epmd || { show_log; die "port $ERL_EPMD_PORT of the broker in $DIR is now another program's: end that, or start in a new folder"; }
    if ! { start_node && await_node; }; then
        show_log
        die "RabbitMQ did not start again in $DIR (its log is above)"
    fi
}

cmd_start() { # DIR [PORT]
    enter "${1:-}" create
    local port=${2:-}
    [[ -w $DIR ]] || die "cannot write to $DIR: name a folder that you may write to"
    [[ -z $port || ($port =~ ^[0-9]{1,5}$ && $port -ge 1024 && $port -le 65535) ]] ||
        die "'$port' is not a port between 1024 and 65535"
    ensure_installed
    if have_settings; then
        load_settings
        [[ -z $port || $port == "$RABBITMQ_NODE_PORT" ]] ||
            die "the broker in $DIR has port $RABBITMQ_NODE_PORT: leave the port out, or start in a new folder"
        start_again
    else
        [[ -z $port ]] || ! port_open "$port" || die "port $port is in use: name another, or none to have one picked"
        start_fresh ${port:+"$port"}
    fi
    if grep -q rabbitmq_management "$DIR/enabled_plugins"; then
        note "management: http://127.0.0.1:$BROKER_MANAGEMENT_PORT/ (guest, guest)"
    fi
    echo "$BROKER_URL"
}

# Stopping what is not there is no error: clean-up may come before the start got far.
cmd_stop() { # DIR
    [[ -d "${1:-}" ]] || return 0
    enter "$1"
    have_settings || return 0
    load_settings
    local pid
    if pid=$(node_pid); then
        # A node that is still starting has no pid file yet, and rabbitmqctl would wait for it.
        if [[ -s $DIR/pid ]] && usable; then
            timeout 40 "$PACKAGE_BIN/rabbitmqctl" -q stop "$DIR/pid" >/dev/null 2>&1 || true
        fi
        stop_pid "$pid" 20
    fi
    stop_epmd
}

cmd_kill() { # DIR
    [[ -d "${1:-}" ]] || return 0
    enter "$1"
    have_settings || return 0
    load_settings
    kill_node
}

cmd_ctl() { # DIR ARGS...
    enter "${1:-}"
    shift
    load_settings
    exec "$PACKAGE_BIN/rabbitmqctl" "$@"
}

cmd_url() { # DIR
    enter "${1:-}"
    load_settings
    echo "$BROKER_URL"
}

cmd_wait() { # DIR
    enter "${1:-}"
    load_settings
    await_node || { show_log; die "the broker in $DIR is not running: run '$0 start $DIR'"; }
}

main() {
    local command=${1:-}
    (($#)) && shift
    case $command in
        start | stop | kill | ctl | url | wait) "cmd_$command" "$@" ;;
        *) usage ;;
    esac
}

main "$@"
