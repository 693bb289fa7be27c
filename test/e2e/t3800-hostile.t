#!/bin/sh
test_description='malformed objects and mutated associations: the short form of test/torture'
. "$(dirname "$0")/lib.sh"

run_case 60-hostile EACH="${EACH:-3}"
run_case 65-associations N="${N:-400}"
e2e_done
