#!/bin/sh
test_description='result objects of every shape before the judges, and spoiled ones'
. "$(dirname "$0")/lib.sh"

validate() {
    nice "$ROOT/scripts/validate" "$@"
}
# spoil NAME FILE DCMODIFY-ARGUMENTS...: a copy with one thing wrong
spoil() {
    cp "gold/$2" "$1.dcm" && spoil_name=$1 && shift 2 &&
        dcmodify -nb "$@" "$spoil_name.dcm"
}

test_expect_success 'the unit tests leave their objects here' '
    make -s -C "$ROOT" VARIANT="$VARIANT" "build/$VARIANT/test/test_sr" \
        "build/$VARIANT/test/test_sc" &&
    mkdir gold && OSTEON_GOLDEN=$PWD/gold && export OSTEON_GOLDEN &&
    (cd "$ROOT" && "$BIN/test/test_sr") && (cd "$ROOT" && "$BIN/test/test_sc")
'

# each of these has another tree
for shape in two_sided one_refused no_spacing all_refused failed arms request; do
    test_expect_success "$shape: no error from any judge" "
        validate gold/sr_$shape.dcm --images gold/image_$shape.dcm
    "
done

# the tree of two_sided under another header
for shape in two_sided_3d monochrome1 latin1 demonstration revised; do
    test_expect_success "$shape: no error in the header" "
        validate --quick gold/sr_$shape.dcm --images gold/image_$shape.dcm
    "
done

# without its image: dcentvfy compares bytes, whatever their character set
test_expect_success 'utf8: no error in the header' '
    validate --quick gold/sr_utf8.dcm
'

test_expect_success TESTDATA 'character sets of others: no error' '
    for name in chrFren chrGerm chrJapMulti chrH31 chrGB2312 chrX1; do
        validate --quick "gold/sr_$name.dcm" || return 1
    done
'

test_expect_success 'overlays: no error' '
    for name in sc_overlay sc_half sc_detector sc_note_refused \
        sc_note_failed; do
        validate "gold/$name.dcm" || return 1
    done
'

test_expect_success 'an SR without Device Observer UID fails' '
    spoil observer sr_two_sided.dcm \
        -m "(0040,a730)[2].(0040,a043)[0].(0008,0100)=121013" &&
    test_expect_code 1 validate observer.dcm >out &&
    grep "pixelmed: FAILED: [0-9]* errors" out
'

test_expect_success 'a wrong relationship fails' '
    spoil relation sr_two_sided.dcm -m \
        "(0040,a730)[8].(0040,a730)[4].(0040,a730)[0].(0040,a010)=CONTAINS" &&
    test_expect_code 1 validate relation.dcm >out &&
    grep "Incorrect relationship" out
'

test_expect_success 'an image missing from the evidence fails' '
    spoil evidence sr_two_sided.dcm -ea "(0040,a375)" &&
    test_expect_code 1 validate --quick evidence.dcm >out &&
    grep "dciodvfy: FAILED" out
'

test_expect_success 'an SR without CompletionFlag fails' '
    spoil flag sr_two_sided.dcm -ea "(0040,a491)" &&
    test_expect_code 1 validate --quick flag.dcm >out &&
    grep "CompletionFlag.*Missing attribute" out
'

test_expect_success 'an SR with another PatientID than its image fails' '
    spoil patient sr_two_sided.dcm -m "PatientID=T-0" &&
    test_expect_code 1 validate --quick patient.dcm \
        --images gold/image_two_sided.dcm >out &&
    grep "dcentvfy: FAILED" out
'

test_expect_success 'a judge that did not run to its end is a failure' '
    test_expect_code 1 env PIXELMED_JAR="$ROOT/LICENSE" \
        "$ROOT/scripts/validate" gold/sr_two_sided.dcm >out &&
    grep "pixelmed: FAILED: did not run to its end" out
'

e2e_done
