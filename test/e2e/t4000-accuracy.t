#!/bin/sh
test_description='the reference models on films that training never saw'
. "$(dirname "$0")/lib.sh"

for model in leg-alignment spine-cobb; do
    test_expect_success "$model within the bounds of scripts/evaluate" '
        "$ROOT/scripts/evaluate" --osteon "$BIN/osteon" --model $model >table
        status=$?
        sed "s/^/# /" table && test $status = 0
    '
done
e2e_done
