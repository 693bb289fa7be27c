#!/bin/sh
test_description='storage commitment: asked, reported here or there, refused, never, twice, by others'
. "$(dirname "$0")/lib.sh"
[ -x /usr/bin/python3 ] && test_set_prereq PYTHON

QR_PORT=$((e2e_base + 4))

cat >routes.yaml <<EOF
  - name: by-commitment
    match: {}
    models: []
    forward: [peer]
EOF
configure() { # DESTINATION-ENTRY
    node_config routes.yaml
    sed -i -e 's/^  retry: .*/  retry: {first: 100ms, cap: 500ms}/' \
        -e "s/^  pacs: .*/  peer: $1/" osteon.yaml
}
fresh() { # DESTINATION-ENTRY: another node
    [ "${NODE_PID:-}" ] && node_stop
    rm -rf state && mkdir state && configure "$1" && node_start
}
script() { # JSON
    printf '%s' "$1" >script.new && mv script.new script.json
}
start_peer() {
    /usr/bin/python3 "$ROOT/test/e2e/scripted-scp.py" --log peer.log \
        "$PEER_PORT" script.json &
    e2e_keep $!
}
film=0
study_of() { # N: a study with N images arrives; the last is $uid
    study=2.25.3650$((film + 1))
    films=
    for i in $(seq "$1"); do
        film=$((film + 1))
        uid=2.25.3651$film
        films="$films film-$i.dcm"
        /usr/bin/python3 "$ROOT/test/e2e/make-dicom.py" --rows 16 \
            --columns 16 --study "$study" --sop-uid $uid "film-$i.dcm" ||
            return 1
    done
    storescu -aet MODALITY -aec OSTEON 127.0.0.1 "$NODE_PORT" $films
}
jobs_are() { # STAGE STATE...: all of $study, each state once, sorted
    stage=$1
    shift
    [ "$(job_states "$study" "$stage" | uniq | tr '\n' ' ')" = "$* " ]
}
reported() { # STATUS: the peer's last report was answered so
    grep '"event": "report"' peer.log | tail -n 1 | grep -q "\"status\": \"$1\""
}
records() { # EVENT: of $study, in the ledger
    cat state/audit/* | grep -a "\"$1\"" | grep -a "\"$study\"" || :
}
committed() { [ "$(records object.committed | wc -l)" -eq "$1" ]; }
uncommitted() { [ "$(records object.uncommitted | wc -l)" -ge "$1" ]; }
stores() { # of $uid at the peer
    grep '"event": "store"' peer.log | grep -c "\"$uid\"" || :
}
actions() {
    grep '"event": "action"' peer.log | grep -c "\"$uid\"" || :
}

test_expect_success PYTHON 'a node whose PACS commits' '
    script "{\"report\": {}}" && start_peer &&
    fresh "{ae: SCRIPTED, host: 127.0.0.1, port: $PEER_PORT, idle: 0s, \
response: 3s, commit: naction, commit_wait: 20s}"
'
test_expect_success PYTHON 'on the same association: one question for the study' '
    study_of 3 && wait_for 10 jobs_are commit "done" &&
    jobs_are send "done" && reported 0000 &&
    test $(grep -c "\"event\": \"action\"" peer.log) = 1 &&
    grep "event=commit.asked.*objects=3" node.log &&
    grep "prog=osteon-scu.*event=commit.answered.*committed=3 resent=0" node.log
'
test_expect_success PYTHON 'it is in the ledger' 'wait_for 5 committed 3'
test_expect_success PYTHON 'on the same association, half a second later' '
    script "{\"report\": {\"after\": 0.5}}" && study_of 1 &&
    wait_for 10 jobs_are commit "done" && reported 0000
'
test_expect_success PYTHON 'on a new association, with the role of an SCP' '
    script "{\"report\": {\"on\": \"new\", \"port\": $NODE_PORT}}" &&
    study_of 2 && wait_for 10 jobs_are commit "done" && reported 0000 &&
    grep "prog=osteon-scp.*event=commit.answered.*committed=2" node.log
'
test_expect_success PYTHON 'a report that comes twice: the same answer, no change' '
    script "{\"report\": {\"on\": \"new\", \"port\": $NODE_PORT,
        \"times\": 3}}" &&
    study_of 1 && wait_for 10 jobs_are commit "done" &&
    twice() { [ $(grep -c "event=commit.answered.*duplicate=1" node.log) = 2 ]; } &&
    wait_for 5 twice && reported 0000 &&
    sleep 2 && committed 1
'

test_expect_success PYTHON 'a node that asks again after four seconds' '
    fresh "{ae: SCRIPTED, host: 127.0.0.1, port: $PEER_PORT, idle: 0s, \
response: 3s, commit: naction, commit_wait: 4s}"
'
test_expect_success PYTHON 'without the role there is no context' '
    script "{\"report\": {\"on\": \"new\", \"port\": $NODE_PORT,
        \"role\": false}}" && study_of 1 &&
    wait_for 10 grep "context result 3" peer.log && jobs_are commit queued &&
    script "{\"report\": {}}" && wait_for 10 jobs_are commit "done"
'
test_expect_success PYTHON 'a transaction that nobody asked for: 0115' '
    script "{\"report\": {\"on\": \"new\", \"port\": $NODE_PORT,
        \"transaction\": \"2.25.99\"}}" &&
    study_of 1 && wait_for 10 reported 0115 &&
    grep "event=commit.refused status=.0115. reason=.no such transaction" node.log &&
    jobs_are commit queued && committed 0 &&
    script "{\"report\": {}}" && wait_for 10 jobs_are commit "done"
'
test_expect_success PYTHON 'another one may not speak for it: 0115' '
    script "{\"report\": {\"on\": \"new\", \"port\": $NODE_PORT,
        \"title\": \"SOMEBODY\"}}" &&
    study_of 1 && wait_for 10 reported 0115 &&
    grep "event=commit.refused.*another destination.*SOMEBODY" node.log &&
    jobs_are commit queued && committed 0 &&
    script "{\"report\": {}}" && wait_for 10 jobs_are commit "done"
'
reasons="0110 0131"
[ "${LONG:-}" ] && reasons="0110 0112 0119 0122 0131 0213"
for reason in $reasons; do
    test_expect_success PYTHON "failure reason $reason: sent again, and asked again" '
        script "{\"report\": {\"failed\": \"all\", \"reason\": \"$reason\"}}" &&
        study_of 1 && wait_for 10 uncommitted 1 &&
        script "{\"report\": {}}" && wait_for 10 committed 1 &&
        wait_for 5 jobs_are send "done" && test $(stores) -ge 2 &&
        records object.uncommitted | grep "\"$reason\""
    '
done
test_expect_success PYTHON 'one of three failed: that one is sent again' '
    script "{\"report\": {\"failed\": 1}}" && study_of 3 &&
    wait_for 10 uncommitted 1 && script "{\"report\": {}}" &&
    wait_for 10 committed 3 && jobs_are send "done"
'
test_expect_success PYTHON 'refused again and again: dead, with an alarm' '
    script "{\"report\": {\"failed\": \"all\"}}" && study_of 1 &&
    wait_for 30 jobs_are send dead && test $(stores) = 4 &&
    grep "level=error.*event=commit.answered.*dead=1" node.log &&
    osteon_json show $study | grep "does not keep it: failure reason 0110" &&
    failed() { records delivery.failed | grep 0110; } && wait_for 5 failed
'
test_expect_success PYTHON 'no report, three times: dead, with an alarm' '
    script "{\"report\": {\"on\": \"never\"}}" && study_of 1 &&
    wait_for 20 jobs_are commit dead && test $(actions) = 3 &&
    jobs_are send "done" && test $(stores) = 1 &&
    test $(grep "\"event\": \"action\"" peer.log | tail -n 3 |
        jq -r .transaction | sort -u | wc -l) = 3 &&
    grep "level=error.*event=job.buried.*did not report" node.log
'
test_expect_success PYTHON 'retry asks again' '
    script "{\"report\": {}}" &&
    "$BIN/osteon" retry -c osteon.yaml $(osteon_json show $study |
        jq ".jobs[] | select(.stage == \"commit\") | .id") &&
    wait_for 10 jobs_are commit "done"
'
test_expect_success PYTHON 'the question is not answered: asked anew, delivered once' '
    script "{\"action\": [\"mute\", \"reset\", \"0213\", \"0000\"],
        \"report\": {}}" && study_of 1 &&
    wait_for 30 jobs_are commit "done" && test $(stores) = 1 &&
    test $(actions) -ge 4
'
test_expect_success PYTHON 'the question is refused: dead, with an alarm' '
    script "{\"action\": \"0122\"}" && study_of 1 &&
    wait_for 10 jobs_are commit dead &&
    grep "level=error.*event=job.buried.*answered 0122 when asked" node.log
'
test_expect_success PYTHON 'the PACS knows no commitment: dead, and says which key' '
    script "{\"accept\": [\"1.2.840.10008.5.1.4.1.1.1\",
        \"1.2.840.10008.5.1.4.1.1.1.1\"]}" && study_of 1 &&
    wait_for 10 jobs_are commit dead && jobs_are send "done" &&
    osteon_json show $study | grep "does not accept SOP class 1.2.840.10008.1.20.1"
'

cat >hostile.py <<'EOF'
# Reports that no PACS would send; prints the status of each.
import importlib.util, struct, sys
sys.argv = ["x", sys.argv[1], "x"]
source = open(sys.argv[0] if False else "scripted.py").read()
module = {}
exec(compile(source.replace("\nmain()\n", "\n"), "scripted", "exec"), module)
class Args: ae, port = "SCRIPTED", 0
module["args"] = Args
P = int(sys.argv[1])
def one(kind, data, instance=module["INSTANCE"]):
    a = module["request_association"](1, {"port": P}, "OSTEON")
    a.send(1, {0x0002: module["COMMITMENT"], 0x0100: 0x100, 0x0110: 1,
               0x1000: instance, 0x1002: kind}, data)
    try:
        print("%04X" % a.next_command()[1][0x0900])
    except module["Ended"] as why:
        print(why)
    a.sock.close()
e, p = module["element"], module["padded"]
good = e(8, 0x1195, p("2.25.99"))
one(1, good)
one(3, good)
one(1, good, "1.2.3")
one(1, b"")
one(1, e(8, 0x1195, b"../../etc/passwd"))
one(1, good + e(8, 0x1199, b"\xfe\xff\0\xe0\xff\xff\xff\xff" * 8))
deep = struct.pack("<HHI", 8, 0x1199, 0xFFFFFFFF) + \
    struct.pack("<HHI", 0xFFFE, 0xE000, 0xFFFFFFFF)
one(1, good + deep * 10000)
one(1, good + e(9, 0x1001, bytes(2 << 20)))
EOF
test_expect_success PYTHON 'reports that no PACS would send' '
    cp $ROOT/test/e2e/scripted-scp.py scripted.py &&
    /usr/bin/python3 hostile.py $NODE_PORT >statuses && cat statuses &&
    printf "%s\n" 0115 0113 0112 0212 0212 0212 0212 0212 >expected &&
    test_cmp expected statuses && echoscu -aec OSTEON 127.0.0.1 $NODE_PORT &&
    ! grep "event=association.died" node.log
'
test_expect_success PYTHON 'no process died of it' '
    ! grep "event=process.died" node.log
'

test_expect_success PYTHON 'cfind: asked until it is there' '
    script "{\"find\": \"none\"}" &&
    fresh "{ae: SCRIPTED, host: 127.0.0.1, port: $PEER_PORT, idle: 0s, \
response: 3s, commit: cfind, commit_wait: 60s}" &&
    study_of 2 && wait_for 10 grep "event=job.deferred.*does not have 2 of 2" node.log &&
    script "{}" && wait_for 10 jobs_are commit "done" &&
    wait_for 5 committed 2 && test $(stores) = 1
'
test_expect_success PYTHON 'cfind: answers about something else, or without end, are none' '
    script "{\"find\": \"other\"}" && study_of 1 &&
    wait_for 10 grep "event=job.deferred.*does not have 1 of 1" node.log &&
    script "{\"find\": \"endless\"}" &&
    wait_for 10 grep "event=job.deferred.*answers to a query" node.log &&
    committed 0 && script "{}" && wait_for 10 jobs_are commit "done"
'
test_expect_success PYTHON 'cfind: not there after commit_wait: sent again' '
    node_stop && sed -i "s/commit_wait: 60s/commit_wait: 1s/" osteon.yaml &&
    script "{\"find\": \"none\"}" && node_start && study_of 1 &&
    wait_for 15 uncommitted 1 &&
    script "{}" && wait_for 10 committed 1 && test $(stores) -ge 2 &&
    records object.uncommitted | grep 0112
'

test_expect_success ORTHANC,PYTHON 'Orthanc commits, on an association of its own' '
    pacs_start &&
    fresh "{ae: ORTHANC, host: 127.0.0.1, port: $PACS_PORT, idle: 0s, \
commit: naction}" && study_of 2 &&
    wait_for 20 jobs_are commit "done" && wait_for 5 committed 2 &&
    grep "prog=osteon-scp.*event=commit.answered.*committed=2.*ORTHANC" node.log
'
test_expect_success ORTHANC,PYTHON 'Orthanc has lost one: it is sent again' '
    study_of 1 && wait_for 10 jobs_are send "done" &&
    asks=$(osteon_json show $study |
        jq ".jobs[] | select(.stage == \"commit\") | .id") &&
    "$BIN/osteon" hold -c osteon.yaml $asks &&
    id=$(curl -sf "$PACS_URL/tools/lookup" -d $uid | jq -r ".[0].ID") &&
    curl -sf -X DELETE "$PACS_URL/instances/$id" &&
    "$BIN/osteon" release -c osteon.yaml $asks &&
    wait_for 20 committed 1 &&
    grep "event=commit.answered.*resent=1" node.log &&
    curl -sf "$PACS_URL/tools/lookup" -d $uid | jq -e "length == 1"
'
test_expect_success ORTHANC,PYTHON 'cfind at Orthanc' '
    fresh "{ae: ORTHANC, host: 127.0.0.1, port: $PACS_PORT, idle: 0s, \
commit: cfind}" && study_of 2 && wait_for 20 jobs_are commit "done" && wait_for 5 committed 2
'
cat >dcmqrscp.cfg <<EOF
NetworkTCPPort  = $QR_PORT
MaxPDUSize      = 16384
MaxAssociations = 16
HostTable BEGIN
node = (OSTEON, localhost, $NODE_PORT)
HostTable END
VendorTable BEGIN
VendorTable END
AETable BEGIN
QR  qr  RW (100, 1024mb)  ANY
AETable END
EOF
test_expect_success PYTHON 'cfind at dcmqrscp' '
    mkdir -p qr && { dcmqrscp -c dcmqrscp.cfg >qr.log 2>&1 & } &&
    e2e_keep $! &&
    fresh "{ae: QR, host: 127.0.0.1, port: $QR_PORT, idle: 0s, commit: cfind}" &&
    study_of 2 && wait_for 20 jobs_are commit "done" &&
    wait_for 5 committed 2
'
e2e_done
