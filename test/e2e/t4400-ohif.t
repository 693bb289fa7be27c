#!/bin/sh
test_description='OHIF shows what went through the line, on the landmarks'
. "$(dirname "$0")/lib.sh"
. "$ROOT/test/e2e/lib-viewers.sh"

WEB_PORT=$((e2e_base + 4))
WEB=http://127.0.0.1:$WEB_PORT
SHOTS=$ROOT/build/viewers/pictures
DICOMWEB=$(find /usr/share/orthanc/plugins /usr/lib/orthanc \
    -name 'libOrthancDicomWeb.so*' 2>/dev/null | head -n 1)

[ -x "${CHROMIUM:-/usr/bin/chromium}" ] && test_set_prereq CHROMIUM
[ "$DICOMWEB" ] && test_set_prereq DICOMWEB

# each shape in a series of its own: a viewer shows the newest of a series
each_shape() {
    for sr in gold/sr_*.dcm gold/gsps_*.dcm gold/kos_*.dcm; do
        cp "$sr" shape.dcm && dcmodify -nb -gse -gin \
            -m "SeriesDescription=$(basename "$sr" .dcm)" shape.dcm &&
            storescu -R -aec ORTHANC 127.0.0.1 "$PACS_PORT" shape.dcm || return 1
    done
}

test_expect_success ORTHANC,DICOMWEB 'a PACS with DICOMweb starts, and the node' '
    cat >routes <<-EOF &&
	  - name: all
	    match: {Modality: {exists: true}}
	    complete: {quiet: 500ms, cap: 1m}
	    models: [leg-alignment]
	    results: {objects: [sr, sc, gsps], viewer_profile: ohif}
	    send: [pacs]
	    forward: [pacs]
	EOF
    pacs_config && sed -i "s,\"Plugins\": \[\],\"Plugins\": [\"$DICOMWEB\"]," \
        orthanc.json && pacs_start && curl -sf "$PACS_URL/dicom-web/studies" &&
    node_config routes && node_start
'
test_expect_success ORTHANC,DICOMWEB,CHROMIUM 'OHIF is served beside it' '
    node "$VIEWERS/serve.mjs" "$ROOT/build/viewers/ohif" $WEB_PORT \
        "$PACS_URL" >serve.log 2>&1 &
    e2e_keep $! && wait_for 10 grep event=ready serve.log
'
test_expect_success ORTHANC,DICOMWEB,CHROMIUM 'a film goes through the line' '
    film=$LEGS/leg_01.dcm && study=$(tag "$film" StudyInstanceUID) &&
    send "$film" && wait_for 60 pacs_holds $study SR 1 &&
    wait_for 20 pacs_holds $study OT 1 &&
    wait_for 20 pacs_holds $study PR 1 &&
    wait_for 20 pacs_holds $study DX 1 &&
    osteon_json analyse "$film" >film.json
'
test_expect_success ORTHANC,DICOMWEB,CHROMIUM 'OHIF draws its measurements on the landmarks' '
    viewer ohif "$WEB" "$study" film.json "$SHOTS" hydrate
'
test_expect_success ORTHANC,DICOMWEB,CHROMIUM 'a landmark four pixels off is seen' '
    jq -c ".measurements[0].points[0][0] += 4" film.json >other.json &&
    test_expect_code 1 node "$VIEWERS/ohif.mjs" "$WEB" "$study" other.json \
        off >off.out 2>&1 && cat off.out && grep "px from its landmarks" off.out
'

test_expect_success ORTHANC,DICOMWEB,CHROMIUM 'OHIF itself loads a report of every shape' '
    shapes && storescu -R -aec ORTHANC 127.0.0.1 $PACS_PORT \
        gold/image_two_sided.dcm && each_shape &&
    viewer ohif-load "$WEB" "$(tag gold/sr_two_sided.dcm StudyInstanceUID)" \
        "$SHOTS/shapes.png" >loaded &&
    cat loaded && for sr in gold/sr_*.dcm; do
        grep "^SR [0-9]* measurements: $(basename "$sr" .dcm)\$" loaded ||
            return 1
    done
'
# what it cannot show it must not stumble over
test_expect_success ORTHANC,DICOMWEB,CHROMIUM 'presentation states and key objects beside them do no harm' '
    for shape in gsps_two_sided gsps_mixed kos_boxes; do
        grep "^[PK][RO] .*: $shape\$" loaded || return 1
    done
'

e2e_done
