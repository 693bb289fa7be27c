#!/bin/sh
test_description='reports that compare with a prior before the judges and the readers'
. "$(dirname "$0")/lib.sh"

validate() {
    nice "$ROOT/scripts/validate" "$@"
}
# sound FILE [--images IMAGE]: neither an error nor a warning that is not listed
sound() {
    validate "$@" >out && cat out && ! grep "warnings" out
}
# spoil NAME DCMODIFY-ARGUMENTS...: a copy with one thing wrong
spoil() {
    cp gold/sr_narrower.dcm "$1.dcm" && spoil_name=$1 && shift &&
        dcmodify -nb "$@" "$spoil_name.dcm"
}
# fails NAME JUDGE [VALIDATE-ARGUMENTS...]: that judge finds it
fails() {
    fails_name=$1 fails_judge=$2 && shift 2 &&
        test_expect_code 1 validate "$@" "$fails_name.dcm" >out && cat out &&
        grep "$fails_judge: FAILED: [0-9]* errors" out
}

test_expect_success 'the unit tests leave their objects here' '
    make -s -C "$ROOT" VARIANT="$VARIANT" "build/$VARIANT/test/test_sr" \
        "build/$VARIANT/test/test_group_change" &&
    mkdir gold && OSTEON_GOLDEN=$PWD/gold && export OSTEON_GOLDEN &&
    (cd "$ROOT" && "$BIN/test/test_sr") &&
    (cd "$ROOT" && "$BIN/test/test_group_change")
'

for shape in narrower narrower_ohif stable worse_grade incomparable first_time \
    changes; do
    test_expect_success "$shape: the judges are content" "
        sound gold/sr_$shape.dcm --images gold/image_$shape.dcm
    "
done

test_expect_success 'the trend chart: the judges are content' '
    sound gold/sc_chart.dcm --images gold/image_chart.dcm
'

# ---- with one thing wrong ---------------------------------------------------
item='(0040,a730)'
group="${item}[8].${item}[4].${item}"
test_expect_success 'a prior image missing from the evidence fails' '
    spoil evidence -ea "(0040,a385)" &&
    fails evidence dciodvfy --quick
'
test_expect_success 'a time point that is contained fails' '
    spoil time -m "${group}[2].(0040,a010)=CONTAINS" &&
    fails time pixelmed
'
test_expect_success 'a change without its unit fails' '
    spoil unit -ea "${group}[7].(0040,a300)[0].(0040,08ea)" &&
    fails unit dciodvfy --quick
'
test_expect_success 'a change at a place that no image has fails' '
    spoil place -ea "${group}[7].${item}[2].${item}" &&
    fails place pixelmed
'
test_expect_success 'a prior value that is a property of the change fails' '
    spoil property -m "${group}[7].${item}[0].(0040,a010)=HAS PROPERTIES" &&
    fails property pixelmed
'
test_expect_success 'a report of another patient fails' '
    spoil patient -m "PatientID=T-0" &&
    test_expect_code 1 validate --quick patient.dcm \
        --images gold/image_narrower.dcm >out && grep "dcentvfy: FAILED" out
'

test_expect_success 'a chart whose source has no UID fails' '
    cp gold/sc_chart.dcm source.dcm &&
    dcmodify -nb -ea "(0008,2112)[0].(0008,1155)" source.dcm &&
    fails source dciodvfy
'

# ---- readers ----------------------------------------------------------------
test_expect_success 'dsr2html says what was compared with what' '
    dsr2html gold/sr_narrower.dcm >page.html && sed "s/<[^>]*>//g" page.html |
        tr -s "\n " "  " >page &&
    for words in "Time Point = \"2026-01-05\"" \
        "Change in joint space width since prior: -0.6 mm" \
        "Joint space width = 4.4 mm" "Smallest detectable change = 0.20 mm" \
        "Change per year: -0.61 mm/a" "Change from prior: Decreased" \
        "Compared with 4.4 mm of 2025-01-10"; do
        grep -F "$words" page || { cat page && return 1; }
    done
'

e2e_done
