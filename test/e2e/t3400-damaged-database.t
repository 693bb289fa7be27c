#!/bin/sh
test_description='a damaged, lost or older database is made again from the spool'
. "$(dirname "$0")/lib.sh"

if ! test_have_prereq ORTHANC; then
    skip_all='no Orthanc'
    test_done
fi
FILM=$LEGS/leg_01.dcm
STUDY=$(tag "$FILM" StudyInstanceUID)

job_of() { # STAGE: its state
    osteon_json show "$STUDY" | jq -r ".jobs[] | select(.stage == \"$1\") | .state"
}
results() { # the SOP Instance UIDs that the PACS has, without the film
    for results_id in $(pacs_instances "$STUDY" SR) $(pacs_instances "$STUDY" OT) \
        $(pacs_instances "$STUDY" SC); do
        curl -sf "$PACS_URL/instances/$results_id/simplified-tags" |
            jq -r .SOPInstanceUID
    done | sort
}
sound() {
    test "$(sqlite3 -readonly state/osteon.db 'PRAGMA integrity_check')" = ok
}
# The state that every accident below begins with: analysed, sent, settled.
keep_state() {
    rm -rf kept && cp -a state kept
}
put_back() {
    rm -rf state && cp -a kept state
}
recovered() { # the film and its results, each once, nothing analysed again
    wait_for 60 study_done "$STUDY" &&
        test "$(osteon_json show "$STUDY" | jq '.objects | length')" -eq 3 &&
        test "$(job_of analyse)" = "done" &&
        ! grep event=job.analysed node.log &&
        results >now && test_cmp before now
}
aside() { # how many databases were set aside
    find state -name 'osteon.db.damaged-*Z' | wc -l
}

test_expect_success 'a study is analysed and sent' '
    pacs_start && node_start && send "$FILM" &&
    wait_for 120 study_done "$STUDY" && results >before &&
    test "$(wc -l <before)" -eq 2 &&
    test "$(osteon_json show "$STUDY" | jq ".objects | length")" -eq 3
'
test_expect_success 'spooled files say what a rebuild needs, and are DICOM' '
    for file in $(find state/spool/obj -name "*.dcm"); do
        dcmdump -q +P 0002,0100 +P 0002,0102 "$file" >meta 2>meta.err &&
        test "$(wc -l <meta)" -eq 2 && ! test -s meta.err || return 1
    done
'
test_expect_success 'the node secret is kept beside the objects' '
    test "$(stat -c %a state/spool/secret)" = 600 &&
    test "$(stat -c %s state/spool/secret)" = 64 && cp state/spool/secret secret
'
test_expect_success 'backup while it runs' '
    "$BIN/osteon" backup -c osteon.yaml backup.db >said && cat said &&
    test "$(stat -c %a backup.db)" = 600 &&
    test "$(sqlite3 backup.db "PRAGMA integrity_check")" = ok &&
    test_expect_code 1 "$BIN/osteon" backup -c osteon.yaml backup.db 2>refused &&
    grep "exists" refused
'
test_expect_success 'stopped' 'node_stop && keep_state'

test_expect_success 'one flipped bit' '
    put_back && python3 - state/osteon.db <<-\EOF &&
	import sys
	file = open(sys.argv[1], "r+b")
	data = file.read()
	at = data.index(b"leg-alignment")
	file.seek(at)
	file.write(bytes([data[at] ^ 1]))
	EOF
    node_start && recovered && test "$(aside)" -eq 1 && sound &&
    grep "event=database.damaged" node.log &&
    grep "event=rebuild.done images=1 results=2 damaged=0" node.log
'
test_expect_success 'status says so, and nothing is lost' '
    "$BIN/osteon" status -c osteon.yaml >status && cat status &&
    grep "rows made again from the spool" status &&
    osteon_json status | jq -e ".storage.rebuilt.images == 1 and .storage.rebuilt.results == 2"
'
test_expect_success 'the secret is the same' '
    test "$(sqlite3 -readonly state/osteon.db \
        "SELECT value FROM meta WHERE key = \"secret\"")" = "$(cat secret)"
'
test_expect_success 'a second start finds nothing to do' '
    node_stop && node_start && ! grep event=rebuild.started node.log &&
    test "$(aside)" -eq 1 && node_stop
'
test_expect_success 'cut short' '
    put_back && truncate -s 20000 state/osteon.db &&
    node_start && recovered && test "$(aside)" -eq 1 && node_stop
'
test_expect_success 'the write-ahead log full of zeros' '
    put_back && size=$(stat -c %s state/osteon.db-wal) &&
    dd if=/dev/zero of=state/osteon.db-wal bs=1 count=$size 2>/dev/null &&
    node_start && recovered && sound && node_stop
'
test_expect_success 'the write-ahead log gone' '
    put_back && rm state/osteon.db-wal state/osteon.db-shm &&
    node_start && recovered && sound && node_stop
'
test_expect_success 'the database gone' '
    put_back && rm state/osteon.db* && node_start && recovered && sound &&
    grep "event=rebuild.done images=1 results=2" node.log && node_stop
'
test_expect_success 'the database empty' '
    put_back && : >state/osteon.db && node_start && recovered && node_stop
'
test_expect_success 'an older backup does not lose what came since' '
    put_back && node_start && send "$LEGS/leg_02.dcm" &&
    second=$(tag "$LEGS/leg_02.dcm" StudyInstanceUID) &&
    wait_for 120 study_done "$second" && node_stop &&
    rm state/osteon.db* && cp backup.db state/osteon.db &&
    node_start && recovered && wait_for 60 study_done "$second" &&
    ! grep event=job.analysed node.log &&
    test "$(osteon_json show "$second" | jq ".objects | length")" -eq 3 && node_stop
'
test_expect_success 'a file that changed is moved aside, not taken and not removed' '
    put_back && rm state/osteon.db* &&
    film=$(grep -l "^.\{0,2000\}" $(find state/spool/obj -name "*.dcm" -size +200k) | head -n 1) &&
    printf X | dd of=$film bs=1 seek=100000 conv=notrunc 2>/dev/null &&
    node_start && grep event=object.damaged node.log &&
    test -e state/spool/damaged/$(basename $film) && node_stop
'
test_expect_success 'damaged while it runs: the node starts itself again' '
    put_back && node_start && pid=$NODE_PID &&
    echo "a test" >state/osteon.db.damaged &&
    wait_for 30 grep event=node.damaged node.log &&
    wait_for 30 grep "event=rebuild.done" node.log &&
    wait_for 30 echoscu -aec OSTEON 127.0.0.1 $NODE_PORT &&
    kill -0 $pid && recovered && test "$(aside)" -eq 1 && node_stop
'
e2e_done
