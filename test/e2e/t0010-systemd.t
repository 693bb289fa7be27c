#!/bin/sh
test_description='the systemd units: hardened, complete, installed as written'
. "$(dirname "$0")/lib.sh"

# 20 is an exposure of 2.0; a bare unit has 9.6
for unit in "$ROOT"/scripts/systemd/*.service; do
    test_expect_success "$(basename "$unit") is judged hardened" '
        systemd-analyze security --offline=true --threshold=20 "$unit" \
            >security 2>&1 || { tail -n 1 security >&2; false; }
    '
done
test_expect_success 'the judge would say no: a unit without the directives' '
    printf "[Service]\nExecStart=/usr/bin/true\n" >bare.service &&
    ! systemd-analyze security --offline=true --threshold=20 \
        "$PWD/bare.service" >/dev/null 2>&1
'
test_expect_success 'make install: systemd finds no fault with what it put there' '
    root=$(mktemp -d) && # of a name without a space, which make would split
    test_when_finished "rm -rf $root" &&
    units=$root/etc/systemd/system &&
    make -C "$ROOT" -s VARIANT="$VARIANT" DESTDIR="$root" PREFIX=/usr \
        install >install.log 2>&1 &&
    ls $units/osteon-.service.d/10-hardening.conf \
        $root/etc/sysusers.d/osteon.conf &&
    for unit in $units/*.service; do
        grep -q "ExecStart=/usr/bin/osteon-" "$unit" || return 1
        # the programs are there and not here; man pages are not read
        sed -e "s,=/usr/bin/,=$root/usr/bin/," -e /^Documentation/d \
            -i "$unit" || return 1
    done &&
    systemd-analyze verify $units/*.service >verify 2>&1 &&
    test_must_be_empty verify
'
test_expect_success 'every program that stays has its unit' '
    for program in keeper scp scu infer; do
        ls "$ROOT"/scripts/systemd/osteon-$program*.service || return 1
    done
'
e2e_done
