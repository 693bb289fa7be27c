#!/bin/sh
test_description='0000 is sent after the syncs of the file, its folder and its row'
. "$(dirname "$0")/lib.sh"

command -v strace >/dev/null && test_set_prereq STRACE
test_have_prereq STRACE || echo '# strace is not installed: nothing is counted'
IMAGES=6

# What the receiver did, in order: "<responses> <files> <folders> <commits>", or
# what came too early. A call that strace shows in two parts counts when it is
# done. P-DATA begins with 4; the answer's second part is another call.
cat >judge.awk <<'EOS'
/<unfinished \.\.\.>$/ { left[$1] = $0; sub(/ *<unfinished.*/, "", left[$1]); next }
/<\.\.\. [a-z0-9]* resumed>/ { rest = $0; sub(/.*resumed>/, "", rest); $0 = left[$1] rest }
/ f(data)?sync\(/ && !/= 0$/ { early = "a sync failed: " $0; exit }
/ write\([0-9]*<.*\/spool\/tmp\// { written = unsynced = 1; committed = 0 }
/ fsync\([0-9]*<.*\/spool\/tmp\// { files++; unsynced = 0 }
/ rename.*"obj\// {
    if (unsynced) { early = "a name before the sync"; exit }
    unnamed = 1
}
/ fsync\([0-9]*<.*\/spool\/obj\/[0-9a-f][0-9a-f]>/ { folders++; unnamed = 0; named = 1 }
/ fdatasync\([0-9]*<.*osteon\.db-wal>/ {
    if (unnamed) { early = "a row before the sync of its folder"; exit }
    if (named) { commits++; committed = 1 }
    named = 0
}
/ sendto\([0-9]*<(TCP|socket):.*, "\\4/ {
    if (!written || unsynced || unnamed || !committed) { early = "a response"; exit }
    responses++
    written = committed = 0
}
END { print early ? early " came too early" : responses + 0 " " files + 0 " " folders + 0 " " commits + 0 }
EOS
judge() { # SED-COMMAND: of the trace as that changes it
    sed -E "$1" trace | awk -f judge.awk
}

test_expect_success STRACE 'a traced receiver takes images' '
    node_config && "$BIN/osteon-keeper" -c osteon.yaml --once 2>keeper.log &&
    for i in $(seq $IMAGES); do
        cp "$LEGS/demo.dcm" $i.dcm && dcmodify -nb -gin $i.dcm || return 1
    done &&
    { ASAN_OPTIONS=detect_leaks=0 strace -f -qq -y -s 16 -e signal=none \
        -o trace -e trace=write,/rename,fsync,fdatasync,sendto \
        "$BIN/osteon-scp" -c osteon.yaml 2>scp.log & } &&
    e2e_keep $! &&
    wait_for 20 grep event=ready scp.log &&
    e2e_keep $(sed -n "s/.* pid=\([0-9]*\) event=ready.*/\1/p" scp.log) &&
    dcmsend -aec OSTEON 127.0.0.1 $NODE_PORT [1-9].dcm &&
    wait_for 20 grep event=association.ended scp.log &&
    test $(grep -c "event=object.received .*receipt=\"*new" scp.log) = $IMAGES
'
test_expect_success STRACE 'each is synced three times, then answered' '
    judge "" >said && cat said &&
    test "$(cat said)" = "$IMAGES $IMAGES $IMAGES $IMAGES"
'
# Else what is asserted above would be true of any trace.
test_expect_success STRACE 'a missing sync would be seen' '
    test "$(judge "/ fsync.*spool.tmp/d")" = "a name before the sync came too early" &&
    test "$(judge "/ fsync.*spool.obj/d")" = \
        "a row before the sync of its folder came too early" &&
    test "$(judge "/fdatasync/d")" = "a response came too early" &&
    test "$(judge "s/(fdatasync.*)= 0$/\1= -1 EIO/" | cut -c 1-13)" = "a sync failed"
'
e2e_done
