#!/bin/sh
test_description='a late image: a new revision that names its predecessor'
. "$(dirname "$0")/lib.sh"

film() { # FILE LEG: of one study and patient
    cp "$LEGS/demo.dcm" "$1" && chmod u+w "$1" && dcmodify -nb -q -gin "$1"
}
sr_count() {
    pacs_holds "$study" SR "$1"
}

test_expect_success ORTHANC 'two images within the quiet time: one analysis' '
    QUIET=2s && node_config && pacs_start && node_start &&
    film one.dcm && film two.dcm && film late.dcm &&
    study=$(tag one.dcm StudyInstanceUID) &&
    send one.dcm two.dcm && wait_for 60 sr_count 1 &&
    wait_for 10 pacs_holds $study OT 2 &&
    test "$(job_states $study analyse)" = done
'
test_expect_success ORTHANC 'its SR speaks of both' '
    pacs_fetch $(pacs_instances $study SR) first.dcm &&
    for f in one.dcm two.dcm; do
        dcmdump first.dcm | grep "$(tag $f SOPInstanceUID)" || return 1
    done
'
test_expect_success ORTHANC 'a late one: a second revision of all three' '
    send late.dcm && wait_for 60 sr_count 2 &&
    test "$(osteon_json show $study |
        jq "[.jobs[] | select(.stage == \"analyse\").revision] | max")" = 2
'
test_expect_success ORTHANC 'the new SR names the old one, the old one stays' '
    first=$(tag first.dcm SOPInstanceUID) &&
    for id in $(pacs_instances $study SR); do
        pacs_fetch $id sr.dcm &&
        [ "$(tag sr.dcm SOPInstanceUID)" = $first ] || mv sr.dcm second.dcm
    done &&
    dcmdump second.dcm >second.txt &&
    grep -A 20 PredecessorDocumentsSequence second.txt | grep $first &&
    for f in one.dcm two.dcm late.dcm; do
        grep "$(tag $f SOPInstanceUID)" second.txt || return 1
    done &&
    "$ROOT/scripts/validate" second.dcm --images one.dcm two.dcm late.dcm
'
e2e_done
