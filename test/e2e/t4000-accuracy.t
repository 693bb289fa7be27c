#!/bin/sh
test_description='the reference models on films that training never saw'
. "$(dirname "$0")/lib.sh"

for folder in "$ROOT"/models/*/; do
    model=$(basename "$folder")
    test_expect_success "$model within the bounds of scripts/evaluate" '
        "$ROOT/scripts/evaluate" --osteon "$BIN/osteon" --model $model >table
        status=$?
        sed "s/^/# /" table && test $status = 0
    '
done
e2e_done
