#!/bin/sh
test_description='fuzz targets: a minute of each (make fuzz: ten million of each)'
. "$(dirname "$0")/lib.sh"

# The sanitizers are in the fuzz build already: once is enough.
[ "$VARIANT" = release ] && test_set_prereq RELEASE
FUZZ_SECONDS=${FUZZ_SECONDS:-60}
export FUZZ_SECONDS

test_expect_success RELEASE 'no crash, no hang, no report of a sanitizer' '
    nice -n 15 "$ROOT/scripts/fuzz" >fuzz.log 2>&1 || { cat fuzz.log >&2; false; }
'
[ ! -e fuzz.log ] || sed 's/^/# /' fuzz.log
test_expect_success RELEASE 'every target ran, and found its way into the code' '
    for target in "$ROOT"/test/fuzz/fuzz_*.c; do
        name=$(basename "$target" .c)
        runs=$(sed -n "s/^$name: \([0-9]*\) exec.*clean/\1/p" fuzz.log) &&
        covered=$(sed -n "s/^$name: .*cov: \([0-9]*\),.*/\1/p" fuzz.log) &&
        test "$runs" -gt 1000 && test "$covered" -gt 30 || return 1
    done
'
e2e_done
