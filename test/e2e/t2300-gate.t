#!/bin/sh
test_description='the confidence gate: what is no long-leg film gives no number'
. "$(dirname "$0")/lib.sh"

# Analysed, refused with a reason, no measurement: every file named.
no_number() {
    osteon_json analyse --model leg-alignment "$@" >out.json &&
        jq -e -s "length == $#" out.json &&
        jq -e -s 'map(select(.measurements != [] or (.refused | length) == 0 or
            any(.refused[]; .reason | length == 0)) | .file) == []' out.json
}

test_expect_success 'blank, noise, gradient' '
    node_config &&
    for pixels in blank noise gradient; do
        /usr/bin/python3 "$ROOT/test/e2e/make-dicom.py" --pixels $pixels \
            $pixels.dcm || return 1
    done &&
    no_number blank.dcm noise.dcm gradient.dcm
'
test_expect_success 'a leg upside down, a leg whose ankle is not on the film' '
    no_number "$LEGS/upside_down.dcm" "$LEGS/ankle_outside.dcm"
'
test_expect_success 'a film whose orientation says that it is taken from the side' '
    cp "$LEGS/demo.dcm" lateral.dcm && chmod u+w lateral.dcm &&
    dcmodify -nb -q -m "PatientOrientation=A\\F" lateral.dcm &&
    no_number lateral.dcm && grep -i orientation out.json
'
test_expect_success TESTDATA 'every real image that is no long-leg film' '
    no_number "$TESTDATA"/dicom/wg04/*.dcm || { cat out.json; return 1; }
'
test_expect_success 'and the control: the film itself gives every number' '
    osteon_json analyse --model leg-alignment "$LEGS/demo.dcm" >demo.json &&
    jq -e "(.measurements | length) == 17" demo.json
'
e2e_done
