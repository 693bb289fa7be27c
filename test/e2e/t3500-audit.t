#!/bin/sh
test_description='audit trail: ledger, verify, export, syslog by UDP and TLS'
. "$(dirname "$0")/lib.sh"

film=$LEGS/demo.dcm
study=$(tag "$film" StudyInstanceUID)
SCHEMA=$ROOT/test/fixtures/audit-message.rng
COLLECTOR=$ROOT/test/e2e/syslog-collector.py
LEDGER=state/audit

events() { # the events of the ledger, in order, one a line
    osteon audit --json -n 10000 | jq -r .event
}
recorded() { # EVENT COUNT
    [ "$(events | grep -cx "$1")" -ge "$2" ]
}
record() { # EVENT: the fields of the last one
    osteon audit --json -n 1 --event "$1" | jq -c .fields
}
collected() { # FILE COUNT: so many records have arrived, each once
    [ "$(grep -c "DICOM+RFC3881" "$1")" -ge "$2" ]
}
collector() { # MODE ARGS...: sets COLLECTOR_PID
    : >collector.out
    "$COLLECTOR" "$@" >collector.out 2>collector.err &
    COLLECTOR_PID=$!
    e2e_keep $COLLECTOR_PID
    wait_for 10 grep -q ready collector.out
}
numbers() { # FILE: record numbers of the messages, in order
    grep -o "ParticipantObjectID=\"[0-9]*\"[^>]*><ParticipantObjectIDTypeCode csd-code=\"record\"" "$1" |
        sed "s/[^0-9]*\([0-9]*\).*/\1/"
}
every_record_arrived() { # FILE
    numbers "$1" | sort -nu >got &&
        osteon audit --json -n 100000 | jq .seq >wanted &&
        cmp got wanted
}
last_ledger() { # the open segment
    ls $LEDGER/*.jsonl | tail -n 1
}

test_expect_success 'one study through the node, and a person in between' '
    node_config && sed -i "s/^models:/audit: {segment: 4KiB}\n&/" osteon.yaml &&
    node_start && send "$film" "$film" && wait_for 60 recorded study.analysed 1 &&
    osteon hold 2 && osteon release 2 && pacs_start &&
    wait_for 60 recorded object.sent 2 && recorded job.released 1
'
test_expect_success 'each event has its record' '
    events >list && cat list && head -n 3 list | sort >first &&
    printf "%s\n" configuration.changed configuration.changed node.started >wanted &&
    test_cmp wanted first &&
    record object.received >fields && cat fields &&
    jq -e ".study_uid == \"$study\" and .receipt == \"duplicate\" and
        .calling_ae == \"MODALITY\" and (.sha256 | length) == 64" fields &&
    record study.analysed >fields && cat fields &&
    jq -e ".model == \"leg-alignment\" and (.weights_sha256 | length) == 64 and
        (.config_sha256 | length) == 64 and .inputs[0].sop_uid != null and
        (.results | length) == 2" fields &&
    record object.sent >fields && cat fields &&
    jq -e ".destination == \"pacs\" and .status == \"0000\"" fields &&
    record job.held >fields && cat fields &&
    jq -e ".user == \"$(id -un)\" and .job == 2" fields
'
test_expect_success 'a person reads it; no name of a patient is in it' '
    osteon audit >out && cat out &&
    grep "object.sent  *destination=pacs status=0000" out &&
    name=$(tag "$film" PatientName) && id=$(tag "$film" PatientID) &&
    for file in $LEDGER/*; do
        zcat -f "$file" >text && ! grep -F -e "$name" -e "$id" text || return 1
    done
'
test_expect_success 'the log names the study by a key, and show finds it' '
    key=$(sed -n "s/.*event=object.received .*study=\"\([0-9a-f]*\)\".*/\1/p" node.log | head -n 1) &&
    [ ${#key} = 16 ] && ! grep -F "$study" node.log &&
    grep "event=object.sent .*study=\"$key\"" node.log &&
    grep "event=job.analysed .*study=\"$key\"" node.log &&
    osteon show study=$key >out && grep "study $study (study=$key in the log)" out &&
    osteon show $key >out && grep "study $study" out &&
    test_expect_code 1 osteon show study=0123456789abcdef
'
test_expect_success 'closed segments, and the chain is intact' '
    osteon audit verify && wait_for 10 [ -e $LEDGER/000001.jsonl.gz ] &&
    ls -l $LEDGER &&
    [ "$(stat -c %a $LEDGER)" = 700 ] && [ "$(stat -c %a "$(last_ledger)")" = 600 ] &&
    osteon audit verify >out && cat out && grep "the chain is intact" out &&
    osteon audit verify --json >out && jq -e ".intact and .secret" out &&
    wait_for 10 recorded chain.verified 2
'
test_expect_success 'a refused caller is counted' '
    for i in 1 2 3; do echoscu -aet EVIL -aec NOBODY 127.0.0.1 $NODE_PORT; done 2>/dev/null
    wait_for 10 recorded caller.refused 1 && record caller.refused >fields &&
    cat fields && jq -e ".calling_ae == \"EVIL\"" fields
'
test_expect_success 'export: each message keeps to the schema of PS3.15' '
    osteon audit export --out messages.xml &&
    [ "$(stat -c %a messages.xml)" = 600 ] &&
    test_expect_code 1 osteon audit export --out messages.xml &&
    osteon audit --json -n 100000 | jq -r .event >list &&
    mkdir -p xml && n=0 && while read -r line; do
        n=$((n + 1)) && printf "%s\n" "$line" >xml/$n.xml
    done <messages.xml &&
    [ $n -ge 10 ] && xmllint --noout --relaxng "$SCHEMA" xml/*.xml
'
xpath() { # EXPRESSION FILE
    xmllint --xpath "$1" "$2" 2>&1
}
message_of() { # EVENT ID, one of its messages
    grep -l "<EventID csd-code=\"$1\"" xml/*.xml | head -n 1
}
test_expect_success 'what the messages must have' '
    file=$(message_of 110100) &&
    [ "$(xpath "string(//EventTypeCode/@csd-code)" $file)" = 110120 ] &&
    [ "$(xpath "string(//ActiveParticipant/RoleIDCode/@csd-code)" $file)" = 110150 ] &&
    file=$(grep -l "csd-code=\"110104\"" xml/*.xml | xargs grep -l "EventActionCode=\"R\"" | head -n 1) &&
    [ "$(xpath "count(//ActiveParticipant[RoleIDCode/@csd-code=\"110153\" and @UserID=\"MODALITY\" and @UserIsRequestor=\"true\"])" $file)" = 1 ] &&
    [ "$(xpath "count(//ActiveParticipant[RoleIDCode/@csd-code=\"110152\" and @UserID=\"OSTEON\"])" $file)" = 1 ] &&
    [ "$(xpath "count(//ParticipantObjectIdentification[@ParticipantObjectTypeCode=2 and @ParticipantObjectTypeCodeRole=3 and @ParticipantObjectID=\"$study\"]//Instance)" $file)" = 1 ] &&
    [ "$(xpath "count(//ParticipantObjectIdentification[@ParticipantObjectTypeCode=1 and @ParticipantObjectTypeCodeRole=1])" $file)" = 1 ] &&
    file=$(grep -l "csd-code=\"110104\"" xml/*.xml | xargs grep -l "UserID=\"ORTHANC\"" | head -n 1) &&
    [ "$(xpath "string(//ActiveParticipant[RoleIDCode/@csd-code=\"110153\"]/@UserID)" $file)" = OSTEON ] &&
    [ "$(xpath "string(//@EventActionCode)" $file)" = C ] &&
    file=$(message_of study.analysed) &&
    [ "$(xpath "string(//EventID/@codeSystemName)" $file)" = 99OSTEON ] &&
    [ "$(xpath "count(//Instance)" $file)" = 3 ] &&
    file=$(message_of 110113) &&
    [ "$(xpath "string(//EventTypeCode/@csd-code)" $file)" = 110131 ] &&
    [ "$(xpath "count(//ParticipantObjectDetail[@type=\"Alert Description\"])" $file)" = 1 ] &&
    file=$(grep -l "csd-code=\"110126\"" xml/*.xml | head -n 1) &&
    [ "$(xpath "count(//ActiveParticipant[@UserID=\"EVIL\" and @NetworkAccessPointID=\"127.0.0.1\"])" $file)" = 1 ] &&
    file=$(message_of 110101) &&
    [ "$(xpath "string(//ParticipantObjectIdentification[1]/ParticipantObjectName)" $file)" = "Security Audit Log" ] &&
    for file in xml/*.xml; do
        [ "$(xpath "count(//ActiveParticipant[@UserIsRequestor=\"true\"]) <= 1" $file)" = true ] || return 1
    done
'
test_expect_success 'filters' '
    osteon audit export --event object.sent | grep -c AuditMessage >count &&
    grep -x 2 count && osteon audit --since 2100-01-01 --json >out && ! [ -s out ] &&
    osteon audit --until 2100-01-01T00:00Z --json -n 100000 >out && [ -s out ] &&
    test_expect_code 2 osteon audit --since yesterday
'
test_expect_success 'stopped: the last record says so; a changed file is recorded' '
    node_stop && events | tail -n 1 >last && grep -x node.stopped last &&
    echo "# a remark" >>osteon.yaml && node_start && node_stop &&
    record configuration.changed >fields && cat fields &&
    jq -e ".old != null and .new != .old and (.file | endswith(\"osteon.yaml\"))" fields &&
    osteon audit verify
'
test_expect_success 'a changed byte: the record is named, and verify says no' '
    file=$(last_ledger) && cp "$file" kept &&
    line=$(($(wc -l <"$file") - 1)) && seq=$(sed -n ${line}p "$file" | jq .seq) &&
    sed -i "${line}s/\"prog\":\"osteon/\"prog\":\"Osteon/" "$file" &&
    test_expect_code 1 osteon audit verify >out && cat out &&
    grep "^first bad record: $seq\$" out && grep "THE CHAIN IS BROKEN" out &&
    grep "$(basename "$file"), line $line" out &&
    cp kept "$file" && osteon audit verify >out && cat out
'
test_expect_success 'without its last record, without a segment' '
    file=$(last_ledger) && cp "$file" kept && sed -i \$d "$file" &&
    test_expect_code 1 osteon audit verify >out && cat out &&
    grep "it is missing at the end: the anchor counts" out && cp kept "$file" &&
    mv $LEDGER/000001.jsonl.gz away &&
    test_expect_code 1 osteon audit verify --json >out && cat out &&
    jq -e ".bad == 1 and (.reason | test(\"segment 000001.jsonl is missing\"))" out &&
    mv away $LEDGER/000001.jsonl.gz && osteon audit verify
'
test_expect_success 'the ledger alone, without the database' '
    mv state/osteon.db away.db && osteon audit verify >out && cat out &&
    grep "was not checked" out && mv away.db state/osteon.db
'
test_expect_success 'the database lost: the ledger goes on, and belongs to this node' '
    n=$(events | wc -l) && rm state/osteon.db* && node_start && node_stop &&
    osteon audit verify >out && cat out && grep "chain is intact" out &&
    ! grep "was not checked" out && [ "$(events | wc -l)" -gt $n ] &&
    recorded database.rebuilt 1 && record object.received >fields && cat fields &&
    jq -e ".rebuilt and .receipt == \"new\"" fields
'
test_expect_success 'weights that are not the right ones are an alert' '
    cp -r $ROOT/models models &&
    printf x | dd of=models/leg-alignment/model.pt bs=1 seek=1000 conv=notrunc 2>/dev/null &&
    sed "s|^models: .*|models: $PWD/models|" osteon.yaml >bad.yaml &&
    test_expect_code 78 timeout 60 "$BIN/osteon-infer" -c bad.yaml 2>err && cat err &&
    "$BIN/osteon-keeper" -c osteon.yaml --once && record model.refused >fields &&
    cat fields && jq -e ".model == \"leg-alignment\" and
        (.reason | test(\"SHA-256\"))" fields
'

# --- the collector
authority() { # certificates of a collector at 127.0.0.1 and of another name
    openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout ca.key -out ca.pem \
        -subj /CN=authority -days 2 2>/dev/null &&
        for name in good other; do
            address=127.0.0.1 && [ $name = good ] || address=127.0.0.9
            openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout $name.key -out $name.csr \
                -subj /CN=$name 2>/dev/null &&
                echo "subjectAltName=IP:$address" >$name.ext &&
                openssl x509 -req -in $name.csr -CA ca.pem -CAkey ca.key \
                    -CAcreateserial -days 2 -extfile $name.ext -out $name.pem \
                    2>/dev/null || return 1
        done
}
syslog_to() { # TRANSPORT [MORE]
    sed -i "s|^audit:.*|audit: {segment: 4KiB, syslog: {transport: $1, host: 127.0.0.1, port: $PEER_PORT${2:-}}}|" osteon.yaml
}
test_expect_success 'syslog by UDP: away at first, then every record arrives' '
    syslog_to udp && node_start && wait_for 10 grep "event=syslog.down" node.log &&
    collector udp $PEER_PORT udp.log && wait_for 20 every_record_arrived udp.log &&
    grep "event=syslog.up" node.log &&
    head -n 1 udp.log >line && cat line &&
    grep -E "^<85>1 20[0-9TZ:.-]+ [^ ]+ osteon - DICOM\+RFC3881 - .*<AuditMessage>" line &&
    sed "s/^[^<]*<85>[^<]*//" line >line.xml && xmllint --noout --relaxng "$SCHEMA" line.xml &&
    node_stop && e2e_stop $COLLECTOR_PID
'
test_expect_success 'syslog by TLS: verified, complete, also over a restart' '
    authority && syslog_to tls ", authorities: $PWD/ca.pem" &&
    "$BIN/osteon" check -c osteon.yaml >/dev/null &&
    sqlite3 state/osteon.db "DELETE FROM meta WHERE key LIKE \"syslog.%\"" &&
    collector tls $PEER_PORT tls.log good.pem good.key && node_start &&
    wait_for 20 every_record_arrived tls.log &&
    e2e_stop $COLLECTOR_PID && send "$film" &&
    wait_for 10 grep event=syslog.down node.log &&
    collector tls $PEER_PORT tls.log good.pem good.key &&
    wait_for 30 every_record_arrived tls.log && e2e_stop $COLLECTOR_PID
'
test_expect_success 'a collector of another name gets nothing' '
    collector tls $PEER_PORT wrong.log other.pem other.key &&
    send "$film" &&
    wait_for 30 grep "event=syslog.down.*certificate is refused: IP address mismatch" node.log &&
    ! [ -e wrong.log ] && e2e_stop $COLLECTOR_PID
'
test_expect_success 'a deaf collector holds nobody up' '
    collector deaf $PEER_PORT && n=$(events | wc -l) && send "$film" &&
    wait_for 12 recorded object.received 5 && e2e_stop $COLLECTOR_PID && node_stop &&
    osteon audit verify
'
e2e_done
