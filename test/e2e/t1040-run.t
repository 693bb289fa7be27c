#!/bin/sh
test_description='osteon run: starts, restarts, reloads, and leaves no orphans'
. "$(dirname "$0")/lib.sh"

# The receiver shuts the door and the workers end their job: enough for both.
gone() { # PID...
    for gone_pid in "$@"; do
        [ ! -e "/proc/$gone_pid" ] || return 1
    done
}
pid_of() { # NAME: of the process that runs now
    grep "event=process.started .*name=\"\{0,1\}$1\"\{0,1\} " node.log |
        tail -n 1 | sed 's/.*pid=\([0-9]*\)$/\1/'
}
started() { # NAME COUNT: was started so often
    [ "$(grep -c "event=process.started .*name=\"\{0,1\}$1\"\{0,1\} " \
        node.log)" -ge "$2" ]
}
logged() {
    grep "$1" node.log
}

test_expect_success 'bad usage and bad configuration do not start it' '
    test_expect_code 2 "$BIN/osteon" run surplus &&
    test_expect_code 78 "$BIN/osteon" run -c nowhere.yaml &&
    ! test -e state
'
test_expect_success '--state is made, for nobody else' '
    node_config && rmdir state &&
    "$BIN/osteon" run -c osteon.yaml --state fresh/ --port $PEER_PORT \
        2>fresh.log &
    fresh=$! && e2e_keep $fresh &&
    wait_for 20 echoscu -aec OSTEON 127.0.0.1 $PEER_PORT &&
    wait_for 20 grep "prog=osteon .*event=ready port=$PEER_PORT" fresh.log &&
    test $(stat -c %a fresh) = 700 && test -s fresh/osteon.db &&
    ! test -e state
'
test_expect_success 'a second one on the same state is refused' '
    test_expect_code 1 "$BIN/osteon" run -c osteon.yaml --state fresh \
        --port $PACS_PORT 2>message &&
    cat message && grep "another osteon run" message
'
test_expect_success 'SIGTERM ends all: 0' '
    kill $fresh && wait $fresh; status=$?
    cat fresh.log && test $status = 0 &&
    grep event=node.stopped fresh.log &&
    ! grep event=process.died fresh.log
'
test_expect_success 'what is killed is started again' '
    node_start &&
    for name in scp keeper infer.1 scu.pacs; do
        kill -9 $(pid_of $name) && wait_for 10 started $name 2 || return 1
    done &&
    test $(grep -c "event=process.died .*status=137" node.log) = 4 &&
    wait_for 10 node_ready
'
test_expect_success 'and again after a longer pause' '
    kill -9 $(pid_of keeper) && wait_for 10 started keeper 3 &&
    grep event=process.died node.log | tail -n 1 | grep restart_ms=200
'
test_expect_success 'SIGHUP with a bad configuration: the node goes on' '
    cp osteon.yaml good.yaml && before=$(pid_of scp) &&
    sed "s/ae_titles:/ae_title:/" good.yaml >osteon.yaml &&
    kill -HUP $NODE_PID && wait_for 10 logged event=conf.refused &&
    grep "event=conf.refused .*ae_title" node.log &&
    test "$(pid_of scp)" = $before && ! gone $before &&
    echoscu -aec OSTEON 127.0.0.1 $NODE_PORT
'
test_expect_success 'SIGHUP with a bad model: the node goes on' '
    mkdir bundles && cp -r "$ROOT/models/leg-alignment" bundles/ &&
    chmod -R u+w bundles && echo x >>bundles/leg-alignment/model.pt &&
    sed "s,^models: .*,models: $PWD/bundles," good.yaml >osteon.yaml &&
    kill -HUP $NODE_PID &&
    wait_for 30 logged "event=conf.refused .*model" &&
    test "$(pid_of scp)" = $before &&
    echoscu -aec OSTEON 127.0.0.1 $NODE_PORT
'
test_expect_success 'SIGHUP with a good one: the node works by it' '
    sed -e "s/ae_titles: .OSTEON./ae_titles: [RENAMED]/" \
        -e "s/^models:/  archive: {ae: A, host: 127.0.0.1, port: 1}\n&/" \
        good.yaml >osteon.yaml &&
    kill -HUP $NODE_PID && wait_for 60 started scu.archive 1 &&
    wait_for 20 echoscu -aec RENAMED 127.0.0.1 $NODE_PORT &&
    test "$(pid_of scp)" != $before && gone $before &&
    test_must_fail echoscu -aec OSTEON 127.0.0.1 $NODE_PORT
'
test_expect_success 'SIGHUP that takes a destination away' '
    cp good.yaml osteon.yaml && archive=$(pid_of scu.archive) &&
    kill -HUP $NODE_PID && wait_for 60 gone $archive &&
    wait_for 20 echoscu -aec OSTEON 127.0.0.1 $NODE_PORT &&
    ! started scu.archive 2
'
test_expect_success 'kill -9 of run leaves no process behind' '
    pids="$(pid_of scp) $(pid_of keeper) $(pid_of infer.1) $(pid_of scu.pacs)" &&
    for pid in $pids; do
        e2e_keep $pid
        grep osteon /proc/$pid/comm || return 1
    done &&
    kill -9 $NODE_PID && { wait $NODE_PID; wait_for 20 gone $pids; }
'
test_expect_success 'and the next one starts' '
    node_start && node_stop
'
test_expect_success 'started with SIGCHLD ignored it sees deaths all the same' '
    : >node.log &&
    sh -c "trap \"\" CHLD; exec \"$BIN/osteon\" run -c osteon.yaml" \
        2>node.log & ignoring=$! && e2e_keep $ignoring &&
    wait_for 20 node_ready && kill -9 $(pid_of keeper) &&
    wait_for 10 started keeper 2 && e2e_stop $ignoring
'
test_expect_success 'a damaged database is set aside before it starts' '
    dd if=/dev/urandom of=state/osteon.db bs=1024 seek=4 count=16 \
        conv=notrunc 2>/dev/null &&
    node_start && grep event=database.damaged node.log && node_stop &&
    ls state/osteon.db.damaged-*Z
'
e2e_done
