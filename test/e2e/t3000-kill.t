#!/bin/sh
test_description='kill -9 of any program at any moment: one SR and one SC arrive'
. "$(dirname "$0")/lib.sh"

KILLS=${KILLS:-10}
SEED=${SEED:-$(date +%s)}
QUIET=300ms

# dash has no $RANDOM; a linear congruence keeps a run repeatable by SEED
random() { # N: 0..N-1
    SEED=$(((SEED * 1103515245 + 12345) % 2147483648))
    echo $((SEED / 65536 % $1))
}
victims() { # the supervisor and everything below it
    echo "$NODE_PID"
    descendants "$NODE_PID"
}
descendants() {
    for child in $(pgrep -P "$1"); do
        echo "$child"
        descendants "$child"
    done
}
one_kill() {
    study=2.25.$((SEED * 1000 + kill_number)) &&
        cp "$LEGS/demo.dcm" film.dcm && chmod u+w film.dcm &&
        dcmodify -nb -q -gse -gin -m "StudyInstanceUID=$study" film.dcm ||
        return 1
    (
        # a sender tries again until it is told 0000, as a modality does
        until send film.dcm 2>/dev/null; do sleep 0.2; done
    ) &
    sender=$!
    delay=$(random 2500)
    sleep "$((delay / 1000)).$(printf %03d $((delay % 1000)))"
    victims >victims
    line=$(($(random "$(wc -l <victims)") + 1))
    pid=$(sed -n "${line}p" victims)
    name=$(cat "/proc/$pid/comm" 2>/dev/null || echo gone)
    say "# kill $kill_number: $name after $delay ms"
    echo "$name" >>killed
    kill -9 "$pid" 2>/dev/null || :
    if [ "$pid" = "$NODE_PID" ]; then
        wait "$pid" 2>/dev/null || :
        node_start || return 1
    fi
    wait "$sender"
    wait_for 60 pacs_holds "$study" SR 1 &&
        wait_for 30 pacs_holds "$study" OT 1 &&
        wait_for 30 study_done "$study"
}

test_expect_success ORTHANC 'the node and the PACS start' '
    pacs_start && node_start
'
kill_number=0
while [ $kill_number -lt "$KILLS" ]; do
    kill_number=$((kill_number + 1))
    test_expect_success ORTHANC "kill $kill_number of $KILLS" one_kill
done
test_expect_success ORTHANC 'afterwards every study has one SR and one SC' '
    curl -sf "$PACS_URL/studies" | jq -r ".[]" >studies &&
    test $(wc -l <studies) = "$KILLS" &&
    while read -r id; do
        curl -sf "$PACS_URL/studies/$id/series" |
            jq -e "map(.MainDicomTags.Modality) | sort == [\"OT\", \"SR\"]" &&
        curl -sf "$PACS_URL/studies/$id/instances" | jq -e "length == 2" ||
            return 1
    done <studies
'
test_expect_success ORTHANC 'the database is whole' '
    node_stop &&
    test "$(sqlite3 state/osteon.db "PRAGMA integrity_check")" = ok
'
[ ! -e killed ] || say "# killed: $(sort killed | uniq -c | tr -s ' \n' ' ')"
e2e_done
