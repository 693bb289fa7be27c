#!/bin/sh
test_description='scripts/evaluate counts right'
. "$(dirname "$0")/lib.sh"

test_expect_success 'its arithmetic' '
    python3 "$ROOT/test/unit/evaluation_test.py" &&
    python3 "$ROOT/test/unit/evaluation_card_test.py"
'
test_expect_success 'the promises name measurements of their bundles' '
    jq -r "to_entries[] | .key as \$m | (.value.measurements // {}) |
        to_entries[] | select(.value.median or .value.p95) |
        \$m + \" \" + .key" "$ROOT/scripts/accuracy.json" >promised &&
    test -s promised &&
    while read -r model id; do
        grep -q "^  - id: $id\$\|{id: $id," "$ROOT/models/$model/model.yaml" ||
            { echo "$model has no $id"; return 1; }
    done <promised
'
test_expect_success 'a film that is measured wrong fails it' '
    mkdir -p film &&
    cp "$LEGS/leg_00.dcm" film/ &&
    jq "{\"leg_00.dcm\": (.\"leg_00.dcm\" | .right.hka_deg += 5)}" \
        "$LEGS/truth.json" >film/truth.json &&
    test_expect_code 1 "$ROOT/scripts/evaluate" --osteon "$BIN/osteon" \
        --films film --json >report.json &&
    jq -e ".measurements.hka.max > 4 and .measurements.hka.n == 2 and
        (.not_kept | length) > 0" report.json
'
/usr/bin/python3 -c 'import numpy' 2>/dev/null && test_set_prereq NUMPY
test_expect_success NUMPY 'the truth of pelvis films' '
    /usr/bin/python3 "$ROOT/test/unit/pelvis_truth_test.py"
'
test_expect_success 'without the data the judge of phantoms says so' '
    OSTEON_TESTDATA=/nowhere "$ROOT/scripts/evaluate" --realism >said &&
    grep -q "^skipped: /nowhere" said
'
/usr/bin/python3 -c 'import numpy, scipy' 2>/dev/null && [ -d "$TESTDATA" ] &&
    test_set_prereq JUDGE
test_expect_success JUDGE 'it finds rendered knees far more often than chance' '
    OSTEON_TESTDATA=$TESTDATA "$ROOT/scripts/evaluate" --realism --films 4 \
        >said && sed "s/^/# /" said &&
    awk "/^legs/ {found = \$3 + 0; chance = \$4 + 0}
        END {exit !(found >= 50 && chance <= 5)}" said
'
e2e_done
