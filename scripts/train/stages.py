#!/usr/bin/python3
"""List the stages of bundles, or record a network's checksum in model.yaml."""

import argparse
import hashlib
import pathlib
import re
import sys

from stage import MODELS, find_stage, load_bundle

BUNDLES = pathlib.Path(__file__).resolve().parent / "bundles"


def record_checksum(text, weights, digest):
    """model.yaml's text with the sha256 that follows `file: weights`."""
    pattern = rf"(\bfile: *{re.escape(weights)}\b[,\s]+sha256: *)[0-9a-f]+"
    changed, count = re.subn(pattern, rf"\g<1>{digest}", text)
    if not count:
        raise SystemExit(f"model.yaml has no sha256 after file: {weights}")
    return changed


def manifest_of(bundle):
    """The text of a bundle's model.yaml, or of the one that waits for its
    first weights in bundles/."""
    manifest = MODELS / bundle / "model.yaml"
    if not manifest.exists():
        manifest = BUNDLES / f"{bundle}.yaml"
    return manifest.read_text()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("bundle", help="BUNDLE, or BUNDLE/STAGE to record")
    parser.add_argument("--record", action="store_true",
                        help="write the checksum of its weights")
    options = parser.parse_args()
    if not options.record:
        for stage in load_bundle(options.bundle).STAGES:
            print(stage.address)
        return 0
    stage = find_stage(options.bundle)
    content = stage.weights_path.read_bytes()
    for bundle in (stage.bundle, *stage.also):
        folder = MODELS / bundle
        (folder / stage.weights).write_bytes(content)
        (folder / "model.yaml").write_text(record_checksum(
            manifest_of(bundle), stage.weights,
            hashlib.sha256(content).hexdigest()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
