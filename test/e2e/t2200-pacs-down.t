#!/bin/sh
test_description='the PACS is down while studies arrive, and comes back'
. "$(dirname "$0")/lib.sh"

films=$(find "$LEGS" -name 'leg_*.dcm' | sort | head -n 5)

analysed() { # every study's analysis is done and its results wait
    for film in $films; do
        [ "$(job_states "$(tag "$film" StudyInstanceUID)" analyse)" = "done" ] ||
            return 1
    done
}
delivered() {
    for film in $films; do
        study=$(tag "$film" StudyInstanceUID)
        pacs_holds "$study" SR 1 && pacs_holds "$study" OT 1 || return 1
    done
}

test_expect_success ORTHANC 'studies arrive while the PACS is down' '
    pacs_config && node_start && send $films && wait_for 60 analysed
'
test_expect_success ORTHANC 'results wait, none is lost or buried' '
    sleep 3 &&
    osteon_json status >status.json &&
    for film in $films; do
        job_states $(tag "$film" StudyInstanceUID) send >states &&
        test "$(cat states)" = "queued
queued" || return 1
    done
'
test_expect_success ORTHANC 'the log says so once, not once a try' '
    test $(grep -c event=destination.down node.log) = 1
'
test_expect_success ORTHANC 'the node stops and starts in between' '
    node_stop && node_start
'
test_expect_success ORTHANC 'the PACS comes back: all delivered, nobody helped' '
    pacs_start && wait_for 60 delivered
'
test_expect_success ORTHANC 'each once' '
    wait_for 10 study_done $(tag "$(echo "$films" | head -n 1)" \
        StudyInstanceUID) &&
    sleep 2 && delivered &&
    cat node.all.log node.log | grep event=object.sent >sent &&
    test $(wc -l <sent) = 10
'
e2e_done
