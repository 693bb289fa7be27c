#!/bin/sh
test_description='a canary name is nowhere but in images: the short form of test/torture'
. "$(dirname "$0")/lib.sh"

run_case 67-privacy CRASHES=1 GARBAGE=6
e2e_done
