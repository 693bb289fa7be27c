#!/bin/sh
test_description='kill -9, power cuts and failing system calls: the short form of test/torture'
. "$(dirname "$0")/lib.sh"

run_case 10-kill KILLS="${KILLS:-25}" GROUP=5
run_case 15-power RUNS=2 CONTROLS=1
run_case 20-faults FAULTS=few WORKERS=0
e2e_done
