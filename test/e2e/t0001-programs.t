#!/bin/sh
# alone
test_description='programs: what they link, how they start'
. "$(dirname "$0")/lib.sh"

for program in osteon osteon-scp osteon-scu osteon-infer osteon-keeper; do
    test_expect_success "$program links no libtorch" "
        ldd '$BIN/$program' >libs &&
        grep libc.so libs &&
        ! grep -i 'torch\|libc10' libs
    "
done
test_expect_success 'osteon-model does' '
    ldd "$BIN/osteon-model" | grep libtorch
'
for program in osteon osteon-scp osteon-scu osteon-infer osteon-keeper; do
    test_expect_success "$program --help and --version" "
        '$BIN/$program' --help >help 2>&1 && test -s help &&
        '$BIN/$program' --version | grep '^osteon'
    "
done

# A sanitized build is neither small nor quick: there the figures say nothing.
[ "$VARIANT" = release ] && test_set_prereq RELEASE
test_expect_success RELEASE 'osteon-scp answers C-ECHO within 100 ms of its start' '
    node_config && mkdir -p state/spool &&
    took=$(/usr/bin/python3 "$ROOT/test/e2e/start-to-echo.py" $NODE_PORT \
        "$BIN/osteon-scp" -c osteon.yaml) &&
    say "# first C-ECHO answered after $took ms" && test "$took" -le 100
'
test_expect_success 'osteon-scp starts and is ready' '
    node_config && mkdir -p state/spool &&
    "$BIN/osteon-scp" -c osteon.yaml 2>scp.log &
    scp=$! && e2e_keep $scp &&
    wait_for 10 echoscu -aec OSTEON 127.0.0.1 $NODE_PORT &&
    grep event=ready scp.log
'
test_expect_success RELEASE 'osteon-scp idles below 12 MB' '
    rss=$(awk "/VmRSS/ {print \$2}" /proc/$scp/status) &&
    say "# VmRSS $rss kB" &&
    test "$rss" -lt 12288
'
test_expect_success 'a wrong called AE title is rejected, the node lives on' '
    test_must_fail echoscu -aec NOBODY 127.0.0.1 $NODE_PORT 2>reject &&
    grep -i "called.*ae.*title\|Called AE" reject &&
    echoscu -aec OSTEON 127.0.0.1 $NODE_PORT
'
test_expect_success 'the conformance statement says what the programs say' '
    VARIANT=$VARIANT "$ROOT/scripts/conformance" --check
'
e2e_done
