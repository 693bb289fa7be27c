#!/bin/sh
test_description='a full, read-only, lost or failing disk: whole or nothing, and back in service by itself'
. "$(dirname "$0")/lib.sh"

if [ "$(id -u)" -ne 0 ] || ! unshare -m true 2>/dev/null; then
    skip_all='mounts need root'
    test_done
fi
CASE=$ROOT/test/torture/30-resources
TORTURE_DIR=$PWD/case
export TORTURE_DIR VARIANT
mkdir -p case

ran() { # WHAT...: a part of the case, and what it found
    STEP_KIB=32 "$CASE" "$@" >found 2>said || {
        cat said
        tail -n 30 case/*/node.log
        cat found
        return 1
    }
    cat found
    ! grep -q FAIL found
}

test_expect_success 'a disk that fills up in steps' 'ran sweep'
test_expect_success 'read-only, out of inodes, gone, failed once' 'ran faults'
test_expect_success '32 file descriptors' 'ran files'
test_expect_success 'a full disk at start' 'ran full'
e2e_done
