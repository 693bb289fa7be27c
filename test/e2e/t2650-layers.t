#!/bin/sh
test_description='a layer goes through the line and opens on its image'
. "$(dirname "$0")/lib.sh"

test_expect_success ORTHANC 'the route wants layers and OHIF' '
    cat >routes <<-EOF &&
	  - name: layers
	    match: {Modality: {exists: true}}
	    complete: {quiet: 500ms, cap: 1m}
	    models: [leg-alignment]
	    results: {objects: [sr, sc, gsps, kos], viewer_profile: ohif}
	    send: [pacs]
	EOF
    node_config routes && pacs_start && node_start
'
test_expect_success ORTHANC 'report, picture and layer come back, no key objects' '
    send "$LEGS/demo.dcm" &&
    study=$(tag "$LEGS/demo.dcm" StudyInstanceUID) &&
    wait_for 60 pacs_holds $study PR 1 && wait_for 60 pacs_holds $study SR 1 &&
    pacs_holds $study KO 0 &&
    pacs_fetch "$(pacs_instances $study PR)" pr.dcm &&
    pacs_fetch "$(pacs_instances $study SR)" sr.dcm
'
test_expect_success ORTHANC 'the judges are content with both' '
    "$ROOT/scripts/validate" --quick pr.dcm sr.dcm --images "$LEGS/demo.dcm"
'
test_expect_success ORTHANC 'the layer is of that image' '
    test "$(tag "$LEGS/demo.dcm" SOPInstanceUID)" = \
        "$(tag pr.dcm ReferencedSOPInstanceUID)"
'
test_expect_success ORTHANC 'OHIF knows the tools of the report' '
    dcmdump +L sr.dcm | grep "Cornerstone3DTools@^0.1.0:Angle" &&
    dcmdump +L sr.dcm | grep "Cornerstone3DTools@^0.1.0:Length"
'
test_expect_success 'analyse writes the layer as a file' '
    "$BIN/osteon" analyse -c osteon.yaml --out out "$LEGS/demo.dcm" &&
    ls out && dcmpschk out/demo-pr.dcm 2>&1 | grep "Test passed"
'
e2e_done
