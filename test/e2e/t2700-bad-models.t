#!/bin/sh
test_description='bad models: refused or buried with a reason, the next job is fine'
. "$(dirname "$0")/lib.sh"

MODELS=$PWD/models
film_number=0

# bundle NAME KIND: a bundle whose network misbehaves in that way
bundle() {
    mkdir -p "models/$1" &&
        "$BIN/test/make_torchscript" "$2" "models/$1/model.pt" 1 &&
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
	      - {name: heat, kind: heatmaps, stride: 4, sigma: 1.5, landmarks: [a]}
	confidence: {least: 0.5}
	measurements:
	  - {id: d, concept: distance, site: knee, distance: [a, a], min: 0, max: 9}
	EOF
}
route() { # NAME: films whose PatientID is NAME go to model NAME
    cat <<-EOF
	  - name: $1
	    match: {PatientID: $1}
	    complete: {quiet: 200ms, cap: 1m}
	    models: [$1]
	    results: [sr, sc]
	    send: [pacs]
	EOF
}
send_to() { # NAME: sets $study
    film_number=$((film_number + 1))
    study=2.25.$((270000 + film_number))
    cp "$LEGS/leg_01.dcm" film.dcm && chmod u+w film.dcm &&
        dcmodify -nb -q -gse -gin -m "PatientID=$1" \
            -m "StudyInstanceUID=$study" film.dcm && send film.dcm
}
# buried NAME WORD: ends dead for that reason, nothing goes out
buried() {
    send_to "$1" && wait_for 60 study_done "$study" &&
        osteon_json show "$study" >show.json && cat show.json &&
        test "$(job_states "$study" analyse)" = dead &&
        jq -r '.jobs[].why' show.json | grep -i "$2" &&
        pacs_holds "$study" SR 0 && pacs_holds "$study" OT 0
}
fine() { # the reference model still measures
    send_to leg-alignment && wait_for 60 pacs_holds "$study" SR 1 &&
        wait_for 20 pacs_holds "$study" OT 1
}

bundles='throws nan shape loops'
test_expect_success ORTHANC 'bundles, node and PACS' '
    mkdir -p models && cp -r "$ROOT/models/leg-alignment" models/ &&
    for name in $bundles; do bundle $name $name || return 1; done &&
    for name in leg-alignment throws nan loops; do route $name; done >routes &&
    node_config routes &&
    sed -i "s/demonstration_models: true/&, deadline: 4s/" osteon.yaml &&
    pacs_start && node_start
'
test_expect_success ORTHANC 'a model that throws' '
    buried throws "no such knee" && fine
'
test_expect_success ORTHANC 'a model that answers NaN' 'buried nan "finite\|nan" && fine'
test_expect_success ORTHANC 'a model that never ends' '
    buried loops "deadline\|4 s" && fine
'
test_expect_success ORTHANC 'weights that change on the disk of a running node' '
    printf x | dd of=models/leg-alignment/model.pt bs=1 seek=100000 \
        conv=notrunc 2>dd.log &&
    infer=$(pgrep -P "$NODE_PID" -x osteon-infer) &&
    kill -9 $(pgrep -P "$infer") && send_to leg-alignment &&
    wait_for 60 study_done "$study" && osteon_json show "$study" >show.json &&
    cat show.json && test "$(job_states "$study" analyse)" = dead &&
    jq -r ".jobs[].why" show.json | grep -i sha-256 &&
    cp "$ROOT/models/leg-alignment/model.pt" models/leg-alignment/ && fine
'
test_expect_success 'check: wrong hash, wrong shape: named, exit 78' '
    route shape >>routes && node_config routes &&
    sed -i "s/demonstration_models: true/&, deadline: 20s/" osteon.yaml &&
    test_expect_code 78 "$BIN/osteon" check -c osteon.yaml >check.out 2>&1 &&
    cat check.out && grep shape check.out &&
    printf x | dd of=models/throws/model.pt bs=1 seek=500 conv=notrunc \
        2>dd.log &&
    test_expect_code 78 "$BIN/osteon" check -c osteon.yaml >check.out 2>&1 &&
    cat check.out && grep -i "throws.*sha-256" check.out
'
e2e_done
