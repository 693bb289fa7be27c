#!/bin/sh
test_description='osteon check: what is wrong is named with its place, what is
right is read back in words'
. "$(dirname "$0")/lib.sh"

osteon() {
    "$BIN/osteon" "$@"
}
# refused STATUS WORDS ARGS...: exit status, and the message on stderr
refused() {
    wanted=$1 words=$2
    shift 2
    osteon "$@" >out 2>message
    got=$?
    cat message
    test $got = "$wanted" && grep -e "$words" message
}

test_expect_success 'no command, a wrong command, a wrong option: 2' '
    refused 2 "^usage: osteon" &&
    refused 2 "unknown command \"stauts\"; did you mean \"status\"" stauts &&
    refused 2 "unknown command \"qwertyuiop\"; see osteon --help" qwertyuiop &&
    refused 2 "unknown option --colour" status --colour &&
    refused 2 "no value for -c" check -c
'
test_expect_success 'each command has --help' '
    for command in run check echo explain analyse status show retry hold \
        release drop; do
        osteon $command --help >help && grep "^usage: osteon $command" help &&
            test -e "$ROOT/docs/man/osteon-$command.1" || return 1
    done
'
test_expect_success 'no configuration: 78' '
    refused 78 "nowhere.yaml.*No such file" check -c nowhere.yaml
'
test_expect_success 'an unknown key: 78, place and nearest key' '
    node_config && sed "s/ae_titles:/ae_title:/" osteon.yaml >bad.yaml &&
    refused 78 "bad.yaml:2:3: .*ae_title.*did you mean \"ae_titles\"" \
        check -c bad.yaml
'
test_expect_success 'an unknown attribute in a route: 78 and its place' '
    sed "s/{Modality:/{Modalty:/" osteon.yaml >bad.yaml &&
    refused 78 "bad.yaml:[0-9]*:[0-9]*: .*Modalty" check -c bad.yaml &&
    refused 78 "Modalty" run -c bad.yaml &&
    refused 78 "Modalty" explain -c bad.yaml film.dcm
'
test_expect_success 'a destination that does not exist: 78 and its place' '
    sed "s/send: .pacs./send: [pcas]/" osteon.yaml >bad.yaml &&
    refused 78 "bad.yaml:[0-9]*:[0-9]*: .*pcas" check -c bad.yaml
'
test_expect_success 'a refusal as JSON' '
    test_expect_code 78 osteon check --json -c bad.yaml >out.json &&
    jq -e ".ok == false and (.error | test(\"pcas\"))" out.json
'
test_expect_success 'a full disk does not look like success' '
    test_expect_code 1 osteon status -c osteon.yaml >/dev/full &&
    test_expect_code 1 osteon --help >/dev/full
'
test_expect_success 'a good one is read back, its model loaded' '
    osteon check -c osteon.yaml >out && cat out &&
    grep "osteon.yaml: ok" out &&
    grep "OSTEON on 127.0.0.1:$NODE_PORT" out &&
    grep "pacs: ORTHANC@127.0.0.1:$PACS_PORT" out &&
    grep "if *Modality has a value" out &&
    grep "then *runs leg-alignment, sends SR and SC to pacs" out &&
    grep "model leg-alignment [0-9.]*: ok" out
'
test_expect_success 'neither spool nor database was made' '
    ! find state -mindepth 1 | grep .
'
test_expect_success 'the same as JSON' '
    osteon check --json -c osteon.yaml >out.json &&
    jq -e ".ok and .port == $NODE_PORT and .routes[0].name == \"all\" and
        (.models | length) == 1" out.json
'
test_expect_success 'weights that are not those of the bundle: 78' '
    mkdir bundles && cp -r "$ROOT/models/leg-alignment" bundles/ &&
    chmod -R u+w bundles && echo x >>bundles/leg-alignment/model.pt &&
    sed "s,^models: .*,models: $PWD/bundles," osteon.yaml >bad.yaml &&
    refused 78 "sha\|SHA\|hash" check -c bad.yaml
'
e2e_done
