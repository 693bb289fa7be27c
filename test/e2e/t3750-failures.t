#!/bin/sh
test_description='every failure ends in normal reading: manual, audited, no number sent, the next job fine'
. "$(dirname "$0")/lib.sh"
. "$ROOT/test/e2e/lib-models.sh"

# name:what the reason must say
networks="throws:knee nan:numbers inf:numbers larger:shape double:Double
shape:shape list:tensor empty:shape huge:$no_memory load-throws:today
hash:sha-256 missing:opened"
# what happens to the process, and what its parent says (_ is a blank)
deeds='segv:signal_11 kill:signal_9 exit:status_0 nonsense:protocol
gigabyte:protocol hang:deadline'

# The programs by other names: osteon-model does what the file `deed` says.
programs() {
    mkdir -p bin && cp "$BIN"/osteon "$BIN"/osteon-scp "$BIN"/osteon-infer \
        "$BIN"/osteon-scu "$BIN"/osteon-keeper bin/ &&
        cat >bin/osteon-model <<-EOF &&
	#!/bin/sh
	read -r deed <"$PWD/deed"
	case \$deed in
	segv) kill -SEGV \$\$ ;;
	kill) kill -KILL \$\$ ;;
	exit) exit 0 ;;
	hang) exec sleep 100 ;;
	nonsense) echo nonsense nonsense nonsense >&3 && exec sleep 100 ;;
	gigabyte)
	    printf 'NTSO\\001\\000\\000\\000\\003\\000\\000\\000\\000\\000\\000\\100' >&3
	    exec head -c 1G /dev/zero >&3 ;;
	esac
	exec "$BIN/osteon-model"
	EOF
        chmod +x bin/osteon-model && echo none >deed
}
end_model() { # the next request starts another one
    for pid in $(pgrep -P "$(pgrep -P "$NODE_PID" -x osteon-infer)"); do
        kill -9 "$pid"
    done
    : # none is as good
}
config() {
    node_config routes &&
        sed -i -e "s/demonstration_models: true/&, deadline: ${DEADLINE:-8s}/" \
            -e "s/first: 500ms, cap: 2s, attempts: 3/first: 100ms, cap: 1s, attempts: ${ATTEMPTS:-2}/" \
            osteon.yaml
}
make_dicom() {
    /usr/bin/python3 "$ROOT/test/e2e/make-dicom.py" "$@"
}
made() { # OPTIONS...: a made image, analysed by the reference model
    new_study && make_dicom "$@" --study "$study" made.dcm &&
        /usr/bin/python3 "$ROOT/test/e2e/raw-store.py" "$NODE_PORT" made.dcm \
            >answer && grep "^0000" answer
}
spooled() { # the file of the study's image
    file=$(osteon_json show "$study" |
        jq -r '.objects[] | select(.kind == "received") | .path') &&
        case $file in /*) ;; *) file=state/spool/$file ;; esac && ls "$file"
}

test_expect_success ORTHANC 'twelve bad networks, a node, a PACS' '
    mkdir -p models && cp -r "$ROOT/models/leg-alignment" models/ && programs &&
    for name in $networks; do
        name=${name%:*}
        case $name in hash | missing) kind=good ;; *) kind=$name ;; esac
        bundle $name $kind || return 1
    done &&
    bundle picky picky "" 0 && bundle only good &&
    for name in leg-alignment $networks; do route ${name%:*}; done >routes &&
    route picky | sed "s/200ms/4s/" >>routes &&
    route MADE-1 leg-alignment >>routes &&
    route sr throws "on_failure: sr" >>routes &&
    route note throws "on_failure: note" >>routes &&
    route refused-note leg-alignment "on_failure: note" >>routes &&
    route late leg-alignment | sed "s/200ms/4s/" >>routes &&
    cp routes routes.kept && route gone leg-alignment | sed "s/200ms/12s/" >>routes &&
    route changed only | sed "s/200ms/12s/" >>routes &&
    config && BIN=$PWD/bin && pacs_start && node_start && fine &&
    printf x | dd of=models/hash/model.pt bs=1 seek=500 conv=notrunc 2>dd.log &&
    rm models/missing/model.pt
'
for name in $networks; do
    test_expect_success ORTHANC "${name%:*}" "
        send_to ${name%:*} && manual ${name#*:}
    "
done
for deed in $deeds; do
    test_expect_success ORTHANC "the process: ${deed%:*}" "
        echo ${deed%:*} >deed && end_model && send_to leg-alignment &&
        manual '$(echo "${deed#*:}" | tr _ ' ')'
    "
done
test_expect_success ORTHANC 'and after all of these the next job is fine' '
    echo none >deed && end_model && fine
'
test_expect_success ORTHANC 'the image: none, cut off, absurd, refused, lateral' '
    made --no-pixels && manual "holds no image" &&
    made --pixels noise --truncate 5000 && manual "cut off" &&
    made --claim 65535x65535 && manual pixel &&
    send_to leg-alignment "$LEGS/upside_down.dcm" && manual reason &&
    cp "$LEGS/demo.dcm" lateral.dcm && chmod u+w lateral.dcm &&
    dcmodify -nb -q -m "PatientOrientation=A\\F" lateral.dcm &&
    send_to leg-alignment lateral.dcm && manual orientation
'
test_expect_success ORTHANC 'the spool: a damaged file, a file that is gone' '
    send_to late && spooled &&
    printf x | dd of="$file" bs=1 seek=30000 conv=notrunc 2>dd.log &&
    manual sha-256 && send_to late && spooled && rm "$file" && manual "is gone"
'
test_expect_success ORTHANC 'the configuration: its route is gone, its model is' '
    bundle hash good && bundle missing good && send_to gone && gone=$study && send_to changed && changed=$study &&
    node_stop && cp routes.kept routes && route changed leg-alignment >>routes &&
    config && node_start && study=$gone && manual "no longer in the conf" &&
    study=$changed && manual "no route names model"
'
sr_says() { # WORDS: of the one report that the PACS has of the study
    pacs_fetch "$(pacs_instances "$study" SR)" sr.dcm && dsrdump +Pl sr.dcm >sr.txt &&
        cat sr.txt && grep "$1" sr.txt && ! grep -w NUM sr.txt &&
        dcmdump +P VerificationFlag sr.dcm | grep UNVERIFIED &&
        "$ROOT/scripts/validate" --quick sr.dcm --images film.dcm
}
test_expect_success ORTHANC 'on_failure: sr: the PACS is told that the analysis failed' '
    send_to sr && wait_for 90 pacs_holds "$study" SR 1 &&
    test "$(outcome)" = manual && sr_says "Analysis failed" &&
    grep "Software failure" sr.txt && pacs_holds "$study" OT 0
'
test_expect_success ORTHANC 'retried in vain it is not told again' '
    job=$(osteon_json show "$study" |
        jq -r ".jobs[] | select(.stage == \"analyse\") | .id") &&
    "$BIN/osteon" retry -c osteon.yaml "$job" && wait_for 90 study_done "$study" &&
    test "$(job_states "$study" send | wc -l)" = 1
'
test_expect_success ORTHANC 'on_failure: note: one page that says so, for both failures' '
    send_to note && wait_for 90 pacs_holds "$study" OT 1 &&
    pacs_holds "$study" SR 0 && test "$(outcome)" = manual &&
    pacs_fetch "$(pacs_instances "$study" OT)" note.dcm &&
    "$ROOT/scripts/validate" note.dcm --images film.dcm &&
    send_to refused-note "$LEGS/upside_down.dcm" &&
    wait_for 90 pacs_holds "$study" OT 1 && pacs_holds "$study" SR 0
'
# The bright film is one that the model dies of, the other one it can measure.
test_expect_success ORTHANC 'one film of a study is refused alone' '
    new_study && make_dicom --pixels gradient --study "$study" film1.dcm &&
    make_dicom --pixels gradient --columns 504 --study "$study" film2.dcm &&
    dcmodify -nb -q -gin -m "PatientID=picky" film1.dcm film2.dcm &&
    storescu -R -xe -aet MODALITY -aec OSTEON 127.0.0.1 "$NODE_PORT" \
        film1.dcm film2.dcm && wait_for 90 study_done "$study" &&
    osteon_json show "$study" >show.json && cat show.json &&
    test "$(outcome)" = measured &&
    jq -e "[.jobs[].summary.measurements // [] | length] | add == 1" show.json &&
    jq -r ".jobs[].summary.refused // [] | .[].reason" show.json |
        grep "the analysis of this image failed: .*too bright"
'
test_expect_success ORTHANC 'a tag that is an SQL statement is a tag' '
    send_to leg-alignment && dcmodify -nb -q -gin -gst -gse \
        -m "PatientID=x'\''); DROP TABLE job;--" film.dcm &&
    study=$(tag film.dcm StudyInstanceUID) && send film.dcm &&
    osteon_json show "$study" | jq -e ".objects | length == 1" && fine
'
test_expect_success ORTHANC 'status and show call it manual; the chain is whole' '
    "$BIN/osteon" status -c osteon.yaml >status.out && cat status.out &&
    grep "manual.*read as without AI" status.out &&
    "$BIN/osteon" audit verify -c osteon.yaml && ! grep "event=process.died" node.log
'
e2e_done
