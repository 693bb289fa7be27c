#!/bin/sh
test_description='osteon explain: which route takes a file, or why not'
. "$(dirname "$0")/lib.sh"

cat >routes <<-EOF
  - name: tests
    match: {PatientID: {matches: "^QA"}}
    final: true
  - name: legs
    match: {Modality: [DX, CR], Rows: {gt: 100}}
    complete: {needs: [{ViewPosition: AP}], quiet: 20s, cap: 5m}
    models: [leg-alignment]
    results: [sr]
    send: [pacs]
  - name: from-room-2
    match: {calling_ae: ROOM2}
    forward: [pacs]
EOF
explain() {
    "$BIN/osteon" explain -c osteon.yaml "$@"
}
film=$LEGS/demo.dcm

test_expect_success 'each route answers, with its reason' '
    node_config routes && explain "$film" >out && cat out &&
    grep "tests  *does not  *PatientID: wants .*QA" out &&
    grep "legs  *takes it" out &&
    grep "from-room-2  *does not  *calling_ae: wants" out &&
    grep "route legs runs leg-alignment, sends SR to pacs" out
'
test_expect_success 'what the study still needs is said' '
    grep "needs an image where ViewPosition is AP" out
'
test_expect_success 'as if sent by another' '
    explain --calling ROOM2 --json "$film" >out.json &&
    jq -e ".routes | map(.outcome) == [\"differs\", \"takes\", \"takes\"]" \
        out.json &&
    jq -e ".routes[2].forward == [\"pacs\"]" out.json
'
test_expect_success 'behind a final route none is asked' '
    cp "$film" qa.dcm && chmod u+w qa.dcm &&
    dcmodify -nb -q -m "PatientID=QA1" qa.dcm &&
    explain --json qa.dcm >out.json &&
    jq -e ".routes | map(.outcome) ==
        [\"takes\", \"not_reached\", \"not_reached\"]" out.json &&
    explain qa.dcm >out && grep "legs  *not asked  *route tests before" out
'
test_expect_success 'header text cannot drive the terminal' '
    cp "$film" esc.dcm && chmod u+w esc.dcm &&
    dcmodify -nb -q -m "PatientID=$(printf "\033[31mX")" esc.dcm &&
    explain esc.dcm >out && ! grep "$(printf "\033")" out
'
test_expect_success 'what is no DICOM is refused with a reason: 1' '
    echo no >text && test_expect_code 1 explain text "$film" >out &&
    grep "refused: no DICOM file" out && grep "legs  *takes it" out &&
    test_expect_code 1 explain --json nowhere.dcm >out.json &&
    jq -e ".error == \"No such file or directory\"" out.json
'
test_expect_success 'no file: 2' '
    test_expect_code 2 explain
'
test_expect_success TESTDATA 'hostile files are refused, never a crash' '
    for file in "$TESTDATA"/dicom/attack/*.dcm; do
        explain --json "$file" >>all.json; status=$?
        test $status -le 1 || { echo "$status $file"; exit 1; }
    done &&
    jq -s -e "length > 0" all.json
'
e2e_done
