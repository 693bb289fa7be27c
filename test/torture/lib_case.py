"""What every case shares with scripts/torture: where things are, how large the
case is, and the RESULT lines it ends with."""

import os
import pathlib
import signal
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
VARIANT = os.environ.get("VARIANT", "release")
BIN = ROOT / "build" / VARIANT
LEGS = ROOT / "test/fixtures/legs"
PORTS = int(os.environ.get("E2E_PORTS", 30720)) + 2000
FOLDER = pathlib.Path(os.environ.get("TORTURE_DIR") or
                      tempfile.mkdtemp(prefix="osteon-case."))

failed = False

# asked to end: what was started is ended on the way out
signal.signal(signal.SIGTERM, lambda *_: sys.exit("ended by SIGTERM"))


def preload(library):
    """LD_PRELOAD's value: a sanitizer's library must come first."""
    if VARIANT != "asan":
        return str(library)
    asan = subprocess.run(["gcc", "-print-file-name=libasan.so"], check=True,
                          stdout=subprocess.PIPE, text=True).stdout.strip()
    return f"{os.path.realpath(asan)}:{library}"


def size(name, default):
    """A figure of the case, e.g. KILLS=1000."""
    return int(os.environ.get(name, default))


def say(text):
    print("# " + text, file=sys.stderr, flush=True)


def result(what, asked, found, good):
    """One line of the table. good: True, False, or None: skipped."""
    global failed
    verdict = {True: "ok", False: "FAIL", None: "skipped"}[good]
    failed = failed or good is False
    print("RESULT", what, asked, found, verdict, sep="\t", flush=True)


def end():
    sys.exit(1 if failed else 0)
