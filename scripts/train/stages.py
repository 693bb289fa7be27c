#!/usr/bin/python3
"""List the stages of bundles, or record a network's checksum in model.yaml."""

import argparse
import hashlib
import re
import sys

from stage import MODELS, find_stage, load_bundle


def record_checksum(text, weights, digest):
    """model.yaml's text with the sha256 that follows `file: weights`."""
    pattern = rf"(\bfile: *{re.escape(weights)}\b[,\s]+sha256: *)[0-9a-f]+"
    changed, count = re.subn(pattern, rf"\g<1>{digest}", text)
    if not count:
        raise SystemExit(f"model.yaml has no sha256 after file: {weights}")
    return changed


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
        manifest = folder / "model.yaml"
        manifest.write_text(record_checksum(
            manifest.read_text(), stage.weights,
            hashlib.sha256(content).hexdigest()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
