#!/bin/sh
test_description='real hip and tibia radiographs in every encoding (OSTEON_TESTDATA)'
. "$(dirname "$0")/lib.sh"

if ! test_have_prereq TESTDATA || ! test_have_prereq ORTHANC; then
    skip_all='needs the real radiographs (OSTEON_TESTDATA) and orthanc'
    test_done
fi
wg04=$TESTDATA/dicom/wg04

test_expect_success 'the node and the PACS start' 'pacs_start && node_start'

for film in RG2 RG3; do
    for encoding in UNC RLE JPLL JPLY JLSL JLSN J2KR J2KI; do
        file=$wg04/${film}_$encoding.dcm
        [ -e "$file" ] || continue
        test_expect_success "$film $encoding: goes in, ends done, no number" "
            # every encoding carries the same UIDs: a study of its own each
            cp '$file' in.dcm && chmod u+w in.dcm &&
            dcmodify -nb -q -gst -gse -gin in.dcm &&
            study=\$(tag in.dcm StudyInstanceUID) &&
            send in.dcm && wait_for 60 study_done \$study &&
            test \"\$(job_states \$study analyse)\" = done &&
            osteon_json show \$study >show.json &&
            jq -e '[.jobs[].summary.measurements // [] | length] | add == 0' \
                show.json &&
            jq -e '[.jobs[].summary.refused // [] | length] | add > 0' \
                show.json &&
            pacs_holds \$study SR 0
        "
    done
done
e2e_done
