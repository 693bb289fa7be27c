#!/bin/sh
test_description='the JSON of findings before a validator of JSON Schema, and the summary'
. "$(dirname "$0")/lib.sh"

cat >valid.py <<\EOF
import json, sys
import jsonschema
schema = json.load(open(sys.argv[1]))
jsonschema.Draft202012Validator.check_schema(schema)
judge = jsonschema.Draft202012Validator(schema)
lines = [json.loads(line) for line in open(sys.argv[2])]
problems = [e for line in lines for e in judge.iter_errors(line)]
for problem in problems:
    print(list(problem.path), problem.message)
sys.exit(0 if lines and not problems else 3 if lines else 1)
EOF
# valid FILE: each line is an object that the schema accepts; 3: it refuses one
valid() {
    /usr/bin/python3 valid.py "$ROOT/docs/findings.schema.json" "$1"
}

test_expect_success 'findings of every kind' '
    make -s -C "$ROOT" VARIANT="$VARIANT" \
        "build/$VARIANT/test/test_findings_json" && mkdir gold &&
    OSTEON_GOLDEN=$PWD/gold "$BIN/test/test_findings_json" &&
    valid gold/every_kind.json && valid gold/unusable.json &&
    valid gold/changes.json
'

test_expect_success 'a film, one that the model refuses, and no film' '
    node_config && echo nothing >no.dcm &&
    "$BIN/osteon" analyse -c osteon.yaml --json --model leg-alignment \
        "$ROOT/test/fixtures/legs/demo.dcm" \
        "$ROOT/test/fixtures/legs/ankle_outside.dcm" no.dcm >lines &&
    test "$(wc -l <lines)" -eq 3 && valid lines &&
    jq -e -s ".[0].measurements != [] and .[1].refused != [] and
        .[2].model != null and .[2].refused[0].id == null" lines
'

test_expect_success 'the summary of a film is an object and a picture' '
    sed "s/results: .*/results: [sr, sc, summary]/" osteon.yaml >summary.yaml &&
    "$BIN/osteon" analyse -c summary.yaml --model leg-alignment --out out \
        "$ROOT/test/fixtures/legs/demo.dcm" >text &&
    test -s out/demo-summary.png && test -s out/demo-sc.png &&
    "$ROOT/scripts/validate" out/demo-summary.dcm out/demo-sc.dcm &&
    grep "right *hka *[0-9.]* deg *[0-9]* %" text
'

# spoiled WHAT FILTER: one thing wrong, and the validator says so
spoiled() {
    test_expect_success "the schema refuses $1" "
        jq -c '$2' gold/every_kind.json >bad.json &&
        test_expect_code 3 valid bad.json
    "
}
spoiled 'another version' '.schema = "osteon.findings/2"'
spoiled 'a value that is text' '.measurements[0].value = "1"'
spoiled 'a side of its own' '.measurements[0].side = "both"'
spoiled 'a finding without a priority' 'del(.found[0].priority)'
spoiled 'a box of three numbers' '.found[0].box = [1, 2, 3]'
spoiled 'a refusal without a reason' 'del(.refused[0].reason)'
spoiled 'a kind it does not know' '.measurements[0].kind = "volume"'
spoiled 'an image without calibration' 'del(.images[0].calibration)'

test_expect_success 'the schema refuses a change of its own kind' '
    jq -c ".changes[0].kind = \"worse\"" gold/changes.json >bad.json &&
    test_expect_code 3 valid bad.json &&
    jq -c "del(.changes[1].reason)" gold/changes.json >bad.json &&
    test_expect_code 3 valid bad.json
'

e2e_done
