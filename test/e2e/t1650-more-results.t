#!/bin/sh
test_description='reports of every kind of finding, layers and key objects before the judges'
. "$(dirname "$0")/lib.sh"

validate() {
    nice "$ROOT/scripts/validate" "$@"
}
# sound FILE [--images IMAGE]: neither an error nor a warning that is not listed
sound() {
    validate "$@" >out && cat out && ! grep "warnings" out
}
# spoil NAME FILE DCMODIFY-ARGUMENTS...: a copy with one thing wrong
spoil() {
    cp "gold/$2" "$1.dcm" && spoil_name=$1 && shift 2 &&
        dcmodify -nb "$@" "$spoil_name.dcm"
}
# fails NAME JUDGE [VALIDATE-ARGUMENTS...]: that judge finds it
fails() {
    fails_name=$1 fails_judge=$2 && shift 2 &&
        test_expect_code 1 validate "$@" "$fails_name.dcm" >out && cat out &&
        grep "$fails_judge: FAILED: [0-9]* errors\|$fails_judge: FAILED: did" out
}
# of_another KIND: the image says another patient than its result
of_another() {
    spoil "$1-patient" "$2" -m "PatientID=T-0" &&
        test_expect_code 1 validate --quick "$1-patient.dcm" \
            --images "$3" >out && grep "dcentvfy: FAILED" out
}

test_expect_success 'the unit tests leave their objects here' '
    make -s -C "$ROOT" VARIANT="$VARIANT" "build/$VARIANT/test/test_sr" \
        "build/$VARIANT/test/test_sc" "build/$VARIANT/test/test_gsps" &&
    mkdir gold && OSTEON_GOLDEN=$PWD/gold && export OSTEON_GOLDEN &&
    for name in sr sc gsps; do
        (cd "$ROOT" && "$BIN/test/test_$name") || return 1
    done
'

for shape in spine spine_ohif width ratio difference area nowhere grade boxes \
    nothing_found nothing_found_partly placeless unsuitable own_codes mixed; do
    test_expect_success "$shape: the judges are content" "
        sound gold/sr_$shape.dcm --images gold/image_$shape.dcm
    "
done

test_expect_success 'presentation states: the judges are content' '
    for name in two_sided mixed monochrome1 no_spacing detector; do
        sound "gold/gsps_$name.dcm" --images "gold/image_gsps_$name.dcm" ||
            return 1
    done
'
test_expect_success 'key objects: the judges are content' '
    sound gold/kos_boxes.dcm --images gold/image_kos_boxes.dcm
'

# ---- reports with one thing wrong ------------------------------------------
item='(0040,a730)'
group="${item}[8].${item}[4].${item}"
test_expect_success 'a region that nothing selects from an image fails' '
    spoil region sr_boxes.dcm -ea "${group}[4].${item}" &&
    fails region pixelmed
'
test_expect_success 'a number without its unit fails' '
    spoil unit sr_area.dcm -ea "${group}[3].(0040,a300)[0].(0040,08ea)" &&
    fails unit dciodvfy --quick
'
test_expect_success 'an arm of an angle that is contained fails' '
    spoil arm sr_spine.dcm -m "${group}[3].${item}[0].(0040,a010)=CONTAINS" &&
    fails arm pixelmed
'
test_expect_success 'an unknown flag of completion fails' '
    spoil complete sr_nothing_found.dcm -m "(0040,a491)=DONE" &&
    fails complete dciodvfy --quick
'
test_expect_success 'a report of another patient fails' '
    of_another sr sr_mixed.dcm gold/image_mixed.dcm
'

# ---- secondary captures ----------------------------------------------------
test_expect_success 'a capture without its conversion type fails' '
    spoil sc-conversion sc_overlay.dcm -ea "(0008,0064)" &&
    fails sc-conversion dciodvfy
'
test_expect_success 'a capture without its rows fails' '
    spoil sc-rows sc_overlay.dcm -ea "(0028,0010)" &&
    fails sc-rows dciodvfy
'
test_expect_success 'a capture in colours that do not exist fails' '
    spoil sc-colour sc_overlay.dcm -m "(0028,0004)=CMY" &&
    fails sc-colour dciodvfy
'
test_expect_success 'a capture whose source has no UID fails' '
    spoil sc-source sc_overlay.dcm -ea "(0008,2112)[0].(0008,1155)" &&
    fails sc-source dciodvfy
'
test_expect_success 'a capture of another patient fails' '
    cp gold/image_two_sided.dcm image.dcm &&
    of_another sc sc_overlay.dcm image.dcm
'

# ---- presentation states ---------------------------------------------------
test_expect_success 'a state without the shape of its output fails' '
    spoil pr-shape gsps_mixed.dcm -ea "(2050,0020)" &&
    fails pr-shape dcmpschk && grep "dciodvfy: FAILED" out
'
test_expect_success 'a state without a displayed area fails' '
    spoil pr-area gsps_mixed.dcm -ea "(0070,005a)" &&
    fails pr-area dciodvfy && grep "dcmpschk: FAILED" out
'
test_expect_success 'a state of no image fails' '
    spoil pr-image gsps_mixed.dcm -ea "(0008,1115)" &&
    fails pr-image dcmpschk
'
test_expect_success 'a line of no known kind fails' '
    spoil pr-line gsps_mixed.dcm \
        -m "(0070,0001)[0].(0070,0009)[0].(0070,0023)=SCRIBBLE" &&
    fails pr-line dciodvfy
'
test_expect_success 'a state of another patient fails' '
    of_another pr gsps_mixed.dcm gold/image_gsps_mixed.dcm
'

# ---- key object selections -------------------------------------------------
test_expect_success 'key objects missing from the evidence fail' '
    spoil ko-evidence kos_boxes.dcm -ea "(0040,a375)" &&
    fails ko-evidence dciodvfy --quick
'
test_expect_success 'key objects of a device without UID fail' '
    spoil ko-observer kos_boxes.dcm \
        -m "${item}[2].(0040,a043)[0].(0008,0100)=121013" &&
    fails ko-observer pixelmed
'
test_expect_success 'key objects in a wrong relationship fail' '
    spoil ko-relation kos_boxes.dcm -m "${item}[1].(0040,a010)=CONTAINS" &&
    fails ko-relation pixelmed
'
test_expect_success 'key objects without a date fail' '
    spoil ko-date kos_boxes.dcm -ea "(0008,0023)" &&
    fails ko-date dciodvfy --quick
'
test_expect_success 'key objects of another patient fail' '
    of_another ko kos_boxes.dcm gold/image_kos_boxes.dcm
'

e2e_done
