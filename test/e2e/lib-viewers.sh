# Sourced after lib.sh by the tests of viewers: gets them, or skips with a reason
# where npm is not to be had. CI has it: there a viewer that does not come is a
# failure.
#   shellcheck shell=sh disable=SC2034,SC2154

VIEWERS=$ROOT/test/viewers
BANNER='AI-generated, not verified by a physician. Not for diagnostic use.'

if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
    skip_all='no npm'
    test_done
fi
"$VIEWERS/install" >viewers.log 2>&1
viewers_status=$?
if [ $viewers_status != 0 ] && [ -z "${CI:-}" ]; then
    skip_all="npm gives no viewers: $(tail -n 1 viewers.log)"
    test_done
fi
test_expect_success 'the viewers are here' '
    cat viewers.log && test $viewers_status = 0 &&
    test -d "$VIEWERS/node_modules/dcmjs" &&
    test -e "$ROOT/build/viewers/ohif/index.html"
'
viewer() { # PROGRAM ARGS...: one of test/viewers
    viewer_program=$1
    shift
    node "$VIEWERS/$viewer_program.mjs" "$@"
}
# shapes: every report the unit tests make, in gold/, with its images, and the
# presentation states and key object selections
# All but that of a number without a place, which OHIF does not load
shapes() {
    mkdir -p gold && : >gold.log &&
        for shapes_of in test_sr test_gsps; do
            make -s -C "$ROOT" VARIANT="$VARIANT" \
                "build/$VARIANT/test/$shapes_of" &&
                (cd "$ROOT" && OSTEON_GOLDEN="$SHARNESS_TRASH_DIRECTORY/gold" \
                    "$BIN/test/$shapes_of") >>gold.log 2>&1 || return 1
        done &&
        mv gold/sr_nowhere.dcm nowhere.dcm && ls gold/sr_*.dcm >/dev/null
}
