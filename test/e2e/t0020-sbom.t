#!/bin/sh
test_description='the bill of materials names what the programs load'
. "$(dirname "$0")/lib.sh"

test_expect_success 'it is CycloneDX, with every reference resolved' '
    "$ROOT/scripts/sbom" "$VARIANT" >sbom.json &&
    jq -e ".bomFormat == \"CycloneDX\" and .specVersion == \"1.5\"" sbom.json &&
    jq -e "[.components[] | select(.name == \"\" or .\"bom-ref\" == null)]
        == []" sbom.json &&
    jq -r ".metadata.component.\"bom-ref\", .components[].\"bom-ref\"" \
        sbom.json | sort >refs &&
    uniq -d refs >twice && test_must_be_empty twice &&
    jq -r ".dependencies[] | .ref, .dependsOn[]" sbom.json | sort -u >named &&
    comm -23 named refs >unknown && test_must_be_empty unknown
'
test_expect_success 'every library that a program names has its component' '
    for program in osteon osteon-scp osteon-infer osteon-model osteon-scu \
        osteon-keeper; do
        readelf -d "$BIN/$program" |
            sed -n "s/.*(NEEDED).*\[\(.*\)\]/\1/p" || return 1
    done | sort -u >needed &&
    test -s needed &&
    jq -r ".components[].properties[]?.value" sbom.json >files &&
    while read -r library; do
        real=$(basename "$(readlink -f "$(ldconfig -p |
            sed -n "s,.*[^ ]*$library (.*x86-64.*) => ,,p" | head -n 1)")")
        grep -q "/${real:-$library}\$" files || { echo $library; return 1; }
    done <needed
'
test_expect_success 'the weights are named by their digest' '
    sha256=$(sha256sum "$ROOT/models/leg-alignment/model.pt" | cut -d" " -f1) &&
    jq -e --arg d $sha256 ".components[] | select(.name == \"leg-alignment/model\") |
        .hashes[0].content == \$d" sbom.json
'
e2e_done
