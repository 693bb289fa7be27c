#!/bin/sh
test_description='the demonstration of the README'
. "$(dirname "$0")/lib.sh"

test_expect_success ORTHANC 'scripts/demo ends with report, numbers, picture' '
    DEMO_PORT=$NODE_PORT "$ROOT/scripts/demo" >demo.out 2>&1 || {
        cat demo.out
        return 1
    }
    grep "Imaging Measurement Report" demo.out &&
    grep "^right *hka .*truth" demo.out && grep "^left *hka .*truth" demo.out &&
    ! grep "none\|unknown" demo.out &&
    test -s "$(tail -n 1 demo.out)"
'
e2e_done
