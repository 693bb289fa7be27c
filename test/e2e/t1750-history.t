#!/bin/sh
test_description='the history of a patient: rows, reports and audit agree'
. "$(dirname "$0")/lib.sh"

uid() { # N: study N
    echo "1.2.826.0.1.3680043.10.1.$1"
}
# study_of FILE PATIENT DATE N OUT: a film as study N of a patient
study_of() {
    as_study "$1" "$2" "$3" "$(uid $4)" "$5"
}
# what reports say: tracking UID, value, unit; a line for each measurement
cat >reported.py <<\EOF
import sys
import pydicom


def name(item):
    return item.ConceptNameCodeSequence[0]


def walk(item, tracking):
    for child in item.get("ContentSequence", []):
        if child.ValueType == "UIDREF" and name(child).CodeValue == "112040":
            tracking = child.UID
    for child in item.get("ContentSequence", []):
        if child.ValueType == "CONTAINER":
            walk(child, None)
        if child.ValueType != "NUM" or not tracking:
            continue
        value = child.MeasuredValueSequence
        meaning = name(child).CodeMeaning
        if child.RelationshipType == "CONTAINS" and value and \
                not meaning.startswith(("Change", "Certainty")):
            print(tracking, float(value[0].NumericValue),
                  value[0].MeasurementUnitsCodeSequence[0].CodeValue)


for file in sys.argv[1:]:
    walk(pydicom.dcmread(file), None)
EOF
# equal KNOWN REPORTED: the same measurements; a report rounds
cat >equal.py <<\EOF
import sys


def read(name):
    return sorted((line.split()[0], float(line.split()[1]))
                  for line in open(name))


mine, theirs = read(sys.argv[1]), read(sys.argv[2])
assert len(mine) == len(theirs) > 10, (len(mine), len(theirs))
for a, b in zip(mine, theirs):
    assert a[0] == b[0] and abs(a[1] - b[1]) <= 0.0501, (a, b)
EOF

test_expect_success 'before the first start: no database, and none is made' '
    node_config && test_expect_code 1 osteon history PAT4711 2>message &&
    grep "the node has not run yet" message &&
    ! find state -mindepth 1 | grep .
'
test_expect_success 'wrong usage' '
    test_expect_code 2 osteon history 2>message &&
    grep "one patient id, please" message &&
    test_expect_code 2 osteon history --json --csv PAT4711 2>message &&
    grep "json or --csv, not both" message &&
    test_expect_code 2 osteon history --side both PAT4711 2>message &&
    grep "side is right or left" message &&
    osteon history --help | grep "usage: osteon history"
'
test_expect_success ORTHANC 'two studies of a patient, and one of another' '
    pacs_start && node_start &&
    study_of "$LEGS/leg_01.dcm" PAT4711 20240105 1 first.dcm &&
    study_of "$LEGS/leg_02.dcm" PAT4711 20260105 2 second.dcm &&
    study_of "$LEGS/leg_03.dcm" PAT4712 20250105 3 other.dcm &&
    send second.dcm first.dcm other.dcm &&
    for n in 1 2 3; do
        wait_for 90 pacs_holds $(uid $n) SR 1 || return 1
    done
'
test_expect_success ORTHANC 'the patient, and nobody else, by date' '
    osteon history --json PAT4711 >history.json && jq -c . history.json &&
    jq -e "(.measurements | length) > 10 and
        ([.measurements[].study_date] | unique) == [\"20240105\", \"20260105\"]
        and [.measurements[].study_date] ==
            ([.measurements[].study_date] | sort)" history.json &&
    osteon history PAT4711 >table && cat table &&
    grep "^right hka, deg" table && grep "^2024-01-05 .*leg-alignment" table &&
    test "$(osteon history PAT4711 --measure hka --side left --json |
        jq ".measurements | length")" = 2
'
test_expect_success ORTHANC 'the JSON is as its schema says' '
    /usr/bin/python3 -c "
import json, jsonschema, sys
jsonschema.Draft202012Validator(json.load(open(sys.argv[1]))).validate(
    json.load(open(sys.argv[2])))" "$ROOT/docs/history.schema.json" history.json
'
test_expect_success ORTHANC 'it equals what the reports say' '
    for n in 1 2; do
        pacs_fetch "$(pacs_instances $(uid $n) SR)" sr-$n.dcm || return 1
    done &&
    /usr/bin/python3 reported.py sr-1.dcm sr-2.dcm >reported && cat reported &&
    jq -r ".measurements[] | [.tracking_uid, .value] | @tsv" \
        history.json >known &&
    /usr/bin/python3 equal.py known reported
'
test_expect_success ORTHANC 'CSV: a line a measurement, ends of line as RFC 4180' '
    osteon history --csv PAT4711 >history.csv &&
    test "$(wc -l <history.csv)" = \
        "$(($(jq ".measurements | length" history.json) + 1))" &&
    ! grep -v "$(printf "\r")\$" history.csv &&
    /usr/bin/python3 -c "
import csv
rows = list(csv.DictReader(open(\"history.csv\", newline=\"\")))
assert {r[\"patient_id\"] for r in rows} == {\"PAT4711\"}
assert all(float(r[\"value\"]) > 0 for r in rows if r[\"measure\"] == \"hka\")
"
'
test_expect_success ORTHANC 'nobody and nothing' '
    test_expect_code 1 osteon history PAT4713 2>message &&
    grep "nothing is known of patient PAT4713" message &&
    test_expect_code 1 osteon history PAT4711 --measure kl --side left 2>message &&
    grep "kl, left is not among the [0-9]* measurements" message &&
    test_expect_code 1 osteon history --json PAT4713 >none.json &&
    jq -e ".measurements == []" none.json
'
test_expect_success ORTHANC 'two issuers of one id are two people' '
    cp other.dcm issued.dcm &&
    dcmodify -nb -q -i IssuerOfPatientID=ELSEWHERE -m PatientID=PAT4711 \
        -m StudyInstanceUID=$(uid 4) -m SeriesInstanceUID=$(uid 4).1 \
        -m SOPInstanceUID=$(uid 4).1.1 issued.dcm &&
    send issued.dcm && wait_for 90 pacs_holds $(uid 4) SR 1 &&
    test_expect_code 1 osteon history PAT4711 2>message &&
    grep "2 issuers have this patient id: \"\", \"ELSEWHERE\"" message &&
    osteon history PAT4711 --issuer "" --json >again.json &&
    test_cmp history.json again.json &&
    osteon history PAT4711 --issuer ELSEWHERE --json |
        jq -e "[.measurements[].study_uid] | unique | length == 1"
'
looks() {
    osteon audit -n 1000 --event history.shown --json
}
shown() { # COUNT: at least so many looks are in the ledger
    test "$(looks | jq -s length)" -ge "$1"
}
test_expect_success ORTHANC 'each look is in the ledger, without the patient' '
    wait_for 10 shown 8 && looks >looks && head -n 2 looks &&
    grep -q "\"user\":" looks && grep -q "\"patient\":\"[0-9a-f]*\"" looks &&
    ! grep "PAT471\|ELSEWHERE" looks
'
test_expect_success ORTHANC 'no log names the patient' '
    ! grep -a "PAT4[78]\|ELSEWHERE" node.log
'
test_expect_success ORTHANC 'a backup has it; a database made anew begins without' '
    osteon backup copy.db && node_stop &&
    sed "s|database: .*|database: $PWD/copy.db|" osteon.yaml >copy.yaml &&
    "$BIN/osteon" history -c copy.yaml --json --issuer "" PAT4711 >copied.json &&
    test_cmp history.json copied.json &&
    rm state/osteon.db* && node_start &&
    test_expect_code 1 osteon history PAT4711 &&
    osteon show $(uid 1) --json | jq -e ".jobs != []"
'
e2e_done
