# Sourced after lib.sh by the tests of models that misbehave: bundles, one route
# for each, and what must be true of a job that failed.
#   shellcheck shell=sh disable=SC2034,SC2154

MODELS=$PWD/models
MAKER=$BIN/test/make_torchscript
film_number=0

# bundle NAME KIND [PATH [MIN [OUTPUT]]]: a bundle whose network is of that kind.
# MIN 5 is more than the distance of a point from itself: never a number. OUTPUT
# is a second one, in YAML.
bundle() {
    mkdir -p "models/$1" &&
        "$MAKER" "$2" "models/$1/model.pt" 1 "${3:-}" &&
        sum=$(sha256sum "models/$1/model.pt" | cut -d' ' -f1) &&
        cat >"models/$1/model.yaml" <<-EOF
	name: $1
	version: 1.0.0
	manufacturer: osteon
	description: misbehaves on purpose
	demonstration: made by a test
	inputs: [{name: film}]
	stages:
	  - name: whole
	    weights: {file: model.pt, sha256: $sum}
	    rows: 64
	    columns: 64
	    fit: letterbox
	    percentiles: [1, 99]
	    outputs:
	      - {name: heat, kind: heatmaps, stride: 4, sigma: 1.5, landmarks: [a]}${5:+
	      - $5}
	confidence: {least: 0.01}
	measurements:
	  - {id: d, concept: distance, site: knee, distance: [a, a], min: ${4:-5}, max: 9}
	EOF
}
route() { # NAME [MODEL [MORE]]: films whose PatientID is NAME
    cat <<-EOF
	  - name: $1
	    match: {PatientID: $1}
	    complete: {quiet: 200ms, cap: 1m}
	    models: [${2:-$1}]
	    results: [sr, sc]
	    send: [pacs]
	    ${3:-}
	EOF
}
new_study() {
    film_number=$((film_number + 1))
    study=2.25.$((270000 + film_number))
}
send_to() { # NAME [FILM]: sets $study
    new_study &&
        cp "${2:-$LEGS/leg_01.dcm}" film.dcm && chmod u+w film.dcm &&
        dcmodify -nb -q -gse -gin -m "PatientID=$1" \
            -m "StudyInstanceUID=$study" film.dcm && send film.dcm
}
outcome() {
    osteon_json show "$study" |
        jq -r '.jobs[] | select(.stage == "analyse") | .outcome'
}
# A sanitized program has no bound of memory (inference/sandbox.c): then there
# is no telling how the allocation fails.
[ "$VARIANT" = asan ] && no_memory=. || no_memory=memory

# manual [WORD]: the study is read as without AI, for that reason; the ledger's
# outbox or the ledger says so; no number left the node
manual() {
    wait_for 90 study_done "$study" && osteon_json show "$study" >show.json &&
        cat show.json && test "$(outcome)" = manual &&
        jq -e '[.jobs[].summary.measurements // [] | length] | add // 0 |
            . == 0' show.json && grep -i "${1:-.}" show.json &&
        wait_for 20 audited && pacs_holds "$study" SR 0 &&
        pacs_holds "$study" OT 0
}
audited() {
    osteon_json audit show -n 20 >audit.json &&
        grep "\"$study\"" audit.json |
        grep '"study.manual"\|"study.analysed".*"measured": *0'
}
fine() { # the reference model still measures
    send_to leg-alignment && wait_for 120 pacs_holds "$study" SR 1 &&
        wait_for 20 pacs_holds "$study" OT 1 && test "$(outcome)" = measured
}
