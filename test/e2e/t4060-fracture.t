#!/bin/sh
test_description='fracture: found, absent and refused are three things'
. "$(dirname "$0")/lib.sh"

FILMS=$ROOT/test/fixtures/fracture
if [ ! -e "$ROOT/models/fracture/model.yaml" ]; then
    skip_all='the bundle waits for its weights (scripts/train/README.md)'
    test_done
fi

# look FILE...: what the model says, one object a line in out.json
look() {
    osteon_json analyse --model fracture "$@" >out.json && cat out.json
}
# neither FILE...: nothing found, nothing absent, and a reason for each
neither() {
    look "$@" && jq -e -s "length == $#" out.json &&
        jq -e -s 'map(select(.found != [] or (.refused | length) == 0 or
            any(.refused[]; .reason | length == 0)) | .file) == []' out.json
}
# says NAME FILE BODY-PART: a copy whose header says that it shows that part
says() {
    cp "$2" "$1.dcm" && chmod u+w "$1.dcm" &&
        dcmodify -nb -q -i "BodyPartExamined=$3" "$1.dcm"
}
# first FILTER: the first film whose truth is so
first() {
    jq -r "[to_entries[] | select(.value | $1) | .key] | sort | first" \
        "$FILMS/truth.json"
}

test_expect_success 'a broken femur: a box with its site, and it is urgent' '
    node_config &&
    film=$(first ".displaced and .part == \"femur\"") &&
    look "$FILMS/$film" &&
    jq -e --slurpfile truth "$FILMS/truth.json" --arg film "$film" \
        "def middle: [(.[0] + .[2]) / 2, (.[1] + .[3]) / 2];
        \$truth[0][\$film].boxes[0] as \$box |
        any(.found[]; .present and .site == \"femur\" and
            .priority == \"high\" and (.box | middle) as [\$x, \$y] |
            \$x >= \$box[0] and \$x <= \$box[2] and
            \$y >= \$box[1] and \$y <= \$box[3])" out.json
'
test_expect_success 'its report has the box as a closed region, and the judges are content' '
    film=$(first ".displaced and .part == \"femur\"") &&
    "$BIN/osteon" analyse -c osteon.yaml --model fracture --out broken \
        "$FILMS/$film" >text && cat text &&
    "$ROOT/scripts/validate" broken/*-sr.dcm --images "$FILMS/$film" &&
    dsrdump +Pc broken/*-sr.dcm >report && cat report &&
    grep "Fracture of bone" report && grep "Image Region" report &&
    grep "Femur" report && grep "with findings" report &&
    ! grep "Absent" report
'
test_expect_success 'a whole bone: looked for in vain, and the report says absent' '
    film=$(first ".boxes == [] and .part == \"lower_leg\"") &&
    look "$FILMS/$film" &&
    jq -e "(.found | map([.id, .present])) == [[\"lower_leg_fracture\", false]]
        and .refused == []" out.json &&
    "$BIN/osteon" analyse -c osteon.yaml --model fracture --out whole \
        "$FILMS/$film" &&
    "$ROOT/scripts/validate" --quick whole/*-sr.dcm &&
    dsrdump +Pc whole/*-sr.dcm >report && cat report &&
    grep "without findings" report && grep "Fracture of bone.*Absent" report
'
test_expect_success 'the header says one part and the film shows the other: refused' '
    says thigh "$FILMS/$(first ".part == \"lower_leg\"")" FEMUR &&
    says shin "$FILMS/$(first ".part == \"femur\"")" LEG &&
    neither thigh.dcm shin.dcm
'
test_expect_success 'no part in the header: refused' '
    says nothing "$FILMS/$(first ".part == \"femur\"")" "" &&
    neither nothing.dcm
'
test_expect_success 'other films under the name of a femur or a leg: refused' '
    set -- && for part in FEMUR LEG; do
        for film in "$ROOT"/test/fixtures/spine-cobb/film_0[0-5].dcm \
            "$ROOT"/test/fixtures/knee-oa/film_0[0-5].dcm \
            "$LEGS"/leg_0[0-5].dcm; do
            name=other-$#
            says "$name" "$film" $part || return 1
            set -- "$@" $name.dcm
        done
    done &&
    for pixels in blank noise gradient; do
        /usr/bin/python3 "$ROOT/test/e2e/make-dicom.py" --pixels $pixels \
            $pixels.dcm && says femur-$pixels $pixels.dcm FEMUR || return 1
    done &&
    neither "$@" femur-blank.dcm femur-noise.dcm femur-gradient.dcm
'
test_expect_success 'a refused film is not called free of fractures in its report' '
    "$BIN/osteon" analyse -c osteon.yaml --model fracture --out refused \
        thigh.dcm && dsrdump +Pc refused/*-sr.dcm >report && cat report &&
    ! grep "Absent" report && ! grep "All algorithms succeeded" report
'
test_expect_success TESTDATA 'real radiographs, as they are and under another name: refused' '
    set -- && for film in RG2 RG3; do
        for part in FEMUR LEG; do
            says $film-$part "$TESTDATA/dicom/wg04/${film}_UNC.dcm" $part ||
                return 1
            set -- "$@" $film-$part.dcm
        done
    done &&
    neither "$TESTDATA"/dicom/wg04/RG[23]_UNC.dcm "$@"
'
e2e_done
