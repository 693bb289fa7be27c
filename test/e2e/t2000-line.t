#!/bin/sh
test_description='the straight line: a film goes in, an SR and an SC come back'
. "$(dirname "$0")/lib.sh"

# one film of each encoding the fixtures carry
films() {
    for film in "$LEGS"/leg_*.dcm; do
        echo "$(tag "$film" TransferSyntaxUID) $film"
    done | sort -k1,1 -u | cut -d' ' -f2-
}

test_expect_success ORTHANC 'the node and the PACS start' '
    pacs_start && node_start
'
test_expect_success ORTHANC 'each encoding is accepted and kept as sent' '
    films >films && test -s films &&
    while read -r film; do send "$film" || return 1; done <films
'
test_expect_success ORTHANC 'one SR and one SC of each study reach the PACS' '
    while read -r film; do
        study=$(tag "$film" StudyInstanceUID) &&
        wait_for 60 pacs_holds $study SR 1 &&
        wait_for 10 pacs_holds $study OT 1 || return 1
    done <films
'
test_expect_success ORTHANC 'results belong to the patient and study' '
    n=0 &&
    while read -r film; do
        study=$(tag "$film" StudyInstanceUID) && n=$((n + 1)) &&
        pacs_fetch "$(pacs_instances $study SR)" sr-$n.dcm &&
        pacs_fetch "$(pacs_instances $study OT)" sc-$n.dcm &&
        cp "$film" film-$n.dcm &&
        for result in sr-$n.dcm sc-$n.dcm; do
            for keyword in PatientID PatientName StudyInstanceUID \
                StudyDate AccessionNumber; do
                test "$(tag "$film" $keyword)" = "$(tag $result $keyword)" ||
                    return 1
            done
        done || return 1
    done <films
'
test_expect_success ORTHANC 'the SR says unverified, by a device' '
    for sr in sr-*.dcm; do
        test "$(tag $sr VerificationFlag)" = UNVERIFIED &&
        test "$(tag $sr PreliminaryFlag)" = PRELIMINARY &&
        ! dcmdump $sr | grep VerifyingObserver || return 1
    done
'
test_expect_success ORTHANC 'the demonstration model says so in SR and SC' '
    for result in sr-*.dcm sc-*.dcm; do
        dcmdump +L $result | grep -i demonstration || return 1
    done
'
test_expect_success ORTHANC 'three validators find no fault' '
    # dcentvfy cannot read deflated files
    n=1 &&
    for film in film-*.dcm; do
        case $(tag $film TransferSyntaxUID) in
        *.1.99) dcmconv +te $film inflated-$film ;;
        *) cp $film inflated-$film ;;
        esac
    done &&
    while [ -e sr-$n.dcm ]; do
        "$ROOT/scripts/validate" sr-$n.dcm sc-$n.dcm --images inflated-film-$n.dcm ||
            return 1
        n=$((n + 1))
    done
'
test_expect_success ORTHANC 'SCOORDs are the points that analyse prints' '
    n=1 &&
    while [ -e sr-$n.dcm ]; do
        osteon_json analyse film-$n.dcm >film-$n.json &&
        dsr2xml sr-$n.dcm >sr-$n.xml &&
        /usr/bin/python3 "$ROOT/test/e2e/scoord.py" film-$n.json sr-$n.xml || return 1
        n=$((n + 1))
    done
'
test_expect_success ORTHANC 'every object carries its times, none a name' '
    grep "event=object.sent" node.log &&
    ! grep -i "phantom\|PHANTOM" node.log
'
test_expect_success ORTHANC 'sent again: stored before, nothing happens' '
    film=$(head -n 1 films) && study=$(tag "$film" StudyInstanceUID) &&
    send "$film" && sleep 3 &&
    pacs_holds $study SR 1 && pacs_holds $study OT 1 &&
    test "$(job_states $study analyse)" = done
'
test_expect_success ORTHANC 'our own results coming back start nothing' '
    film=$(head -n 1 films) && study=$(tag "$film" StudyInstanceUID) &&
    send sr-1.dcm && send sc-1.dcm && sleep 3 &&
    test "$(job_states $study analyse)" = done &&
    pacs_holds $study SR 1
'
e2e_done
