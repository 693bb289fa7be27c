#!/bin/sh
# alone
test_description='callers that stall keep nobody out, in short'
. "$(dirname "$0")/lib.sh"

test_expect_success 'one and 32 stalled callers of each kind; a leak of DCMTK' '
    mkdir case &&
    E2E_PORTS=$((NODE_PORT - 2000)) TORTURE_DIR=$PWD/case VARIANT=$VARIANT \
        STALLS="1 32" ECHOES=4 ASSOCIATE_S=1 IDLE_S=1 \
        IDENTITIES=50 "$ROOT/test/torture/50-stalls" >table || {
        cat table >&2
        false
    }
'

cat >reload.py <<-EOF
	import signal, os, sys, threading, time
	sys.path.insert(0, "$ROOT/test/torture")
	import lib_dicom as dicom
	statuses = []
	object = dicom.noise(100000)  # seven fragments
	sender = threading.Thread(target=lambda: statuses.extend(
	    dicom.store($NODE_PORT, [object], pause=1.3)))
	sender.start()
	time.sleep(0.7)
	os.kill(int(sys.argv[1]), signal.SIGHUP)
	while "event=conf.loaded" not in open("node.log").read():
	    time.sleep(0.02)
	begun = time.monotonic()
	time.sleep(0.1)
	assert dicom.wait_until_echo($NODE_PORT), "nobody listens"
	gap, sending = time.monotonic() - begun, sender.is_alive()
	sender.join()
	print(f"# listens again after {gap:.1f} s, the object: {statuses[0]}")
	sys.exit(not (sending and statuses == [0]))
EOF
test_expect_success 'at SIGHUP an object is received to its end, beside the next receiver' '
    echo "  - {name: all, match: {}, forward: [pacs]}" >routes &&
    node_config routes &&
    node_start &&
    /usr/bin/python3 reload.py $NODE_PID &&
    node_stop
'

e2e_done
