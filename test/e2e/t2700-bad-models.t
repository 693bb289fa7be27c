#!/bin/sh
test_description='bad models: refused or buried with a reason, the next job is fine'
. "$(dirname "$0")/lib.sh"

. "$ROOT/test/e2e/lib-models.sh"

# buried NAME WORD: ends dead for that reason, nothing goes out
buried() {
    send_to "$1" && wait_for 60 study_done "$study" &&
        osteon_json show "$study" >show.json && cat show.json &&
        test "$(job_states "$study" analyse)" = dead &&
        jq -r '.jobs[].why' show.json | grep -i "$2" &&
        pacs_holds "$study" SR 0 && pacs_holds "$study" OT 0
}

bundles='throws nan shape loops'
test_expect_success ORTHANC 'bundles, node and PACS' '
    mkdir -p models && cp -r "$ROOT/models/leg-alignment" models/ &&
    for name in $bundles; do bundle $name $name || return 1; done &&
    for name in leg-alignment throws nan loops; do route $name; done >routes &&
    node_config routes &&
    sed -i "s/demonstration_models: true/&, deadline: 4s/" osteon.yaml &&
    pacs_start && node_start
'
test_expect_success ORTHANC 'a model that throws' '
    buried throws "no such knee" && fine
'
test_expect_success ORTHANC 'a model that answers NaN' 'buried nan "finite\|nan" && fine'
test_expect_success ORTHANC 'a model that never ends' '
    buried loops "deadline\|4 s" && fine
'
test_expect_success ORTHANC 'weights that change on the disk of a running node' '
    printf x | dd of=models/leg-alignment/model.pt bs=1 seek=100000 \
        conv=notrunc 2>dd.log &&
    infer=$(pgrep -P "$NODE_PID" -x osteon-infer) &&
    kill -9 $(pgrep -P "$infer") && send_to leg-alignment &&
    wait_for 60 study_done "$study" && osteon_json show "$study" >show.json &&
    cat show.json && test "$(job_states "$study" analyse)" = dead &&
    jq -r ".jobs[].why" show.json | grep -i sha-256 &&
    cp "$ROOT/models/leg-alignment/model.pt" models/leg-alignment/ && fine
'

# checked NAME WHERE WORD: `osteon check` refuses the bundle there, for that
checked() {
    route "$1" >one && node_config one &&
        sed -i "s/demonstration_models: true/&, deadline: 20s/" osteon.yaml &&
        test_expect_code 78 "$BIN/osteon" check -c osteon.yaml \
            >check.out 2>&1
    cat check.out && grep "models/$1/model.yaml:$2: .*$3" check.out
}
edit() { # NAME SCRIPT: a good bundle of that name, its model.yaml edited
    bundle "$1" good && sed -i "$2" "models/$1/model.yaml"
}
# The code of a network lies in its zip archive: FROM becomes TO.
recode() { # FILE FROM TO
    /usr/bin/python3 - "$@" <<-'EOF'
	import sys, zipfile
	path, old, new = sys.argv[1:]
	with zipfile.ZipFile(path) as archive:
	    parts = [(i.filename, archive.read(i)) for i in archive.infolist()]
	assert any(old.encode() in text for _, text in parts)
	with zipfile.ZipFile(path, "w") as archive:
	    for name, text in parts:
	        archive.writestr(name, text.replace(old.encode(), new.encode()))
	EOF
}
rehash() { # NAME: its model.yaml gets the digest of what is there now
    sum=$(sha256sum "models/$1/model.pt" | cut -d" " -f1) &&
        sed -i "s/sha256: [0-9a-f]*/sha256: $sum/" "models/$1/model.yaml"
}
test_expect_success 'check: an unknown key, a missing landmark' '
    edit unknown "s/fit: letterbox/fitt: letterbox/" &&
    checked unknown 12:5 "unknown key .fitt.; did you mean .fit." &&
    edit missing "s/distance: \[a, a\]/distance: [a, ankle]/" &&
    checked missing 18:58 ".ankle. is no landmark"
'
test_expect_success 'check: two of one name: bundles, measurements' '
    edit twin "s/^name: twin/name: throws/" &&
    checked twin 1:7 "named .throws. but its folder .twin." &&
    edit double "\$p" &&
    checked double 19:10 "measurement .d. is there twice"
'
test_expect_success 'check: an output of another shape' '
    checked shape 9:21 "output heat has shape \[1, 1, 15, 16\], wanted \[1, 1, 16, 16\]"
'
test_expect_success 'check: weights that are no TorchScript, and other bytes' '
    bundle text good && echo "no network" >models/text/model.pt &&
    checked text 9:21 SHA-256 && rehash text &&
    checked text 9:21 "not a TorchScript file"
'
test_expect_success 'check: networks that open files, at work and while loaded' '
    for kind in writes:writes reads:opens load-writes:writes \
        load-reads:unable.to.open; do
        "$BIN/test/make_torchscript" ${kind%:*} models/text/model.pt 1 \
            "$PWD/opened" && rehash text &&
            checked text 9:21 "network.* ${kind#*:} file" || return 1
    done && test ! -e opened
'
test_expect_success 'check: a network that opens a socket' '
    "$BIN/test/make_torchscript" good models/text/model.pt 1 &&
    recode models/text/model.pt torch.avg_pool2d torch.socket && rehash text &&
    checked text 9:21 "operators that plain libtorch lacks"
'
test_expect_success 'check: every bad bundle is told, each once, and the good one' '
    edit worse "s/fit: letterbox/fitt: letterbox/" && bundle good good &&
    { route worse && route text && route good && route again worse &&
        route shape; } >several && node_config several &&
    test_expect_code 78 "$BIN/osteon" check -c osteon.yaml >check.out 2>&1
    cat check.out && grep "models/worse/model.yaml:12:5: " check.out &&
    grep "models/text/model.yaml:9:21: " check.out &&
    grep "models/shape/model.yaml:9:21: " check.out &&
    grep "model good 1.0.0: ok" check.out &&
    test "$(grep -c "unknown key" check.out)" = 1 &&
    test_expect_code 78 "$BIN/osteon" check --json -c osteon.yaml >check.json &&
    jq -e "[.models[] | [.model, .ok]] | sort == [[\"good\", true],
        [\"shape\", false], [\"text\", false], [\"worse\", false]]" \
        check.json &&
    jq -r ".models[] | select(.model == \"worse\") | .problem" check.json |
        grep "models/worse/model.yaml:12:5: unknown key"
'
test_expect_success 'check: and a bundle that is fine' '
    bundle fine good && route fine >one && node_config one &&
    "$BIN/osteon" check -c osteon.yaml >check.out && cat check.out &&
    grep "model fine 1.0.0: ok" check.out &&
    grep "inputs  *film" check.out &&
    grep "stages  *whole: 64 x 64 of film; heat, heatmaps of 1" check.out &&
    grep "measurements  *d: distance, 5 to 9 mm" check.out
'
e2e_done
