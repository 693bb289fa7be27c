#!/bin/sh
test_description='the wall clock jumps: the short form of test/torture'
. "$(dirname "$0")/lib.sh"

run_case 85-clock STEPS=2 WATCH_S=0
e2e_done
