#!/bin/sh
test_description='hostile models: no side effect, the study is read as without AI, the next job is fine'
. "$(dirname "$0")/lib.sh"
. "$ROOT/test/e2e/lib-models.sh"

# What each file tries. libtorch 1.13 has no operator that opens a socket or
# starts a process: that is left to evil_model.c, which is native code. One with
# an operator for files is refused when loaded; __setstate__ has run by then.
# name:what the reason must say
hostile="overwrites:files creates:files reads:files load-writes:files
load-creates:files load-reads:passwd loops:deadline allocates:$no_memory
throws:knee nan:numbers lies:shape several-late:shape several-nan:numbers
several-inf:numbers several-more:tensors several-mute:no.output"
# a second hang, for those who have the time
[ "${HOSTILE_ALL:-}" ] && hostile="$hostile load-loops:deadline"
BAIT=$PWD/bait
evil=$(mktemp -d) # LD_PRELOAD knows no blanks

# Networks of two outputs, heatmaps and three numbers, that go wrong in the
# second
SECOND="{name: numbers, kind: scalar, names: [mean, most, least]}"
several() {
    for several_kind; do
        bundle "several-$several_kind" "tuple-$several_kind" "" "" "$SECOND" ||
            return 1
    done
}

# The programs by other names, so that osteon-model can be traced.
programs() {
    mkdir -p bin && cp "$BIN"/osteon "$BIN"/osteon-scp "$BIN"/osteon-infer \
        "$BIN"/osteon-scu "$BIN"/osteon-keeper bin/ &&
        cat >bin/osteon-model <<-EOF &&
	#!/bin/sh
	[ -e "$PWD/trace.on" ] || exec "$BIN/osteon-model"
	exec strace -f -qq -o "$PWD/trace.\$\$" \\
	    -e trace=prctl,open,openat,creat,socket,connect,execve,fork,vfork,clone,unlink,unlinkat,rename,renameat2,mkdir,truncate \\
	    "$BIN/osteon-model"
	EOF
        chmod +x bin/osteon-model
}
# as far as a trace can tell: once inside, nothing but reading files, and
# threads. What libraries do before the sandbox is entered is not the model's.
inside() {
    awk 'FNR == 1 { on = 0 } on; /PR_SET_SECCOMP/ { on = 1 }' trace.[0-9]*
}
harmless() {
    inside >inside && test -s inside &&
        ! grep -E ' (open|openat|creat)\(.*O_(WRONLY|RDWR|CREAT|TRUNC).* = [0-9]+$' inside &&
        ! grep -E ' (socket|connect|fork|vfork|execve|unlink|unlinkat|rename|renameat2|mkdir|truncate)\(.* = [0-9]+$' inside &&
        ! grep ' clone(.* = [0-9]*$' inside | grep -v CLONE_THREAD
}
untouched() { # nothing in the bait changed, nothing is new
    test "$(ls bait)" = victim && test "$(cat bait/victim)" = precious &&
        ! find / -xdev -newer stamp -name created 2>/dev/null | grep .
}

command -v strace >/dev/null && test_set_prereq STRACE
[ "$VARIANT" != asan ] && test_set_prereq PRELOAD

test_expect_success ORTHANC 'hostile models, a node, a PACS' '
    mkdir -p models bait && cp -r "$ROOT/models/leg-alignment" models/ &&
    echo precious >bait/victim && touch stamp && programs &&
    bundle overwrites writes "$BAIT/victim" &&
    bundle creates writes "$BAIT/created" &&
    bundle reads reads /etc/passwd &&
    bundle load-writes load-writes "$BAIT/victim" &&
    bundle load-creates load-writes "$BAIT/created" &&
    bundle load-reads load-reads /etc/passwd &&
    bundle load-loops load-loops && bundle loops loops &&
    bundle allocates huge && bundle throws throws && bundle nan nan &&
    bundle lies larger && several late nan inf &&
    bundle several-more tuple-more "" "" "$SECOND" &&
    bundle several-mute dict "" "" "$SECOND" &&
    for name in leg-alignment $hostile; do route ${name%:*}; done >routes &&
    node_config routes &&
    sed -i "s/demonstration_models: true/&, deadline: ${DEADLINE:-10s}/" \
        osteon.yaml &&
    sed -i "s/first: 500ms, cap: 2s, attempts: 3/first: 100ms, cap: 1s, attempts: 2/" \
        osteon.yaml && BIN=$PWD/bin && pacs_start && node_start && fine &&
    { ! test_have_prereq STRACE || touch trace.on; }
'
ran() { # NAME WORD
    if [ "$1-$VARIANT" = allocates-asan ]; then
        manual # a sanitized program has no bound: sandbox.c
    else
        manual "$2"
    fi
}
for name in $hostile; do
    test_expect_success ORTHANC "${name%:*}: manual, nothing touched" "
        send_to ${name%:*} && wait_for 90 study_done \$study &&
        ran ${name%:*} ${name#*:} && untouched
    "
done
test_expect_success ORTHANC,STRACE 'seen from outside: files were read, no more' '
    harmless && rm trace.on
'
test_expect_success ORTHANC 'the next job is fine, the receiver too' '
    pid=$(pgrep -P "$NODE_PID" -x osteon-infer) &&
    for model in $(pgrep -P "$pid"); do kill -9 "$model"; done &&
    fine && echoscu -aec OSTEON 127.0.0.1 "$NODE_PORT" && untouched
'
# Anything that native code can try, tried in the middle of a load: each deed
# that works ends osteon-model with a status of its own.
listen() {
    /usr/bin/python3 -c "
import socket
s = socket.create_server(('127.0.0.1', $PEER_PORT))
print('listening', flush=True)
s.accept()
print('called', flush=True)
" >caller.log &
    e2e_keep $!
    wait_for 10 grep listening caller.log
}
start_with_evil() {
    LD_EVIL=$BAIT:$PEER_PORT
    LD_PRELOAD=$evil/evil.so
    export LD_EVIL LD_PRELOAD
    # without Landlock files can be read
    if grep "sandbox .*landlock" check.out; then
        LD_EVIL_READS=1
        export LD_EVIL_READS
    fi
    node_start
    started=$?
    unset LD_EVIL LD_PRELOAD LD_EVIL_READS
    return $started
}
test_expect_success ORTHANC,PRELOAD 'native code inside the sandbox: no deed works' '
    node_stop && "$BIN/osteon" check -c osteon.yaml >check.out 2>&1
    cat check.out && ${CC:-cc} -shared -fPIC -D_GNU_SOURCE -o "$evil/evil.so" \
        "$ROOT/test/fixtures/evil_model.c" -ldl &&
    listen && start_with_evil && fine && untouched &&
    ! grep called caller.log &&
    ! grep "event=model.stopped.*status \(6[4-9]\|7[0-9]\)" node.log
'
# The controls: the same deeds outside of a sandbox are seen
test_expect_success 'what acts at load does so without the sandbox' '
    "$MAKER" load models/load-creates/model.pt &&
    test -e bait/created && rm bait/created
'
test_expect_success PRELOAD 'and each deed would have been seen' '
    cat >control.c <<-\EOF &&
	#include <sys/stat.h>
	int prctl(int option, ...);
	int prctl(int option, ...) { (void)option; return 2; }
	int main(void) { struct stat st; return fstat(0, &st); }
	EOF
    ${CC:-cc} -rdynamic -o control control.c &&
    test_expect_code 64 env LD_EVIL="$BAIT:1" LD_PRELOAD=$evil/evil.so ./control &&
    test -e bait/created; seen=$?
    rm -r "$evil"
    return $seen
'
e2e_done
