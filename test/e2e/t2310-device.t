#!/bin/sh
test_description='the magnification of a device makes millimeters those of the patient'
. "$(dirname "$0")/lib.sh"

# The device of the film as osteon.yaml has it, or another.
devices() {
    node_config &&
        sed -i "s/demonstration_models: true/&, devices: [$1]/" osteon.yaml
}
measured() {
    mkdir -p "$1" &&
        osteon_json analyse --model leg-alignment --out "$1" film.dcm \
            >"$1.json"
}
# mm NAME: the right leg's length
mm() {
    jq ".measurements[] |
        select(.side == \"right\" and .id == \"leg_length\").value" "$1.json"
}
# Those at the knee rest on a crop of so many millimeters, which is another.
hip_knee_ankle() { # NAME
    jq ".measurements[] | select(.id == \"hka\").value" "$1.json"
}

test_expect_success 'without it they are those of the detector' '
    cp "$LEGS/demo.dcm" film.dcm && chmod u+w film.dcm &&
    dcmodify -nb -q -ea EstimatedRadiographicMagnificationFactor film.dcm &&
    node_config && measured plain &&
    jq -e ".images[0].calibration == \"detector\"" plain.json
'
test_expect_success 'the device that matches divides lengths, and HKA stays' '
    devices "{match: {StationName: XR9}, magnification: 1.5}, {match: {ManufacturerModelName: {matches: phantom}}, magnification: 1.25}" &&
    measured device &&
    jq -e ".images[0].calibration == \"device\"" device.json &&
    awk "BEGIN { r = $(mm plain) / $(mm device); exit !(r > 1.249 && r < 1.251) }" &&
    hip_knee_ankle plain >angles && test "$(wc -l <angles)" = 2 &&
    hip_knee_ankle device >same && test_cmp angles same
'
test_expect_success 'report and picture say so' '
    dcmdump +L device/*.dcm >dump &&
    grep "magnification configured for the device" dump &&
    grep "CS \[GEOMETRY\]" dump
'
test_expect_success 'another factor is another report' '
    dcmdump +P SOPInstanceUID plain/*.dcm device/*.dcm | grep UI >uids &&
    test "$(sort -u uids | wc -l)" = 4
'
test_expect_success 'a mistake has its place' '
    devices "{match: {StationNam: XR9}, magnification: 1.5}" &&
    test_must_fail "$BIN/osteon" check -c osteon.yaml 2>err &&
    grep "osteon.yaml:[0-9]*:[0-9]*: unknown keyword .StationNam." err
'
e2e_done
