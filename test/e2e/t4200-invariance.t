#!/bin/sh
test_description='how a film is stored does not change what is measured on it'
. "$(dirname "$0")/lib.sh"

# Not leg_09: with rows or columns at 0.6 of their number one of its legs reads
# 4 degrees differently, which is a fault of the model still open.
FILMS='leg_01 leg_04 leg_06 leg_16'
RESHAPE=$ROOT/test/e2e/reshape.py

# Uncompressed, whatever it was
plain() { # FILM
    { dcmdjpls "$LEGS/$1.dcm" a.dcm || cp "$LEGS/$1.dcm" a.dcm; } &&
        { dcmdjpeg a.dcm b.dcm || cp a.dcm b.dcm; } &&
        { dcmdrle b.dcm a.dcm || cp b.dcm a.dcm; } &&
        dcmconv +te a.dcm "plain/$1.dcm"
}
angles() { # FOLDER: film, side, degrees of each angle
    "$BIN/osteon" analyse -c "$ROOT/conf/osteon.yaml" --model leg-alignment \
        --json "$1"/*.dcm |
        jq -r '(.file | split("/") | last) as $film | .measurements[] |
            select(.unit == "deg" and .id == "hka") |
            "\($film) \(.side) \(.value)"' >"$1.txt"
}
# as_plain FOLDER DEGREES: each angle is there, and no further off
as_plain() {
    angles "$1" && test "$(wc -l <"$1.txt")" = "$(wc -l <plain.txt)" &&
        paste -d' ' plain.txt "$1.txt" | awk -v most="$2" '
            { d = $3 - $6; if (d < 0) d = -d; print $0, d }
            $1 != $4 || $2 != $5 || d > most { bad = 1 }
            END { exit bad }'
}
reshaped() { # NAME DEGREES HOW...
    name=$1 most=$2
    shift 2
    mkdir -p "$name" || return 1
    for film in $FILMS; do
        "$RESHAPE" "plain/$film.dcm" "$name/$film.dcm" "$@" || return 1
    done
    as_plain "$name" "$most"
}
encoded() { # NAME COMMAND...
    name=$1
    shift
    mkdir -p "$name" || return 1
    for film in $FILMS; do
        "$@" "plain/$film.dcm" "$name/$film.dcm" || return 1
    done
    as_plain "$name" 0
}

test_expect_success 'at least six of eight legs measured' '
    mkdir plain && for film in $FILMS; do plain $film || return 1; done &&
    angles plain && cat plain.txt && test "$(wc -l <plain.txt)" -ge 6
'
for syntax in +ti +tb +td; do
    test_expect_success "transfer syntax dcmconv $syntax: the same" "
        encoded conv$syntax dcmconv $syntax
    "
done
test_expect_success 'RLE, JPEG-LS and JPEG lossless: the same' '
    encoded rle dcmcrle && encoded jpls dcmcjpls && encoded jpeg dcmcjpeg
'
for bits in 8 10 16; do
    test_expect_success "$bits bits" "reshaped bits$bits 0.2 bits=$bits"
done
test_expect_success 'MONOCHROME1 as MONOCHROME2, and the other way round' '
    reshaped invert 0.2 invert && reshaped both 0.2 bits=16 invert
'
for turn in flip-x flip-y 'flip-x flip-y' transpose 'transpose flip-x' \
    'transpose flip-y' 'transpose flip-x flip-y'; do
    test_expect_success "stored with $turn, and said so" "
        reshaped '$(echo "$turn" | tr ' ' +)' 0.01 $turn
    "
done
test_expect_success 'resampled to 0.7 of its size' '
    reshaped small 0.2 scale=0.7
'
test_expect_success 'pixels that are not square' '
    reshaped tall 0.2 scale=1,0.6 && reshaped wide 0.2 scale=0.6,1
'
test_expect_success 'white and black frames of a digitised film, with noise' '
    reshaped white 0.01 frame=20,hi && reshaped black 0.01 frame=20,lo
'
for margin in 0,200,0,0,hi 0,0,0,250,lo 120,0,0,0,lo 0,0,300,0,hi \
    300,40,100,600,hi 300,40,100,600,lo 60,200,30,10,0.4; do
    test_expect_success "margins $margin: the same" "
        reshaped margin-$margin 0.01 margin=$margin
    "
done
test_expect_success 'coordinates are those of the image with its margins' '
    mkdir one && "$RESHAPE" plain/leg_04.dcm one/a.dcm margin=31,17,5,9,hi &&
    for film in plain/leg_04.dcm one/a.dcm; do
        "$BIN/osteon" analyse -c "$ROOT/conf/osteon.yaml" \
            --model leg-alignment --json "$film" |
            jq -c "[.landmarks[] | [.x, .y]]" || return 1
    done >points && paste -s -d, points >pair && cat pair &&
    jq -s -e "(.[0] | length) > 10 and ([.[0], .[1]] | transpose | all(
        ((.[1][0] - .[0][0] - 31) | fabs) < 0.01 and
        ((.[1][1] - .[0][1] - 17) | fabs) < 0.01))" points
'

test_expect_success 'PixelAspectRatio without spacing: the angles, no lengths' '
    reshaped aspect 0.2 scale=0.6,1 aspect &&
    "$BIN/osteon" analyse -c "$ROOT/conf/osteon.yaml" --model leg-alignment \
        --json aspect/leg_04.dcm >one.json &&
    jq -e "([.measurements[] | select(.unit == \"mm\")] | length == 0) and
        .images[0].calibration == \"none\"" one.json &&
    grep "neither PixelSpacing nor ImagerPixelSpacing" one.json
'

# ---- several frames --------------------------------------------------------
frame_of() { # FILE: which was analyzed
    "$BIN/osteon" analyse -c "$ROOT/conf/osteon.yaml" --model leg-alignment \
        --json "$1" | jq .images[0].frame
}
test_expect_success 'the representative frame of several, else the first' '
    reshaped middle 0.01 frames=3,2,said && reshaped first 0.01 frames=3,1 &&
    test "$(frame_of middle/leg_04.dcm)" = 2 &&
    test "$(frame_of first/leg_04.dcm)" = 1 &&
    test "$(frame_of plain/leg_04.dcm)" = null
'
test_expect_success 'one frame that says so is a single image' '
    cp plain/leg_04.dcm single.dcm &&
    dcmodify -nb -q -i NumberOfFrames=1 single.dcm &&
    test "$(frame_of single.dcm)" = null
'
test_expect_success 'frames that are not there: refused, and no number' '
    for n in 4 100000 2147483647; do
        cp middle/leg_04.dcm lie.dcm &&
        dcmodify -nb -q -m NumberOfFrames=$n lie.dcm &&
        "$BIN/osteon" analyse -c "$ROOT/conf/osteon.yaml" \
            --model leg-alignment --json lie.dcm >lie.json
        cat lie.json
        jq -e "(.measurements | length == 0) and (.refused | length > 0)" \
            lie.json && grep "$n frames" lie.json || return 1
    done
'
landmarks() { # FILE: of what frame, and where
    "$BIN/osteon" analyse -c "$ROOT/conf/osteon.yaml" --model leg-alignment \
        --json "$1" | jq -c "[.images[0].frame, .landmarks]"
}
test_expect_success TESTDATA 'a frame of real files, however they are stored' '
    cp "$TESTDATA/dicom/odd/emri_small.dcm" emri.dcm && chmod u+w emri.dcm &&
    landmarks emri.dcm >emri-1 && grep "^\[1," emri-1 &&
    for file in RLE big_endian jpeg_2k_lossless jpeg_ls_lossless; do
        landmarks "$TESTDATA/dicom/odd/emri_small_$file.dcm" >other &&
            cmp emri-1 other || return 1
    done &&
    dcmodify -nb -q -i RepresentativeFrameNumber=7 emri.dcm &&
    landmarks emri.dcm >emri-7 && grep "^\[7," emri-7 &&
    test "$(cut -d, -f2- emri-1)" != "$(cut -d, -f2- emri-7)"
'
test_expect_success 'each result says which frame' '
    sed "s|^models: .*|models: $ROOT/models|; s/sr, sc]/sr, sc, gsps]/" \
        "$ROOT/conf/osteon.yaml" >frames.yaml && grep gsps frames.yaml &&
    "$BIN/osteon" analyse -c frames.yaml --out out \
        middle/leg_04.dcm && ls out &&
    for kind in sr sc pr; do
        dcmdump +P ReferencedFrameNumber out/leg_04-$kind.dcm >frame &&
            cat frame && grep -q "\[2\]" frame &&
            ! grep -v "\[2\]" frame || return 1
    done &&
    dsr2html out/leg_04-sr.dcm | grep "Of the frames only number 2 was" &&
    "$ROOT/scripts/validate" out/leg_04-sr.dcm out/leg_04-pr.dcm \
        --images middle/leg_04.dcm >judged && cat judged &&
    ! grep warnings judged
'
e2e_done
