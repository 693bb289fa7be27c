#!/bin/sh
test_description='Comprehensive 3D SR, and 88.33 where the PACS knows no 88.34'
. "$(dirname "$0")/lib.sh"

peer_start() { # PROFILE: storescp with that profile of storescp.cfg
    mkdir -p peer && cat >peer.cfg <<-'EOF'
	[[TransferSyntaxes]]
	[All]
	TransferSyntax1 = LittleEndianExplicit
	TransferSyntax2 = LittleEndianImplicit
	[[PresentationContexts]]
	[Old]
	PresentationContext1 = ComprehensiveSRStorage\All
	PresentationContext2 = SecondaryCaptureImageStorage\All
	PresentationContext3 = VerificationSOPClass\All
	[New]
	PresentationContext1 = ComprehensiveSRStorage\All
	PresentationContext2 = SecondaryCaptureImageStorage\All
	PresentationContext3 = VerificationSOPClass\All
	PresentationContext4 = Comprehensive3DSRStorage\All
	[[Profiles]]
	[Old]
	PresentationContexts = Old
	[New]
	PresentationContexts = New
	EOF
    storescp -xf peer.cfg "$1" -aet ORTHANC -od peer "$PACS_PORT" \
        >peer.log 2>&1 &
    PEER_PID=$!
    e2e_keep $PEER_PID
    wait_for 10 echoscu -aec ORTHANC 127.0.0.1 "$PACS_PORT"
}
received() { # COUNT
    [ "$(find peer -type f | wc -l)" -eq "$1" ]
}
sr_classes() {
    for file in peer/*; do tag "$file" SOPClassUID; done | sort
}

test_expect_success 'the route says auto' '
    cat >routes <<-EOF &&
	  - name: auto
	    match: {Modality: {exists: true}}
	    complete: {quiet: 500ms, cap: 1m}
	    models: [leg-alignment]
	    results: {objects: [sr, sc], sr_class: auto}
	    send: [pacs]
	EOF
    node_config routes && node_start
'
test_expect_success 'a PACS that knows only 88.33 gets that, once' '
    peer_start Old && send "$LEGS/demo.dcm" && wait_for 60 received 2 &&
    sr_classes >classes && cat classes &&
    grep "1.2.840.10008.5.1.4.1.1.88.33" classes &&
    ! grep "88.34" classes && sleep 2 && received 2 &&
    study_done $(tag "$LEGS/demo.dcm" StudyInstanceUID) &&
    "$ROOT/scripts/validate" peer/SR*
'
test_expect_success 'a PACS that knows 88.34 gets that' '
    e2e_stop $PEER_PID && rm -rf peer && peer_start New &&
    film=$(find "$LEGS" -name "leg_*.dcm" | sort | head -n 1) &&
    send "$film" && wait_for 60 received 2 && sr_classes >classes &&
    cat classes && grep "1.2.840.10008.5.1.4.1.1.88.34" classes &&
    ! grep "88.33" classes && "$ROOT/scripts/validate" peer/SR*
'
e2e_done
