#!/bin/sh
test_description='status, show and the verbs, with a destination that is down'
. "$(dirname "$0")/lib.sh"

film=$LEGS/demo.dcm
study=$(tag "$film" StudyInstanceUID)

processes() { # true | false: the names of those that are (not) alive
    osteon status --json | jq -r ".processes[] | select(.alive == $1).name"
}
all_alive() {
    [ -z "$(processes false)" ]
}
none_alive() {
    [ -z "$(processes true)" ]
}
send_jobs() {
    osteon show --json "$study" |
        jq -r '.jobs[] | select(.stage == "send").id'
}
waits_to_be_sent() {
    [ "$(send_jobs | wc -l)" = 2 ]
}
state_of() { # JOB
    osteon show --json "$study" | jq -r ".jobs[] | select(.id == $1).state"
}

test_expect_success 'before the first start: no database, and none is made' '
    node_config && osteon status >out && cat out &&
    grep "the node has not run yet" out &&
    test_expect_code 1 osteon show 2>message &&
    grep "the node has not run yet" message &&
    test_expect_code 1 osteon retry 1 &&
    ! find state -mindepth 1 | grep .
'
test_expect_success 'the running node is seen, pid by pid' '
    node_start && wait_for 10 all_alive &&
    osteon status --json >status.json && cat status.json &&
    jq -e "[.processes[].name] ==
        [\"keeper\", \"scp\", \"infer.1\", \"scu.pacs\"]" status.json &&
    for pid in $(jq .processes[].pid status.json); do
        grep osteon /proc/$pid/comm || return 1
    done &&
    jq -e ".space.free_bytes > 0 and .database.bytes > 0" status.json
'
test_expect_success 'a look takes no lock away' '
    for i in 1 2 3 4 5 6 7 8 9 10; do osteon status >out || return 1; done &&
    ! grep event=process.died node.log
'
test_expect_success 'a study whose results cannot be sent' '
    send "$film" && wait_for 60 waits_to_be_sent &&
    osteon status >out && cat out &&
    grep "^analyse  *leg-alignment  *0  *0  *0  *0  *1 " out &&
    grep "^send  *pacs  *2 " out
'
test_expect_success 'is shown from receipt to delivery' '
    osteon show $study >out && cat out &&
    grep "DX image  *MODALITY" out &&
    grep "leg-alignment for route all, revision 1: done at" out &&
    grep "right hka: [0-9.]* deg" out &&
    grep "secondary capture" out &&
    grep "pacs  *queued" out
'
test_expect_success 'and as JSON' '
    osteon show --json $study >show.json &&
    jq -e ".study == \"$study\" and (.objects | length) == 3 and
        (.objects[0].calling_ae == \"MODALITY\")" show.json &&
    jq -e "[.jobs[] | select(.stage == \"analyse\").summary.measurements[] |
        select(.id == \"hka\").side] | sort == [\"left\", \"right\"]" show.json
'
test_expect_success 'also by the number of an object' '
    osteon show --json object=1 | jq -e ".study == \"$study\""
'
test_expect_success 'hold, release, drop, retry' '
    set -- $(send_jobs) &&
    osteon hold $1 $2 >out && cat out && grep "job $1: held" out &&
    test $(state_of $1) = held &&
    osteon status >out && grep "^2 held" out &&
    osteon release $1 && test $(state_of $1) = queued &&
    osteon drop $2 && test $(state_of $2) = dead &&
    osteon status >out && grep "^1 dead: osteon show says why" out &&
    osteon show >list && cat list && grep "^ *$2 .*dead" list &&
    osteon retry $2 && test $(state_of $2) = queued
'
test_expect_success 'what is refused says why: 1, the others are done' '
    set -- $(send_jobs) &&
    test_expect_code 1 osteon hold 999999 $1 nine >out 2>message &&
    cat out message && grep "job $1: held" out &&
    grep "no job 999999" message &&
    grep "\"nine\" is no job number" message &&
    test_expect_code 1 osteon release --json 999999 $1 >out.json &&
    jq -e "map(.ok) == [false, true]" out.json
'
test_expect_success 'a study that never came: 1' '
    test_expect_code 1 osteon show 1.2.3.4 2>message &&
    grep "nothing of study 1.2.3.4 arrived" message &&
    test_expect_code 1 osteon show "1.2;drop" 2>message &&
    grep "is no UID" message
'
test_expect_success 'a destination that is down: echo says so, 1' '
    test_expect_code 1 osteon echo >out && cat out &&
    grep "^pacs  ORTHANC@127.0.0.1:$PACS_PORT  .*[Cc]onnection refused" out &&
    test_expect_code 2 osteon echo nobody 2>message &&
    grep "no destination \"nobody\"" message
'
test_expect_success 'and up: 0' '
    storescp -od . $PEER_PORT 2>peer.log & e2e_keep $! &&
    sed "s/port: $PACS_PORT/port: $PEER_PORT/" osteon.yaml >peer.yaml &&
    wait_for 10 "$BIN/osteon" echo -c peer.yaml &&
    "$BIN/osteon" echo -c peer.yaml >out && cat out && grep "ok in [0-9]* ms" out
'
test_expect_success 'after the end nothing runs' '
    node_stop && wait_for 10 none_alive && osteon status >out &&
    test $(grep -c "not running" out) = 4
'
e2e_done
