#!/bin/sh
test_description='callers that stall keep nobody out, in short'
. "$(dirname "$0")/lib.sh"

test_expect_success 'one and 32 stalled callers of each kind; a leak of DCMTK' '
    mkdir case &&
    E2E_PORTS=$((NODE_PORT - 2000)) TORTURE_DIR=$PWD/case VARIANT=$VARIANT \
        STALLS="1 32" ECHOES=4 ASSOCIATE_S=1 IDLE_S=1 \
        IDENTITIES=50 "$ROOT/test/torture/50-stalls" >table || {
        cat table >&2
        false
    }
'

e2e_done
