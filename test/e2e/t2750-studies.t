#!/bin/sh
test_description='studies of several images: flagged ones, two views, two sides, and those that do not belong together'
. "$(dirname "$0")/lib.sh"
. "$ROOT/test/e2e/lib-models.sh"

# image NAME FILM DCMODIFY...: a film of $study and of the patient $person
image() {
    image_name=$1
    cp "$LEGS/$2.dcm" "$1.dcm" && chmod u+w "$1.dcm" && shift 2 &&
        dcmodify -nb -q -gin -m "StudyInstanceUID=$study" \
            -m "PatientID=$person" -m "PatientName=Of^$person" \
            -m PatientBirthDate=19500101 -m PatientSex=O \
            -m AccessionNumber=A1 -m StudyID=1 -m StudyDate=20240101 \
            -m StudyTime=120000 "$@" "$image_name.dcm"
}
person() { # NAME: a new study, which the route of that name takes
    person=$1 && new_study
}
# summed EXPRESSION: of what the node keeps of the study's analysis
summed() {
    osteon_json show "$study" >show.json && cat show.json &&
        jq -e "[.jobs[] | select(.stage == \"analyse\") | .summary |
            select(.)] | last | $1" show.json
}
result() { # MODALITY FILE: the only one of it in the PACS
    wait_for 60 pacs_holds "$study" "$1" 1 &&
        pacs_fetch "$(pacs_instances "$study" "$1")" "$2"
}
no_number() { # REASON
    wait_for 60 study_done "$study" && osteon_json show "$study" >show.json &&
        cat show.json && grep "$1" show.json &&
        jq -e '[.jobs[].summary.measurements // [] | length] | add // 0 |
            . == 0' show.json && pacs_holds "$study" SR 0 &&
        pacs_holds "$study" OT 0 && pacs_holds "$study" KO 0
}

# leg-alignment with more to say: NAME INPUT-LINE, the rest on stdin
legs() {
    mkdir -p "models/$1" && cp "$ROOT"/models/leg-alignment/*.pt \
        "models/$1/" && { sed "s/^name: .*/name: $1/
            s/^    orientation: .*/&\n    $2/" \
        "$ROOT/models/leg-alignment/model.yaml" && cat; } \
        >"models/$1/model.yaml"
}
bundles() {
    legs flags "view: [AP]" <<-EOF &&
	findings:
	  - {id: varus, concept: varus_deformity, site: knee, measurement: hka,
	     sides: [right, left], below: 175.5, priority: high}
	EOF
        legs sides "laterality: one" <<-EOF &&
	  - {id: lld, concept: leg_length_discrepancy, site: lower_limb,
	     difference: leg_length, min: -150, max: 150}
	EOF
        legs both "laterality: both" </dev/null && two_views
}
# The brightest places of the halves of a film, in each of two views
two_views() {
    mkdir -p models/views && "$MAKER" halves models/views/model.pt 1 &&
        sum=$(sha256sum models/views/model.pt | cut -d' ' -f1) &&
        { cat <<-EOF
	name: views
	version: 1.0.0
	manufacturer: osteon
	description: two views of one study
	demonstration: made by a test
	inputs:
	  - {name: ap, view: [AP], header: [view]}
	  - {name: lateral, view: [LL, LATERAL], header: [view]}
	stages:
	EOF
            for view in ap lateral; do
                cat <<-EOF
	  - name: look_$view
	    input: $view
	    weights: {file: model.pt, sha256: $sum}
	    rows: 64
	    columns: 64
	    fit: letterbox
	    percentiles: [1, 99]
	    outputs:
	      - {name: heat_$view, kind: heatmaps, stride: 4, sigma: 1.5,
	         landmarks: [${view}_a, ${view}_b]}
	EOF
            done
            echo "confidence: {least: 0.001}"
            echo "measurements:"
            for view in ap lateral; do
                echo "  - {id: of_$view, concept: distance, site: knee," \
                    "distance: [${view}_a, ${view}_b], min: 0, max: 2000}"
            done; } >models/views/model.yaml
}

test_expect_success ORTHANC 'bundles, node and PACS' '
    bundles && for name in flags sides both views; do
        route $name $name || return 1
    done >routes && sed -i "s/quiet: 200ms/quiet: 1500ms/" routes &&
    node_config routes && "$BIN/osteon" check -c osteon.yaml &&
    pacs_start && node_start
'

# ---- a finding that somebody should look at --------------------------------
test_expect_success ORTHANC 'the flagged one of two images is a key object of the study' '
    person flags && image straight leg_06 -i ViewPosition=AP &&
    image bowed leg_03 -i ViewPosition=AP && send straight.dcm bowed.dcm &&
    result KO ko.dcm && dcmdump ko.dcm &&
    test "$(tag ko.dcm StudyInstanceUID)" = "$study" &&
    test "$(tag ko.dcm PatientID)" = flags &&
    dcmdump +P ReferencedSOPInstanceUID ko.dcm >references &&
    grep "$(tag bowed.dcm SOPInstanceUID)" references &&
    ! grep "$(tag straight.dcm SOPInstanceUID)" references &&
    dcmdump +L ko.dcm | grep "Found:.*Varus deformity" &&
    "$ROOT/scripts/validate" ko.dcm --images bowed.dcm
'
test_expect_success ORTHANC 'a study without a finding has none' '
    person flags && image straight leg_06 -i ViewPosition=AP &&
    send straight.dcm && wait_for 60 pacs_holds "$study" SR 1 &&
    wait_for 60 study_done "$study" && pacs_holds "$study" KO 0
'

# ---- several inputs, several images ----------------------------------------
test_expect_success ORTHANC 'two views of one study, each measured on its own' '
    person views && image ap leg_01 -i ViewPosition=AP &&
    image lateral leg_04 -i ViewPosition=LL && send ap.dcm lateral.dcm &&
    result SR sr.dcm && summed "[.measurements[].id] | sort ==
        [\"of_ap\", \"of_lateral\"]" &&
    "$ROOT/scripts/validate" sr.dcm --images ap.dcm lateral.dcm &&
    dcmdump +P ReferencedSOPInstanceUID sr.dcm >references &&
    grep "$(tag ap.dcm SOPInstanceUID)" references &&
    grep "$(tag lateral.dcm SOPInstanceUID)" references &&
    wait_for 20 pacs_holds "$study" OT 2
'
test_expect_success ORTHANC 'one view of two: what it shows, and why not the other' '
    person views && image ap leg_01 -i ViewPosition=AP && send ap.dcm &&
    result SR sr.dcm && summed "[.measurements[].id] == [\"of_ap\"]" &&
    jq -e "[.jobs[].summary.refused // [] | .[].id] | index(\"of_lateral\")" \
        show.json
'
lengths() { # FILE: right and left
    "$BIN/osteon" analyse -c "$ROOT/conf/osteon.yaml" --model leg-alignment \
        --json "$1" | jq '[.measurements[] | select(.id == "leg_length")] |
            sort_by(.side) | [.[].value]'
}
test_expect_success ORTHANC 'right and left on two images: their difference' '
    person sides && image right leg_01 -i ImageLaterality=R &&
    image left leg_04 -i ImageLaterality=L && send right.dcm left.dcm &&
    result SR sr.dcm &&
    right=$(lengths "$LEGS/leg_01.dcm" | jq ".[1]") &&
    left=$(lengths "$LEGS/leg_04.dcm" | jq ".[0]") &&
    echo "$right - $left" &&
    summed "[.measurements[] | select(.id == \"lld\") | .value] |
        length == 1 and (.[0] - ($right - $left) | fabs < 0.01)" &&
    jq -e "[.jobs[].summary.measurements // [] | .[] |
        select(.id == \"leg_length\") | [.side, .image]] | sort |
        map(.[0]) == [\"left\", \"right\"] and (map(.[1]) | unique |
        length == 2)" show.json &&
    "$ROOT/scripts/validate" sr.dcm --images right.dcm left.dcm
'
test_expect_success ORTHANC 'two of the same side make no difference' '
    person sides && image right leg_01 -i ImageLaterality=R &&
    image again leg_04 -i ImageLaterality=R && send right.dcm again.dcm &&
    result SR sr.dcm && wait_for 20 study_done "$study" &&
    summed "[.measurements[].id] | index(\"lld\") == null" &&
    jq -e "[.jobs[].summary.refused // [] | .[] | select(.id == \"lld\")] |
        length == 1" show.json
'

# ---- what does not belong together, or to the model ------------------------
test_expect_success ORTHANC 'images of two patients in one study: no number' '
    person flags && image one leg_06 -i ViewPosition=AP &&
    image other leg_03 -i ViewPosition=AP -m PatientName=Another^Person &&
    send one.dcm other.dcm && no_number "disagree in PatientName"
'
test_expect_success ORTHANC 'a side only, for a model that wants both: no number' '
    person both && image right leg_06 -i ImageLaterality=R &&
    image left leg_03 -i ImageLaterality=L && send right.dcm left.dcm &&
    no_number "the model wants both"
'
test_expect_success ORTHANC 'no image that the bundle takes: no number' '
    person views && image pa leg_06 -i ViewPosition=PA &&
    image lateral leg_03 -i ViewPosition=RLD &&
    send pa.dcm lateral.dcm &&
    no_number "ViewPosition"
'
e2e_done
