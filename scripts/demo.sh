#!/usr/bin/env bash
# Shows the whole way of some conversations: simulator of Genesys Cloud -> worker -> RabbitMQ.
#
#   scripts/demo.sh [--ids N] [--transcripts FILE] [--keep] [--check]
#
#   --ids N             how many of the simulator's conversations (default 50)
#   --transcripts FILE  let the simulator serve these transcripts and take them all
#   --keep              leave broker, simulator and worker running, and say how to use and stop them
#   --check             fail unless every conversation came out as one transcript and one success
#
# Uses the broker that AMQP_URL names (under names of its own), else starts a private one.

set -euo pipefail
# shellcheck source=scripts/lib.sh
. "$(dirname "${BASH_SOURCE[0]}")/lib.sh"

IDS=50 TRANSCRIPTS='' KEEP=0 CHECK=0
DIR='' BIN='' SIMULATOR_PORT='' SIMULATOR_PID='' TAIL_PID='' WORKER_PID=''
UUID='[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}'

usage() {
    sed -n '2,/^$/s/^# \{0,1\}//p' "${BASH_SOURCE[0]}"
    exit "$1"
}

parse_arguments() {
    while (($#)); do
        case $1 in
            --ids)
                [[ "${2:-}" =~ ^[1-9][0-9]{0,6}$ ]] || die '--ids needs a number from 1 to 9999999'
                IDS=$2
                shift
                ;;
            --transcripts)
                [[ -f "${2:-}" && -r "$2" ]] || die "--transcripts needs a file that can be read, not '${2:-}'"
                TRANSCRIPTS=$(cd "$(dirname "$2")" && pwd -P)/$(basename "$2")
                shift
                ;;
            --keep) KEEP=1 ;;
            --check) CHECK=1 ;;
            -h | --help) usage 0 ;;
            *) fail "unknown argument '$1'" && usage 2 >&2 ;;
        esac
        shift
    done
}

# --- setting up -------------------------------------------------------------------------------------

preflight() {
    need_cmd cargo cc awk grep sed flock setsid
    stop_if_missing
}

build() {
    # For a caller that has just built them, such as the test run.
    if [[ -n ${INTERCEPTOR_BIN_DIR:-} ]]; then
        BIN=$(cd "$INTERCEPTOR_BIN_DIR" && pwd) || die "INTERCEPTOR_BIN_DIR names no folder: $INTERCEPTOR_BIN_DIR"
        return
    fi
    heading 'building'
    cd "$REPO"
    cargo build --locked --bins
    BIN=${CARGO_TARGET_DIR:-${CARGO_BUILD_TARGET_DIR:-target}}/debug
    [[ $BIN == /* ]] || BIN=$REPO/$BIN
    [[ -x $BIN/interceptor && -x $BIN/genesys-simulator ]] ||
        die "the programs are not in $BIN: set CARGO_TARGET_DIR to where cargo builds"
}

# In our own folder, so that nobody's .env file reaches the demo.
interceptor() { (cd "$DIR" && exec "$BIN/interceptor" "$@"); }

await_line() { # FILE TEXT PID WHAT LOG
    local ends=$((SECONDS + 30))
    until grep -qsF -- "$2" "$1"; do
        if ! alive "$3"; then
            tail -n 20 "$5" >&2
            die "$4 ended at once (its output is above)"
        fi
        ((SECONDS < ends)) || die "$4 did not get ready within 30 s: see $5"
        sleep 0.05
    done
}

start_simulator() {
    local -a served=()
    [[ -z $TRANSCRIPTS ]] || served=(--transcripts "$TRANSCRIPTS")
    (cd "$DIR" && exec "$BIN/genesys-simulator" --listen 127.0.0.1:0 "${served[@]}") \
        </dev/null >"$DIR/simulator.out" 2>"$DIR/simulator.log" &
    SIMULATOR_PID=$!
    on_exit stop_pid "$SIMULATOR_PID"
    await_line "$DIR/simulator.out" 'listening on http://' "$SIMULATOR_PID" 'the simulator' "$DIR/simulator.log"
    SIMULATOR_PORT=$(sed -n 's|^genesys-simulator listening on http://127\.0\.0\.1:\([0-9]*\).*|\1|p' "$DIR/simulator.out" | sed -n 1p)
    [[ -n $SIMULATOR_PORT ]] || die "the simulator did not say where it listens: see $DIR/simulator.out"
    note "simulator: http://127.0.0.1:$SIMULATOR_PORT"
}

# What the caller has set for a real Genesys account or another broker must not mix with the demo's.
forget_other_settings() {
    local name
    for name in "${!GENESYS_@}"; do unset "$name"; done
    [[ -n "${AMQP_URL:-}" ]] && return
    for name in "${!AMQP_@}"; do unset "$name"; done
}

set_environment() {
    local genesys=http://127.0.0.1:$SIMULATOR_PORT name=interceptor-demo-$$
    export GENESYS_API=web-details GENESYS_API_URL=$genesys GENESYS_LOGIN_URL=$genesys
    export GENESYS_CLIENT_ID=demo-client GENESYS_CLIENT_SECRET=demo-secret GENESYS_REQUESTS_PER_MINUTE=0
    export AMQP_URL INTERCEPTOR_ADMIN_ADDR=off
    # Clear of anything else in a broker that was given to us.
    export AMQP_QUEUE=$name.conversations AMQP_TRANSCRIPTS_EXCHANGE=$name.transcripts AMQP_AUDIT_EXCHANGE=$name.audit
    # A company's proxy knows no way to this machine's loopback.
    export NO_PROXY=127.0.0.1,localhost no_proxy=127.0.0.1,localhost
}

start_tail() {
    (cd "$DIR" && exec "$BIN/interceptor" tail) </dev/null >"$DIR/records.ndjson" 2>"$DIR/tail.log" &
    TAIL_PID=$!
    on_exit stop_pid "$TAIL_PID"
    await_line "$DIR/tail.log" 'tail: waiting for records' "$TAIL_PID" "'interceptor tail'" "$DIR/tail.log"
}

start_worker() {
    (cd "$DIR" && exec "$BIN/interceptor" run) </dev/null >"$DIR/worker.log" 2>&1 &
    WORKER_PID=$!
    # It promises to drain within 25 s.
    on_exit stop_pid "$WORKER_PID" 40
}

choose_ids() {
    http_get "$SIMULATOR_PORT" /simulator/conversations >"$DIR/simulator.ids" ||
        die "the simulator does not list its conversations: see $DIR/simulator.log"
    { grep -oE "$UUID" "$DIR/simulator.ids" || true; } | awk '!seen[$0]++' >"$DIR/all.ids"
    [[ -s $DIR/all.ids ]] || die "the simulator serves no conversations: is the file '${TRANSCRIPTS:-(none)}' empty?"
    [[ -z $TRANSCRIPTS ]] || IDS=$(wc -l <"$DIR/all.ids")
    head -n "$IDS" "$DIR/all.ids" >"$DIR/ids"
    local more=$((IDS - $(wc -l <"$DIR/ids")))
    while ((more-- > 0)); do cat /proc/sys/kernel/random/uuid; done >>"$DIR/ids"
    rm -f "$DIR/simulator.ids" "$DIR/all.ids"
}

# --- waiting ----------------------------------------------------------------------------------------

# A line is complete only with its closing brace: the last one may still be on its way. Copies of
# one record count once.
# shellcheck disable=SC2016 # awk's $0, not the shell's
COUNT_AWK='
    !/}$/ { next }
    !match($0, /"conversationId":"[^"]*"/) { next }
    { id = substr($0, RSTART + 18, RLENGTH - 19) }
    /"event":"transcript:intercepted"/ {
        if (!match($0, /"status":"[a-z]*"/)) next
        status = substr($0, RSTART + 10, RLENGTH - 11)
        if ((status, id) in audit) next
        audit[status, id]
        n[status]++
        if (status != "retrying" && !(id in final)) { final[id]; finals++ }
        next
    }
    !(id in transcript) { transcript[id]; transcripts++ }
    END { print transcripts + 0, finals + 0, n["success"] + 0, n["failed"] + 0, n["ignored"] + 0, n["retrying"] + 0 }'

count() { read -r T FINAL SUCCESS FAILED IGNORED RETRYING < <(awk "$COUNT_AWK" "$DIR/records.ndjson"); }

progress() {
    if [[ -t 2 ]]; then
        printf '\r%s transcripts, %s of %s audits, %s s ' "$T" "$FINAL" "$IDS" "$1" >&2
    elif (($1 >= NEXT_LINE)); then
        note "$T transcripts, $FINAL of $IDS audits, $1 s"
        NEXT_LINE=$(($1 + 10))
    fi
}

await_records() {
    local began=$SECONDS last_change=$SECONDS before='' patience=$((60 + IDS / 5))
    NEXT_LINE=10
    while count; do
        progress $((SECONDS - began))
        if ((FINAL >= IDS && T >= SUCCESS)); then break; fi
        if ! alive "$WORKER_PID"; then
            note ''
            tail -n 20 "$DIR/worker.log" >&2
            die "the worker ended early (the end of its log is above): see $DIR/worker.log"
        fi
        if [[ "$T $FINAL $RETRYING" != "$before" ]]; then
            before="$T $FINAL $RETRYING" last_change=$SECONDS
        elif ((SECONDS - last_change > patience)); then
            note ''
            tail -n 20 "$DIR/worker.log" >&2
            die "no record came for $patience s, $FINAL of $IDS are there: see $DIR/worker.log"
        fi
        sleep 0.3
    done
    if [[ -t 2 ]]; then note ''; fi
    TOOK=$((SECONDS - began))
}

# --- showing ----------------------------------------------------------------------------------------

# First those with redactions and few enough messages to read; among them those with most kinds.
pick_examples() {
    awk '
        !/}$/ || /"event":"transcript:intercepted"/ { next }
        match($0, /"conversationId":"[^"]*"/) {
            id = substr($0, RSTART + 18, RLENGTH - 19)
            if (id in seen) next
            seen[id]
            redactions = received = kinds = 0
            if (match($0, /"redactionCount":[0-9]+/)) redactions = substr($0, RSTART + 17, RLENGTH - 17) + 0
            if (match($0, /"messagesReceived":[0-9]+/)) received = substr($0, RSTART + 19, RLENGTH - 19) + 0
            if (match($0, /"redactionsByType":[{][^}]*[}]/)) {
                byType = substr($0, RSTART, RLENGTH)
                kinds = gsub(/:[0-9]/, "", byType)
            }
            print (redactions ? (received < 30 ? 0 : 1) : 2), kinds, id
        }' "$DIR/records.ndjson" | sort -s -k1,1n -k2,2nr | sed -n '1,3s/.* //p'
}

have_python() { python3 -c '' >/dev/null 2>&1; }

side_by_side() { # BEFORE-FILE AFTER-FILE
    PYTHONIOENCODING=utf-8 python3 - "$1" "$2" <<'PYTHON'
import json, re, shutil, sys, textwrap

before = json.load(open(sys.argv[1], encoding="utf-8"))
after = json.load(open(sys.argv[2], encoding="utf-8"))
width = max(30, min(76, (shutil.get_terminal_size((120, 24)).columns - 16) // 2))
colour = sys.stdout.isatty()

def lines(text):
    text = "".join(c if c.isprintable() else " " for c in str(text))
    return textwrap.wrap(text, width) or [""]

def cell(text):
    text = text.ljust(width)
    return re.sub(r"\[[A-Z_]+\]", lambda m: f"\033[32m{m.group(0)}\033[0m", text) if colour else text

raw = {str(m.get("sequenceId")): m for m in before.get("messages", [])}
shown = [m for m in after["messages"] if m.get("metadata", {}).get("redactions")] or after["messages"]
print(f"{'':10}  {'before'.ljust(width)}  after")
for message in shown[:8]:
    source = raw.get(str(message["sequenceId"]), {})
    left, right = lines(source.get("text", "")), lines(message["text"])
    for i in range(max(len(left), len(right))):
        who = str(message.get("from", ""))[:10] if i == 0 else ""
        l = left[i] if i < len(left) else ""
        r = right[i] if i < len(right) else ""
        print(f"{who:10}  {l.ljust(width)}  {cell(r)}".rstrip())
if len(shown) > 8:
    print(f"{'':10}  ... and {len(shown) - 8} more messages with redactions")
PYTHON
}

trimmed() { cut -c 1-1500 "$1"; }

show_example() { # ID
    local before=$DIR/before.json after=$DIR/after.json
    http_get "$SIMULATOR_PORT" "/simulator/conversations/$1" >"$before" || return 0
    grep -F "\"conversationId\":\"$1\"" "$DIR/records.ndjson" | awk '!/"event":"transcript:intercepted"/ && !n++' >"$after"
    printf '\n%sconversation %s%s\n' "$BOLD" "$1" "$PLAIN"
    if ! { have_python && side_by_side "$before" "$after" 2>/dev/null; }; then
        printf '%sbefore%s ' "$DIM" "$PLAIN" && trimmed "$before"
        printf '%safter%s  ' "$DIM" "$PLAIN" && trimmed "$after"
    fi
    printf '%saudit%s  ' "$DIM" "$PLAIN"
    grep -F "\"conversationId\":\"$1\"" "$DIR/records.ndjson" | awk '/"event":"transcript:intercepted"/ { last = $0 } END { print last }'
    rm -f "$before" "$after"
}

show_examples() {
    local id
    heading 'before and after' 2>&1
    for id in $(pick_examples); do show_example "$id"; done
}

show_totals() {
    heading 'totals' 2>&1
    awk '
        function add(key, into,    part, pair, i, n) {
            if (!match($0, "\"" key "\":[{][^}]*[}]")) return 0
            part = substr($0, RSTART + length(key) + 4, RLENGTH - length(key) - 5)
            n = split(part, pairs, ",")
            sum = 0
            for (i = 1; i <= n; i++) {
                split(pairs[i], pair, ":")
                gsub(/"/, "", pair[1])
                into[pair[1]] += pair[2]
                sum += pair[2]
            }
            return sum
        }
        function list(of,    key, text) {
            for (key in of) if (of[key]) text = text (text ? ", " : "") key " " of[key]
            return text ? " (" text ")" : ""
        }
        !/}$/ || /"event":"transcript:intercepted"/ { next }
        match($0, /"conversationId":"[^"]*"/) {
            id = substr($0, RSTART + 18, RLENGTH - 19)
            if (id in seen) next
            seen[id]
            if (match($0, /"messagesReceived":[0-9]+/)) received += substr($0, RSTART + 19, RLENGTH - 19)
            skipped += add("messagesSkipped", reasons)
            redacted += add("redactionsByType", types)
        }
        END {
            print "messages received   " received + 0
            print "messages published  " received - skipped
            print "messages skipped    " skipped + 0 list(reasons)
            print "redactions          " redacted + 0 list(types)
        }' "$DIR/records.ndjson"
    echo "transcripts         $T of $IDS ids in $TOOK s"
    echo "audits              success $SUCCESS, failed $FAILED, ignored $IGNORED, retrying $RETRYING"
    echo "dead letters        $FAILED"
}

show_places() {
    heading 'where it is' 2>&1
    echo "records     $DIR/records.ndjson"
    echo "worker log  $DIR/worker.log"
    if [[ -z $PRIVATE_BROKER ]]; then
        echo "broker      $(without_password "$AMQP_URL")"
        note "in that broker remain the queues and exchanges whose names begin with ${AMQP_QUEUE%.conversations}"
    elif ((KEEP)); then
        echo "broker      $AMQP_URL"
    else
        echo "broker      $AMQP_URL (private, is stopped and removed now)"
    fi
}

# --- ending -----------------------------------------------------------------------------------------

stop_worker() {
    local code=0
    alive "$WORKER_PID" || die "the worker ended early: see $DIR/worker.log"
    kill -TERM "$WORKER_PID"
    wait_gone "$WORKER_PID" 40 || die "the worker did not stop within 40 s of SIGTERM: see $DIR/worker.log"
    wait "$WORKER_PID" || code=$?
    ((code == 0)) || die "the worker stopped with exit code $code instead of 0: see $DIR/worker.log"
}

keep_running() {
    local name
    stop_pid "$TAIL_PID"
    forget_cleanups
    heading 'still running' 2>&1
    echo '# paste these into a shell to use them:'
    for name in "${!GENESYS_@}" "${!AMQP_@}" INTERCEPTOR_ADMIN_ADDR; do
        # The caller has these already, and a password of his does not belong on the screen.
        if [[ -z $PRIVATE_BROKER && $name =~ ^AMQP_(URL|USERNAME|PASSWORD)$ ]]; then continue; fi
        printf 'export %s=%q\n' "$name" "${!name}"
    done
    echo "# for example: $BIN/interceptor tail"
    echo '# and to stop them:'
    echo "kill $WORKER_PID      # worker"
    echo "kill $SIMULATOR_PID      # simulator"
    if [[ -n $PRIVATE_BROKER ]]; then echo "$SCRIPTS/broker.sh stop $PRIVATE_BROKER"; fi
}

check() {
    local bad=0
    ((T == IDS)) || { bad=1 && fail "$T transcripts for $IDS ids: see $DIR/records.ndjson"; }
    ((SUCCESS == IDS)) || { bad=1 && fail "$SUCCESS audits say success for $IDS ids: see $DIR/records.ndjson"; }
    ((FAILED == 0)) || { bad=1 && fail "$FAILED dead letters: see $DIR/worker.log"; }
    return "$bad"
}

main() {
    parse_arguments "$@"
    preflight
    build

    heading 'starting broker, simulator and worker'
    DIR=$(mktemp -d "${TMPDIR:-/tmp}/interceptor-demo.XXXXXX")
    forget_other_settings
    [[ -n "${AMQP_URL:-}" ]] || note 'broker: starting a private RabbitMQ node (5 to 20 s) ...'
    get_broker "$DIR/broker"
    start_simulator
    set_environment
    (cd "$DIR" && exec timeout 30 "$BIN/interceptor" check) >&2 ||
        note '(the worker says itself below what it cannot do without)'
    interceptor topology apply >&2
    start_tail
    start_worker

    choose_ids
    heading "$IDS conversations"
    interceptor enqueue - <"$DIR/ids" >"$DIR/enqueue.log"
    await_records

    show_examples
    show_totals
    show_places
    if ((KEEP)); then keep_running; else stop_worker; fi

    printf '\ndemo: %s transcripts, %s audits, %s dead letters\n' "$T" "$FINAL" "$FAILED"
    if ((CHECK)); then check; fi
}

main "$@"
