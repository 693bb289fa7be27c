#!/bin/sh
test_description='the wall clock jumps: the short form of test/torture'
. "$(dirname "$0")/lib.sh"

# A case says RESULT<tab>what<tab>asked<tab>found<tab>verdict: each a test.
run_case() { # NAME VARIABLE=VALUE...
    case_name=$1
    shift
    env "$@" E2E_PORTS="${E2E_PORTS:-30720}" VARIANT="$VARIANT" \
        TORTURE_DIR="$PWD/$case_name" \
        "$ROOT/test/torture/$case_name" >"$case_name.out" 2>"$case_name.err"
    case_status=$?
    say "# $(tail -n 1 "$case_name.err")"
    while IFS='	' read -r word what asked found verdict; do
        [ "$word" = RESULT ] || continue
        [ "$verdict" != skipped ] || what="$what # SKIP"
        test_expect_success "$what: $asked: $found" "test $verdict != FAIL"
    done <"$case_name.out"
    test_expect_success "$case_name ends well" "test $case_status = 0"
}

run_case 85-clock STEPS=2 WATCH_S=0
e2e_done
