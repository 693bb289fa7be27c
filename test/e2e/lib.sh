# Sourced by every end-to-end test. Real peers on 127.0.0.1: Orthanc as the
# PACS, DCMTK's tools as senders. Each test has its own ports and ends what it
# started by process id; several may run at once.
#   shellcheck shell=sh disable=SC2034

ROOT=$(cd "$(dirname "$0")/../.." && pwd)
VARIANT=${VARIANT:-release}
BIN=$ROOT/build/$VARIANT
LEGS=$ROOT/test/fixtures/legs
TESTDATA=${OSTEON_TESTDATA:-$ROOT/../shared/data}
SHARNESS_TEST_DIRECTORY=$ROOT/build/$VARIANT/e2e
SHARNESS_TEST_SRCDIR=$ROOT/test/e2e
SHARNESS_BUILD_DIRECTORY=$BIN
export SHARNESS_TEST_DIRECTORY SHARNESS_TEST_SRCDIR SHARNESS_BUILD_DIRECTORY
mkdir -p "$SHARNESS_TEST_DIRECTORY"

. /usr/share/sharness/sharness.sh

# E2E_PORTS: another range, for runs beside each other. The place in the list
# of all tests is nobody else's.
e2e_place=$(printf '%s\n' "$ROOT"/test/e2e/t*.t |
    grep -n "/$(basename "$0")\$" | cut -d : -f 1)
e2e_base=$((${E2E_PORTS:-30720} + ${e2e_place:-0} * 8))
NODE_PORT=$e2e_base
PACS_PORT=$((e2e_base + 1))
PACS_HTTP=$((e2e_base + 2))
PEER_PORT=$((e2e_base + 3))
PACS_URL=http://127.0.0.1:$PACS_HTTP
TCP_NODELAY=1
export TCP_NODELAY

[ -d "$TESTDATA/dicom" ] && test_set_prereq TESTDATA
[ -x /usr/sbin/Orthanc ] && test_set_prereq ORTHANC

e2e_pids=""
e2e_keep() { # PID: end it when the test ends
    e2e_pids="$e2e_pids $1"
}
e2e_stop() { # PID: TERM, then KILL after 10 s
    kill "$1" 2>/dev/null || return 0
    e2e_i=0
    while kill -0 "$1" 2>/dev/null && [ $e2e_i -lt 100 ]; do
        sleep 0.1
        e2e_i=$((e2e_i + 1))
    done
    kill -9 "$1" 2>/dev/null || :
    wait "$1" 2>/dev/null || :
}
e2e_stop_all() {
    for e2e_pid in $e2e_pids; do
        e2e_stop "$e2e_pid"
    done
    e2e_pids=""
}
trap 'e2e_stop_all; die' EXIT
trap 'exit 1' HUP INT PIPE TERM # dash runs no EXIT trap for these
e2e_done() {
    e2e_stop_all
    test_done
}

# wait_for SECONDS COMMAND...: until the command succeeds, or fail
wait_for() {
    wait_end=$(($(date +%s) + $1))
    shift
    until "$@" >/dev/null 2>&1; do
        if [ "$(date +%s)" -ge "$wait_end" ]; then
            echo "waited in vain for: $*" >&2
            return 1
        fi
        sleep 0.1
    done
}

pacs_config() { # writes orthanc.json
    mkdir -p pacs
    cat >orthanc.json <<-EOF
	{ "Name": "e2e", "DicomAet": "ORTHANC", "DicomPort": $PACS_PORT,
	  "HttpPort": $PACS_HTTP, "RemoteAccessAllowed": false,
	  "AuthenticationEnabled": false, "DicomCheckCalledAet": true,
	  "DicomAlwaysAllowStore": true, "UnknownSopClassAccepted": true,
	  "OverwriteInstances": true, "Plugins": [],
	  "StorageDirectory": "$PWD/pacs", "IndexDirectory": "$PWD/pacs",
	  "DicomModalities": {
	    "osteon": ["OSTEON", "127.0.0.1", $NODE_PORT] } }
	EOF
}
pacs_up() {
    curl -sf "$PACS_URL/system"
}
pacs_start() {
    [ -e orthanc.json ] || pacs_config
    /usr/sbin/Orthanc orthanc.json >pacs.log 2>&1 &
    PACS_PID=$!
    e2e_keep $PACS_PID
    wait_for 20 pacs_up
}
pacs_stop() {
    e2e_stop "$PACS_PID"
}
# pacs_instances STUDY MODALITY: Orthanc's ids of what it holds, one a line
pacs_instances() {
    curl -sf "$PACS_URL/tools/find" -d "{\"Level\": \"Instance\", \"Query\":
        {\"StudyInstanceUID\": \"$1\", \"Modality\": \"$2\"}}" |
        jq -r '.[]'
}
pacs_holds() { # STUDY MODALITY COUNT
    [ "$(pacs_instances "$1" "$2" | wc -l)" -eq "$3" ]
}
pacs_fetch() { # ORTHANC-ID FILE
    curl -sf "$PACS_URL/instances/$1/file" -o "$2"
}

# node_config [ROUTES]: osteon.yaml for this test; the routes come from the
# file named, or are one that takes every image for the reference model
node_config() {
    cat >osteon.yaml <<-EOF
	node:
	  ae_titles: [OSTEON]
	  address: 127.0.0.1
	  port: $NODE_PORT
	  allow_root: true
	  spool: $PWD/state/spool
	  database: $PWD/state/osteon.db
	  limits: {free: 16MiB, ballast: 0}
	  inference: {demonstration_models: true}
	  retry: {first: 500ms, cap: 2s, attempts: 3}
	callers:
	  - {ae: "*", address: 127.0.0.1}
	destinations:
	  pacs: {ae: ORTHANC, host: 127.0.0.1, port: $PACS_PORT, idle: 2s}
	models: ${MODELS:-$ROOT/models}
	routes:
	EOF
    if [ "${1:-}" ]; then
        cat "$1" >>osteon.yaml
    else
        cat >>osteon.yaml <<-EOF
	  - name: all
	    match: {Modality: {exists: true}}
	    complete: {quiet: ${QUIET:-1s}, cap: 1m}
	    models: [leg-alignment]
	    results: [sr, sc]
	    send: [pacs]
	EOF
    fi
    mkdir -p state
}
node_ready() {
    grep -q 'prog=osteon .*event=ready' node.log &&
        echoscu -aec OSTEON 127.0.0.1 "$NODE_PORT"
}
node_start() {
    [ -e osteon.yaml ] || node_config
    : >node.log
    "$BIN/osteon" run -c osteon.yaml >>node.all.log 2>>node.log &
    NODE_PID=$!
    e2e_keep $NODE_PID
    wait_for 20 node_ready
}
node_stop() {
    e2e_stop "$NODE_PID"
    cat node.log >>node.all.log
}
# syntax_option FILE: storescu's option that sends the file as it is encoded
syntax_option() {
    case $(tag "$1" TransferSyntaxUID) in
    1.2.840.10008.1.2) echo -xi ;;
    1.2.840.10008.1.2.2) echo -xb ;;
    1.2.840.10008.1.2.1.99) echo -xd ;;
    1.2.840.10008.1.2.5) echo -xr ;;
    1.2.840.10008.1.2.4.50) echo -xy ;;
    1.2.840.10008.1.2.4.51) echo -xx ;;
    1.2.840.10008.1.2.4.57 | 1.2.840.10008.1.2.4.70) echo -xs ;;
    1.2.840.10008.1.2.4.80) echo -xt ;;
    1.2.840.10008.1.2.4.81) echo -xu ;;
    1.2.840.10008.1.2.4.90) echo -xv ;;
    1.2.840.10008.1.2.4.91) echo -xw ;;
    *) echo -x= ;;
    esac
}
send() { # FILE...: C-STORE to the node, one association each
    for send_file in "$@"; do
        storescu -R "$(syntax_option "$send_file")" -aet MODALITY \
            -aec OSTEON 127.0.0.1 "$NODE_PORT" "$send_file" 2>send.log ||
            {
                cat send.log >&2
                return 1
            }
    done
}
osteon() { # SUBCOMMAND ARGS...: with this test's configuration
    osteon_command=$1
    shift
    "$BIN/osteon" "$osteon_command" -c osteon.yaml "$@"
}
# as_study FILE PATIENT DATE STUDY-UID OUT: a copy that is a study of its own
as_study() {
    cp "$1" "$5" && chmod u+w "$5" &&
        dcmodify -nb -q -m "PatientID=$2" -m "StudyDate=$3" \
            -m "StudyInstanceUID=$4" -m "SeriesInstanceUID=$4.1" \
            -m "SOPInstanceUID=$4.1.1" "$5"
}
osteon_json() { # SUBCOMMAND ARGS...: with this test's configuration
    osteon_command=$1
    shift
    "$BIN/osteon" "$osteon_command" -c osteon.yaml --json "$@"
}
# job_state STUDY STAGE: the states of the study's jobs, sorted, one a line
job_states() {
    osteon_json show "$1" | jq -r ".jobs[] | select(.stage == \"$2\") | .state" |
        sort
}
study_done() { # STUDY: nothing of it is queued or busy
    states=$(osteon_json show "$1" | jq -r '.jobs[].state') &&
        [ "$states" ] && ! echo "$states" | grep -q 'queued\|busy'
}
tag() { # FILE KEYWORD: the value
    dcmdump -q -M -Un +P "$2" "$1" 2>/dev/null | head -n 1 |
        sed -n 's/^[^[]*\[\([^]]*\)\].*/\1/p'
}
# run_case NAME VARIABLE=VALUE...: a case of test/torture, in small. It says
# RESULT<tab>what<tab>asked<tab>found<tab>verdict: each a test.
run_case() {
    case_name=$1
    shift
    env "$@" E2E_PORTS="${E2E_PORTS:-30720}" VARIANT="$VARIANT" \
        TORTURE_DIR="$PWD/$case_name" \
        "$ROOT/test/torture/$case_name" >"$case_name.out" 2>"$case_name.err"
    case_status=$?
    say "# $(tail -n 1 "$case_name.err")"
    while IFS='	' read -r word what asked found verdict; do
        [ "$word" = RESULT ] || continue
        [ "$verdict" != skipped ] || what="$what # SKIP"
        test_expect_success "$what: $asked: $found" "test $verdict != FAIL"
    done <"$case_name.out"
    test_expect_success "$case_name ends well" "test $case_status = 0"
}
