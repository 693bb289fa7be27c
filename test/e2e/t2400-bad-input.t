#!/bin/sh
test_description='bad input: a clear answer, nothing lost, the node serves on'
. "$(dirname "$0")/lib.sh"

make_dicom() {
    /usr/bin/python3 "$ROOT/test/e2e/make-dicom.py" "$@"
}
raw_store() {
    /usr/bin/python3 "$ROOT/test/e2e/raw-store.py" "$NODE_PORT" "$@"
}
# refused STATUS WORD FILE: the C-STORE status, its comment names the cause
refused() {
    raw_store "$3" >answer && cat answer &&
        grep "^$1" answer && grep -i "$2" answer
}
still_serving() {
    echoscu -aec OSTEON 127.0.0.1 "$NODE_PORT"
}
# ends_with_reason WORD MAKE-OPTIONS...: stored, then its analysis ends with a
# reason and without a number
ends_with_reason() {
    word=$1 && shift && study=2.25.$((9000 + test_count)) &&
        make_dicom "$@" --study "$study" made.dcm && raw_store made.dcm >answer &&
        grep "^0000" answer && wait_for 60 study_done "$study" &&
        osteon_json show "$study" >show.json && cat show.json &&
        grep -i "$word" show.json &&
        jq -e '[.jobs[].summary.measurements // [] | length] | add // 0 | . == 0' \
            show.json && pacs_holds "$study" SR 0
}

test_expect_success ORTHANC 'the node and the PACS start' '
    pacs_start && node_start
'
test_expect_success ORTHANC 'no DICOM at all' '
    head -c 5000 /dev/urandom >noise.bin && refused C0 . noise.bin &&
    printf "" >empty && refused C0 . empty
'
test_expect_success ORTHANC 'truncated in an element' '
    make_dicom --no-pixels --truncate 5 cut.dcm && refused C0 . cut.dcm
'
test_expect_success ORTHANC 'truncated in the pixels: stored, refused later' '
    ends_with_reason "cut off" --pixels noise --truncate 5000
'
test_expect_success ORTHANC 'sequences nested 10,000 deep' '
    make_dicom --nest 10000 nest.dcm && refused C0 nest nest.dcm &&
    still_serving
'
test_expect_success ORTHANC 'claims 65535 x 65535 pixels' '
    ends_with_reason pixel --claim 65535x65535
'
test_expect_success ORTHANC 'a path in a UID' '
    make_dicom --sop-uid ../../../tmp/x evil.dcm && refused C0 UID evil.dcm &&
    ! find / -xdev -name x.dcm -newer evil.dcm 2>/dev/null | grep .
'
test_expect_success ORTHANC 'the command names another instance' '
    make_dicom good.dcm &&
    /usr/bin/python3 "$ROOT/test/e2e/raw-store.py" --command-uid 1.2.3 $NODE_PORT \
        good.dcm >answer && grep "^A900" answer
'
test_expect_success ORTHANC 'no pixels' '
    ends_with_reason "holds no image" --no-pixels
'
test_expect_success ORTHANC 'one association: bad ones refused, good ones kept' '
    make_dicom --study 2.25.77 good2.dcm &&
    raw_store nest.dcm good2.dcm evil.dcm good.dcm >answer && cat answer &&
    sed "s/ .*//" answer | tr "\n" " " | grep "^C0.. 0000 C0.. 0000 $"
'
with_spacing() { # SPACING: analyses the film with it into out.json
    cp "$LEGS/demo.dcm" spacing.dcm && chmod u+w spacing.dcm &&
        dcmodify -nb -q -ea ImagerPixelSpacing spacing.dcm &&
        dcmodify -nb -q -i "PixelSpacing=$1" spacing.dcm &&
        osteon_json analyse --model leg-alignment spacing.dcm >out.json
}
for spacing in '0.000\0.000' '-1\-1'; do
    test_expect_success "spacing $spacing: angles, no millimeters" '
        with_spacing "$spacing" &&
        jq -e "([.measurements[].unit] | unique == [\"deg\"]) and
            ([.measurements[] | select(.id == \"hka\")] | length == 2)" \
            out.json &&
        jq -e "[.refused[] | select(.id == \"leg_length\")] | length == 2" \
            out.json
    '
done
# nobody can tell whether such pixels are square
for spacing in 'nan\nan' '0,5\0,5' '0.5'; do
    test_expect_success "spacing $spacing: no number" '
        with_spacing "$spacing" &&
        jq -e ".measurements == [] and (.refused | length) == 17" out.json &&
        grep -i spacing out.json
    '
done
test_expect_success TESTDATA,ORTHANC 'the hostile files of the test data' '
    for file in "$TESTDATA"/dicom/attack/*.dcm; do
        raw_store "$file" >answer 2>&1
        echo "$(cat answer) $(basename "$file")"
        grep "^[0-9A-F][0-9A-F][0-9A-F][0-9A-F] " answer || return 1
    done && still_serving
'
test_expect_success ORTHANC 'nothing of it is left half done' '
    wait_for 60 sh -c "\"$BIN/osteon\" status -c osteon.yaml --json |
        jq -e \".queue | map(select(.stage == \\\"analyse\\\" and
        (.state == \\\"queued\\\" or .state == \\\"busy\\\"))) == []\"" &&
    ! find state/spool/tmp -type f | grep . &&
    ! grep "event=process.died" node.log
'
e2e_done
