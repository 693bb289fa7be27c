#!/bin/sh
test_description='stated confidences are what the curves of the bundle say'
. "$(dirname "$0")/lib.sh"

# model, folder of fixtures: every measurement of the films that has a curve
follows() {
    find "$ROOT/test/fixtures/$2" -name '*.dcm' | sort | head -n 6 |
        xargs "$BIN/osteon" analyse -c "$ROOT/conf/osteon.yaml" \
            --model "$1" --json >answers.jsonl
    python3 - "$ROOT" "$1" <<-'EOF'
	import json, pathlib, sys
	sys.dont_write_bytecode = True
	root = pathlib.Path(sys.argv[1])
	sys.path.insert(0, str(root / "scripts"))
	from evaluation.bundle_text import curve_of
	from evaluation.calibration import on_curve
	text = (root / "models" / sys.argv[2] / "model.yaml").read_text()
	said = off = 0
	for line in open("answers.jsonl"):
	    for m in json.loads(line)["measurements"]:
	        grade = m["kind"] == "grade"
	        knots = curve_of(text, m["id"]) or (
	            None if grade else curve_of(text, None))
	        if knots is None or m["kind"] == "difference":
	            continue
	        said += 1
	        off += abs(on_curve(knots, m["certainty"])
	                   - m["confidence"]) > 2e-4
	print(f"{said} confidences, {off} not of their curve")
	sys.exit(not said or off > 0)
	EOF
}
for model in $(grep -l '^ *curve: \[\[\|^confidence:.*curve: \[\[' \
    "$ROOT"/models/*/model.yaml | sed 's,.*/models/\([^/]*\)/.*,\1,'); do
    fixtures=$(jq -r --arg m "$model" '.[$m].fixtures // $m' \
        "$ROOT/scripts/accuracy.json")
    test_expect_success "$model states the confidence of its curves" "
        follows $model $fixtures
    "
done
test_expect_success 'there is a bundle with a curve' '
    grep -q "curve: \[\[" "$ROOT"/models/*/model.yaml
'
e2e_done
