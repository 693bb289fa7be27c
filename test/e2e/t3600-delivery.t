#!/bin/sh
test_description='every answer a destination can give, and every one it can fail to give'
. "$(dirname "$0")/lib.sh"
test -x /usr/bin/python3 && test_set_prereq PYTHON

OTHER_PORT=$((e2e_base + 4))

cat >routes.yaml <<EOF
  - name: all
    match: {}
    models: []
    forward: [peer, other]
EOF
configure() {
    node_config routes.yaml
    sed -i -e 's/^  retry: .*/  retry: {first: 100ms, cap: 500ms, parked: 600ms}/' \
        -e '/^  pacs: /d' osteon.yaml
    sed -i "/^destinations:/a\\
  peer: {ae: SCRIPTED, host: 127.0.0.1, port: $PEER_PORT, connect: 1s, response: 1s, idle: 0s}\\
  other: {ae: OTHER, host: 127.0.0.1, port: $OTHER_PORT}" osteon.yaml
}
script() { # JSON: from the next association on
    printf '%s' "$1" >script.new && mv script.new script.json
}
start_peers() {
    /usr/bin/python3 "$ROOT/test/e2e/scripted-scp.py" --log peer.log \
        "$PEER_PORT" script.json &
    e2e_keep $!
    storescp -od other --fork -aet OTHER "$OTHER_PORT" &
    e2e_keep $!
}
film=0
make_film() { # sets $study, $uid
    film=$((film + 1))
    study=2.25.3600$film
    uid=2.25.3601$film
    /usr/bin/python3 "$ROOT/test/e2e/make-dicom.py" --rows 16 --columns 16 "$@" \
        --study $study --sop-uid $uid film.dcm
}
arrive() { make_film "$@" && send film.dcm; }
job() { # JQ: of the delivery of $study to peer
    osteon_json show $study |
        jq -r ".jobs[] | select(.stage == \"send\" and .destination == \"peer\") | $1"
}
is() { [ "$(job .state)" = "$1" ]; } # STATE
why() { job .why | grep -qF "$1"; }
tried() { ! is "done" && [ "$(job .why)" ]; }
peer_state() {
    osteon_json status | jq -r '.destinations[] | select(.name == "peer") | .state'
}
peer_is() { [ "$(peer_state)" = "$1" ]; }
closed() { sleep 0.2; } # idle: 0s; the next association is another one
count() { grep -c "\"event\": \"$1\"" peer.log || :; } # EVENT

test_expect_success PYTHON 'a node, a scripted peer and another destination' '
    script "{}" && mkdir -p other && start_peers &&
    configure && node_start &&
    arrive && wait_for 5 is "done" && peer_is up
'

# LONG=1: all of them (test/torture/40-peers); else one of each kind.
delivered="B007 0111"
dead="A900 C000 0122"
later="A700"
parked="1/1/3"
down="2/3/2"
if [ "${LONG:-}" ]; then
    delivered="0000 B000 B006 B007 0111"
    dead="A900 A901 C000 CFFF 0112 0117 0122 0124 0210 FE00"
    later="A700 A7FF 0110 0213"
    parked="1/1/1 1/1/2 1/1/3 1/1/7 1/2/1 1/2/2"
    down="2/1/1 2/2/1 2/3/1 2/3/2"
fi

for status in $delivered; do
    test_expect_success PYTHON "$status: delivered" '
        script "{\"store\": \"$status\"}" && closed &&
        arrive && wait_for 5 is "done" &&
        osteon_json show $study | grep -q "\"$status\""
    '
done
for status in $dead; do
    test_expect_success PYTHON "$status: a dead letter with an alarm" '
        script "{\"store\": \"$status\"}" && closed &&
        arrive && wait_for 5 is dead && why "answered $status" &&
        grep "level=error.*event=job.buried.*answered $status" node.log
    '
done
test_expect_success PYTHON 'no accepted context: a dead letter, and retry brings it back' '
    script "{\"accept\": \"none\"}" && closed &&
    arrive && wait_for 5 is dead && why "does not accept SOP class" &&
    script "{}" && closed &&
    "$BIN/osteon" retry -c osteon.yaml $(job .id) && wait_for 5 is "done"
'
for status in $later; do
    test_expect_success PYTHON "$status: later, and then delivered" '
        script "{\"store\": \"$status\"}" && closed &&
        arrive && wait_for 5 tried && why "answered $status" &&
        script "{}" && wait_for 8 is "done" && peer_is up
    '
done

reject() { # R/S/D STATE
    script "{\"reject\": [$(echo "$1" | tr / ,)]}" && closed && arrive &&
        wait_for 5 peer_is "$2" &&
        grep "event=destination.$2.*rejected ($1)" node.log &&
        is queued && [ "$(job .attempts)" = 0 ] &&
        script '{}' && wait_for 5 is "done" && peer_is up
}
for code in $parked; do
    test_expect_success PYTHON "rejected $code: parked, looked at again" '
        reject $code parked
    '
done
test_expect_success PYTHON 'parked is an alarm' '
    grep "level=error.*event=destination.parked.*title is not known" node.log
'
for code in $down; do
    test_expect_success PYTHON "rejected $code: down, looked at again" '
        reject $code down
    '
done

test_expect_success PYTHON 'down: one look per pause, whatever waits, and no attempt is spent' '
    script "{\"connect\": \"close\"}" && closed &&
    for i in 1 2 3 4 5 6 7 8 9 10; do arrive || return 1; done &&
    wait_for 5 peer_is down &&
    before=$(count connect) && sleep 3 && looks=$(($(count connect) - before)) &&
    echo "$looks looks in 3 s" && test $looks -ge 2 && test $looks -le 10 &&
    is queued && test "$(job .attempts)" = 0 &&
    test $(grep -c "event=destination.down.*closed" node.log) -le 2 &&
    "$BIN/osteon" status -c osteon.yaml | grep "^peer *down" && osteon_json status | jq -e "
        .destinations[] | select(.name == \"peer\") | .reason != \"\" and
        .since != null" &&
    script "{}" && wait_for 8 is "done"
'
test_expect_success PYTHON 'one that answers A700 to everything is not tried once per object' '
    script "{\"store\": \"A700\"}" && closed &&
    for i in 1 2 3 4 5 6 7 8 9 10; do arrive || return 1; done &&
    wait_for 5 peer_is busy &&
    before=$(count store) && sleep 3 && tries=$(($(count store) - before)) &&
    echo "$tries tries in 3 s" && test $tries -ge 2 && test $tries -le 10 &&
    grep "level=warn.*event=destination.busy.*A700" node.log &&
    script "{}" && wait_for 10 is "done" && peer_is up
'

# What cannot be answered is sent again: the same UID, the same bytes.
unanswered() { # SCRIPT
    script "$1" && closed && arrive && wait_for 8 tried &&
        osteon_json show $study >unanswered.json &&
        script '{}' && wait_for 8 is "done" &&
        grep "\"$uid\"" peer.log | grep -q '"status": "0000"'
}
test_expect_success PYTHON 'mute after the object' 'unanswered "{\"store\": \"mute\"}"'
test_expect_success PYTHON 'reset after the object' 'unanswered "{\"store\": \"reset\"}"'
test_expect_success PYTHON 'reset in the middle of it' '
    script "{\"store\": \"first-byte\"}" && closed &&
    arrive --rows 400 --columns 400 --pixels noise && wait_for 8 tried &&
    script "{}" && wait_for 8 is "done"
'
test_expect_success PYTHON 'closed after the object' 'unanswered "{\"store\": \"close\"}"'
test_expect_success PYTHON 'aborted after the object' 'unanswered "{\"store\": \"abort\"}"'
test_expect_success PYTHON 'mute after the connection: down by our deadline' '
    script "{\"connect\": \"mute\"}" && closed && arrive &&
    wait_for 5 peer_is down &&
    grep "event=destination.down.*no answer to the association request" node.log &&
    script "{}" && wait_for 8 is "done"
'
test_expect_success PYTHON 'a peer that stopped: a deadline, and nobody else waits' '
    script "{\"store\": \"mute\"}" && closed && arrive && sleep 0.3 && arrive &&
    delivered_to_other() {
        osteon_json show $study | jq -e ".jobs[] |
            select(.destination == \"other\") | .state == \"done\""
    } && wait_for 2 delivered_to_other && ! is "done" &&
    script "{}" && wait_for 10 is "done"
'
test_expect_success PYTHON 'each object was taken once' '
    grep "\"event\": \"store\"" peer.log | grep -E "\"(0000|B00.|0111)\"" |
        jq -r .uid | sort | uniq -d >twice && test_must_be_empty twice
'

# It may have taken what it had not answered: the same again does no harm.
test_expect_success PYTHON 'a peer that reads 20 KB a second: a deadline for the object' '
    script "{\"read\": 20000}" && closed &&
    arrive --rows 1500 --columns 1500 --pixels noise && wait_for 10 tried &&
    why "no answer in time" && script "{}" && wait_for 8 is "done"
'

cat >broken.py <<'EOF'
# A sender that breaks off in the middle of an object: by reset, or by silence.
import socket, struct, sys, time
def item(k, b): return struct.pack(">BBH", k, 0, len(b)) + b
CLASS = b"1.2.840.10008.5.1.4.1.1.1"
s = socket.create_connection(("127.0.0.1", int(sys.argv[1])), timeout=10)
b = struct.pack(">HH", 1, 0) + b"OSTEON".ljust(16) + b"BROKEN".ljust(16)
b += bytes(32) + item(0x10, b"1.2.840.10008.3.1.1.1")
b += item(0x20, b"\1\0\0\0" + item(0x30, CLASS) +
          item(0x40, b"1.2.840.10008.1.2"))
b += item(0x50, item(0x51, struct.pack(">I", 65536)) + item(0x52, b"2.25.1"))
s.sendall(struct.pack(">BBI", 1, 0, len(b)) + b)
s.recv(65536)
def el(n, v): return struct.pack("<HHI", 0, n, len(v)) + v
c = el(2, CLASS + b"\0") + el(0x100, b"\1\0") + el(0x110, b"\1\0")
c += el(0x700, b"\0\0") + el(0x800, b"\0\0") + el(0x1000, b"2.25.77\0")
c = el(0, struct.pack("<I", len(c))) + c
def pdv(k, d): return struct.pack(">BBIIBB", 4, 0, len(d) + 6, len(d) + 2, 1, k) + d
s.sendall(pdv(3, c) + pdv(0, b"\x08\0\x05\0\x0a\0\0\0ISO_IR 100"))
time.sleep(0.3)
if sys.argv[2] == "reset":
    s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    s.close()
else:
    time.sleep(60)
EOF
nothing_left() { [ -z "$(ls state/spool/tmp 2>/dev/null)" ]; }
test_expect_success PYTHON 'a sender that resets in the middle leaves nothing' '
    /usr/bin/python3 broken.py $NODE_PORT reset &&
    wait_for 5 grep "event=association.broken.*BROKEN" node.log &&
    wait_for 5 nothing_left &&
    ! grep "event=object.received.*BROKEN" node.log &&
    echoscu -aec OSTEON 127.0.0.1 $NODE_PORT
'
test_expect_success PYTHON 'all processes are alive' '
    osteon_json status | jq -e "all(.processes[]; .alive)" &&
    ! grep "event=process.died\|event=association.died" node.log
'
e2e_done
