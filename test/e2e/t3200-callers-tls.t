#!/bin/sh
test_description='who gets in and by which TLS, both ways, in short'
. "$(dirname "$0")/lib.sh"

test_expect_success 'wrong callers, wrong versions, wrong certificates' '
    mkdir case &&
    E2E_PORTS=$((NODE_PORT - 2000)) TORTURE_DIR=$PWD/case VARIANT=$VARIANT \
        PROFILES=nd PARTS="callers versions dcmtk start outbound parked" \
        "$ROOT/test/torture/80-callers-tls" >table || {
        cat table >&2
        false
    }
'

e2e_done
