#!/bin/sh
test_description='the reference model on legs that training never saw'
. "$(dirname "$0")/lib.sh"

test_expect_success 'HKA and leg length within the bounds' '
    "$ROOT/scripts/evaluate" --osteon "$BIN/osteon" >table; status=$?;
    sed "s/^/# /" table >&5 2>/dev/null || sed "s/^/# /" table;
    test $status = 0
'
e2e_done
