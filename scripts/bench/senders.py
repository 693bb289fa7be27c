"""Senders that are not dcmsend: (name, function of a receiver and paths that
gives the command)."""

import pathlib
import shutil
import subprocess

import receive
import rounds

HERE = pathlib.Path(__file__).resolve().parent


def dcmjs(receiver, paths):
    return ["node", str(HERE / "dcmjs_send.mjs"), receiver.called,
            str(receiver.port), str(paths[0].parent)]


def installed():
    """dcmjs-dimse is fetched once, as package-lock.json pins it."""
    if (HERE / "node_modules/dcmjs-dimse").is_dir():
        return True
    if shutil.which("npm") is None:
        return False
    return subprocess.run(["npm", "ci", "--silent", "--prefix", HERE],
                          check=False).returncode == 0


def present():
    found = [("storescu", receive.storescu)]
    if installed():
        found.append(("dcmjs", dcmjs))
    else:
        rounds.say("dcmjs-dimse is skipped: npm could not install it")
    return found
