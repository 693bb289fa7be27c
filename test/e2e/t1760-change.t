#!/bin/sh
test_description='a measurement beside earlier ones of the same patient'
. "$(dirname "$0")/lib.sh"

uid() { # N: study N
    echo "1.2.826.0.1.3680043.10.2.$1"
}
# study_of FILE PATIENT DATE N: a film as study N of a patient, analysed
study_of() {
    as_study "$LEGS/$1" "$2" "$3" "$(uid $4)" "$4.dcm" &&
        send "$4.dcm" && wait_for 180 pacs_holds $(uid $4) SR 1 &&
        osteon show --json $(uid $4) | jq -r ".jobs[] |
            select(.stage == \"analyse\") | .summary" >$4.json &&
        test -s $4.json
}
# changed N ID SIDE: of study N, what became of a measurement
changed() {
    jq -c ".changes[] | select(.id == \"$2\" and .side == \"$3\")" $1.json
}
# is N ID SIDE FILTER: the filter holds for it
is() {
    changed $1 $2 $3 && changed $1 $2 $3 | jq -e "$4"
}

cat >routes <<-EOF
  - name: compared
    match: {PatientID: {matches: "^PAT47"}}
    complete: {quiet: 500ms, cap: 1m}
    models: [leg-alignment]
    priors: {within: 10y, most: 3}
    send: [pacs]
  - name: alone
    match: {PatientID: {matches: "^PAT48"}}
    complete: {quiet: 500ms, cap: 1m}
    models: [leg-alignment]
    send: [pacs]
EOF

test_expect_success ORTHANC 'the first study: nothing earlier is known' '
    node_config routes && pacs_start && node_start &&
    study_of leg_01.dcm PAT4711 20240105 1 &&
    jq -e "(.changes | length) == (.measurements | length) and
        ([.changes[].kind] | unique) == [\"new\"]" 1.json
'
# rendered: left HKA 192.870 to 186.470, right 179.385 to 178.577 deg; right leg
# 755.29 to 777.37 mm
test_expect_success ORTHANC 'two years later: differences and rates as rendered' '
    study_of leg_02.dcm PAT4711 20260105 2 &&
    is 2 hka left ".kind == \"decreased\" and .since == \"20240105\" and
        .detectable == 0.86 and (.difference + 6.4 | fabs) < 0.86 and
        (.per_year - .difference / (731 / 365.25) | fabs) < 0.001" &&
    is 2 leg_length right ".kind == \"increased\" and
        (.difference - 22.08 | fabs) < .detectable" &&
    is 2 hka right "(.difference + 0.808 | fabs) < .detectable"
'
test_expect_success ORTHANC 'the same bones half a year later: all stable' '
    study_of leg_02.dcm PAT4711 20260705 3 &&
    jq -e "([.changes[].kind] | unique) == [\"stable\"] and
        all(.changes[]; .difference == 0)" 3.json &&
    is 3 hka left "(.earlier | length) == 2 and
        [.earlier[].date] == [\"20240105\", \"20260105\"]"
'
test_expect_success ORTHANC 'millimeters of another source: angles alone' '
    study_of leg_03.dcm PAT4711 20260805 4 &&
    is 4 hka left ".kind == \"decreased\" and (.earlier | length) == 3" &&
    is 4 leg_length left ".kind == \"refused\" and .difference == null and
        .earlier == [] and (.reason | test(\"another source\"))"
'
test_expect_success ORTHANC 'an older study that comes late has only what is older' '
    study_of leg_01.dcm PAT4711 20250105 5 &&
    is 5 hka left ".kind == \"stable\" and
        [.earlier[].date] == [\"20240105\"]"
'
test_expect_success ORTHANC 'another patient has none of it' '
    study_of leg_02.dcm PAT4712 20260105 6 &&
    jq -e "([.changes[].kind] | unique) == [\"new\"]" 6.json
'
test_expect_success ORTHANC 'a route without priors compares nothing' '
    study_of leg_01.dcm PAT4801 20240105 7 &&
    study_of leg_02.dcm PAT4801 20260105 8 &&
    jq -e ".changes == []" 8.json &&
    pacs_fetch "$(pacs_instances $(uid 8) SR)" sr-8.dcm &&
    ! dsrdump sr-8.dcm | grep "Change"
'
test_expect_success 'offline there is no history' '
    [ -e osteon.yaml ] || node_config routes &&
    osteon analyse --json --model leg-alignment "$LEGS/leg_02.dcm" |
        jq -e ".changes == []"
'
test_expect_success ORTHANC 'the report says the same' '
    pacs_fetch "$(pacs_instances $(uid 2) SR)" sr-2.dcm &&
    dsrdump sr-2.dcm >sr-2.txt &&
    difference=$(changed 2 hka left | jq ".difference * 100 | round / 100") &&
    grep "Change in hip-knee-ankle angle since prior.*\"$difference\"" sr-2.txt
'
test_expect_success ORTHANC 'history, reports and tracking agree' '
    osteon history PAT4711 --measure hka --side left --json >history.json &&
    jq -e "(.measurements | length) == 5 and
        ([.measurements[].tracking_uid] | unique | length) == 1" \
        history.json &&
    tracking=$(jq -r ".measurements[0].tracking_uid" history.json) &&
    grep "$tracking" sr-2.txt
'
test_expect_success ORTHANC 'no log names the patient' '
    ! grep -a "PAT4[78]\|ELSEWHERE" node.log
'
e2e_done
