#!/bin/sh
test_description='a bundle for a new measurement, added by files alone'
. "$(dirname "$0")/lib.sh"

MODELS=$PWD/models
# Two points on the lower edge of a heel bone, whatever is bright being bone:
# 128 columns and 32 rows apart, so that the edge rises by atan(32/128).
pitch=14.036

write_bundle() {
    mkdir -p models/foot &&
        "$BIN/test/make_torchscript" halves models/foot/points.pt &&
        sum=$(sha256sum models/foot/points.pt | cut -d' ' -f1) &&
        cat >models/foot/model.yaml <<-EOF
	name: foot
	version: 0.1.0
	manufacturer: a test
	description: Calcaneal pitch on a lateral view of the foot
	demonstration: Finds the brightest points; not for clinical use
	inputs:
	  - {name: lateral, modality: [CR, DX], body_part: [FOOT],
	     header: [body_part]}
	stages:
	  - name: points
	    weights: {file: points.pt, sha256: $sum}
	    rows: 256
	    columns: 256
	    fit: letterbox
	    window: [0, 255]
	    outputs:
	      - {name: heel, kind: heatmaps, stride: 4, sigma: 1.5,
	         landmarks: [plantar, anterior]}
	confidence: {least: 0.4}
	geometry:
	  - {name: edge, line: [plantar, anterior]}
	checks:
	  - {inside: [plantar, anterior], margin: 0.05}
	measurements:
	  - id: pitch
	    code: {value: CALC_PITCH, scheme: 99FOOT, meaning: Calcaneal pitch}
	    definition: Between the plantar edge of the calcaneus and the floor; larger is a higher arch
	    label: pitch
	    site: calcaneus
	    angle: [edge]
	    to: horizontal
	    min: 0
	    max: 60
	    normal: [18, 25]
	EOF
}
foot_route() {
    cat <<-EOF
	  - name: feet
	    match: {BodyPartExamined: FOOT}
	    complete: {quiet: 200ms, cap: 1m}
	    models: [foot]
	    results: [sr, sc]
	    send: [pacs]
	EOF
}
make_film() { # FILE STUDY
    /usr/bin/python3 "$ROOT/test/e2e/make-dicom.py" --pixels points \
        --rows 256 --columns 256 --study "$2" "$1" &&
        dcmodify -nb -q -m BodyPartExamined=FOOT "$1"
}
test_expect_success 'the programs are older than the bundle' '
    write_bundle && foot_route >routes && node_config routes &&
    for program in osteon osteon-infer osteon-model; do
        test "$BIN/$program" -ot models/foot/model.yaml || return 1
    done
'
test_expect_success 'osteon check tells what it takes, runs and measures' '
    "$BIN/osteon" check -c osteon.yaml >check.out && cat check.out &&
    grep "model foot 0.1.0: ok" check.out &&
    grep "inputs  *lateral; modality CR, DX; body part FOOT (must be there)" \
        check.out &&
    grep "stages  *points: 256 x 256 of lateral; heel, heatmaps of 2" \
        check.out &&
    grep "measurements  *pitch: CALC_PITCH of 99FOOT, 0 to 60 deg" check.out
'
test_expect_success 'analyse: the angle of the two points' '
    make_film film.dcm 2.25.4100 &&
    "$BIN/osteon" analyse -c osteon.yaml --json film.dcm >film.json &&
    cat film.json &&
    jq -e ".measurements | length == 1 and .[0].id == \"pitch\" and
        .[0].unit == \"deg\" and (.[0].value - $pitch | fabs) < 0.01" film.json
'
test_expect_success 'a film of another part is refused, with the reason' '
    cp film.dcm knee.dcm && dcmodify -nb -q -m BodyPartExamined=KNEE knee.dcm &&
    "$BIN/osteon" analyse -c osteon.yaml --json --model foot knee.dcm \
        >knee.json && cat knee.json &&
    jq -e "(.measurements | length) == 0 and (.refused[0].reason |
        test(\"BodyPartExamined\"))" knee.json
'
# its cells are 3 pixels wide and lie elsewhere: either end may be 1.5 off
test_expect_success 'a second stage that looks more closely finds the same' '
    cp -r models/foot models/closer && cat >closer.sed <<-EOF &&
	s/^name: foot/name: closer/
	/^confidence:/i\\
	  - name: close\\
	    weights: {file: points.pt, sha256: $sum}\\
	    rows: 128\\
	    columns: 256\\
	    fit: letterbox\\
	    window: [0, 255]\\
	    around: [plantar, anterior]\\
	    width: {times: 1.5, of: [plantar, anterior]}\\
	    outputs:\\
	      - {name: closer, kind: heatmaps, stride: 4, sigma: 1.5,\\
	         landmarks: [plantar, anterior]}
	EOF
    sed -i -f closer.sed models/closer/model.yaml &&
    "$BIN/osteon" analyse -c osteon.yaml --json --model closer film.dcm \
        >closer.json && cat closer.json &&
    jq -e "(.measurements[0].value - $pitch | fabs) < 1.5" closer.json &&
    test "$(jq -c .measurements[0].points closer.json)" != \
        "$(jq -c .measurements[0].points film.json)"
'
test_expect_success ORTHANC 'the number stands in the SR, with the code of the bundle' '
    pacs_start && node_start && send film.dcm &&
    wait_for 60 pacs_holds 2.25.4100 SR 1 &&
    wait_for 10 pacs_holds 2.25.4100 OT 1 &&
    pacs_fetch "$(pacs_instances 2.25.4100 SR)" sr.dcm &&
    dsrdump +Pc sr.dcm >sr.txt && cat sr.txt &&
    grep "CALC_PITCH,99FOOT,.Calcaneal pitch.*14\.0" sr.txt &&
    grep "80144004" sr.txt
'
test_expect_success ORTHANC 'and validators find no fault in it' '
    pacs_fetch "$(pacs_instances 2.25.4100 OT)" sc.dcm &&
    "$ROOT/scripts/validate" sr.dcm sc.dcm --images film.dcm
'
e2e_done
