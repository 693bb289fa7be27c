#!/bin/sh
test_description='the confidence gate: what is no long-leg film gives no number'
. "$(dirname "$0")/lib.sh"

no_number() { # FILE: analysed, refused with a reason, no measurement
    osteon_json analyse --model leg-alignment "$1" >out.json &&
        jq -e '.measurements == [] and (.refused | length) > 0 and
            all(.refused[]; .reason | length > 0)' out.json
}

test_expect_success 'blank, noise, gradient' '
    node_config &&
    /usr/bin/python3 "$ROOT/test/e2e/make-dicom.py" --pixels blank blank.dcm &&
    /usr/bin/python3 "$ROOT/test/e2e/make-dicom.py" --pixels noise noise.dcm &&
    /usr/bin/python3 "$ROOT/test/e2e/make-dicom.py" --pixels gradient gradient.dcm &&
    no_number blank.dcm && no_number noise.dcm && no_number gradient.dcm
'
test_expect_success 'a leg upside down, a leg whose ankle is not on the film' '
    no_number "$LEGS/upside_down.dcm" &&
    osteon_json analyse --model leg-alignment "$LEGS/ankle_outside.dcm" \
        >outside.json &&
    jq -e "(.refused | length) > 0" outside.json
'
test_expect_success 'a film whose orientation says the patient is mirrored' '
    cp "$LEGS/demo.dcm" mirrored.dcm && chmod u+w mirrored.dcm &&
    dcmodify -nb -q -m "PatientOrientation=R\\F" mirrored.dcm &&
    no_number mirrored.dcm && grep -i orientation out.json
'
test_expect_success TESTDATA 'every real image that is no long-leg film' '
    for file in "$TESTDATA"/dicom/wg04/*.dcm; do
        no_number "$file" || { echo "$file"; cat out.json; return 1; }
    done
'
test_expect_success 'and the control: the film itself gives four numbers' '
    osteon_json analyse --model leg-alignment "$LEGS/demo.dcm" >demo.json &&
    jq -e "(.measurements | length) == 4" demo.json
'
e2e_done
