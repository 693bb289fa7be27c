"""The node of a case: its configuration, its processes, and what its database
and spool say when it is asked from outside."""

import hashlib
import os
import pathlib
import sqlite3
import subprocess
import time

from lib_case import BIN, ROOT, say
from lib_dicom import echoes
from lib_process import Group, kill, wait_until

ANALYSE = """\
  - name: films
    match: {not: {BodyPartExamined: NOISE}}
    complete: {quiet: 100ms, cap: 1m}
    models: [leg-alignment]
    results: [sr, sc]
    send: [pacs]
"""


class Node:
    def __init__(self, folder, port, pacs_port, env=None, routes=ANALYSE,
                 state=None):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.state = pathlib.Path(state or self.folder / "state")
        self.port, self.group, self.sessions = port, None, set()
        self.env = dict(os.environ, **(env or {}))
        self.conf = self.folder / "osteon.yaml"
        self.log = self.folder / "node.log"
        self.state.mkdir(exist_ok=True)
        self.conf.write_text(f"""\
node:
  ae_titles: [OSTEON]
  address: 127.0.0.1
  port: {port}
  allow_root: true
  spool: {self.state}/spool
  database: {self.state}/osteon.db
  limits: {{free: 4MiB, ballast: 0}}
  inference: {{demonstration_models: true}}
  retry: {{first: 100ms, cap: 1s, attempts: 100}}
callers:
  - {{ae: "*", address: 127.0.0.1}}
destinations:
  pacs: {{ae: ORTHANC, host: 127.0.0.1, port: {pacs_port}, idle: 2s}}
models: {ROOT}/models
routes:
{routes}""")

    @property
    def spool(self):
        return self.state / "spool"

    @property
    def database(self):
        return self.state / "osteon.db"

    def begin(self, program="osteon", *arguments, wrap=()):
        """Starts it, or another program of it; waits for nothing."""
        words = [*wrap, BIN / program]
        if program == "osteon":
            words.append("run")
        self.group = Group([*words, "-c", self.conf, *arguments], self.log,
                           self.env)
        self.sessions.add(self.group.session)
        return self.group

    def start(self, seconds=20):
        """Milliseconds until a C-ECHO was answered. A node that does not start
        because the last one is not quite gone is started again."""
        begun = time.monotonic()
        end = begun + seconds
        self.begin()
        while time.monotonic() < end:
            if echoes(self.port):
                return (time.monotonic() - begun) * 1000
            if not self.group.alive():
                if self.group.main.returncode == 78:
                    break
                self.group.kill_all()
                time.sleep(0.02)
                self.begin()
            time.sleep(0.005)
        raise RuntimeError(f"the node does not start: see {self.log}")

    def stop(self):
        return self.group.stop()

    def kill(self):
        self.group.kill_all()

    def query(self, text, *values):
        """Rows, read beside the running node; a reader never checkpoints."""
        db = sqlite3.connect(f"file:{self.database}?mode=ro", uri=True,
                             timeout=10)
        try:
            return db.execute(text, values).fetchall()
        finally:
            db.close()

    def busy(self):
        """Jobs that are not at their end."""
        return self.query("SELECT count(*) FROM job WHERE state IN (1, 2)")[0][0]

    def drain(self, seconds):
        """True: nothing is left to be done."""
        return wait_until(seconds, lambda: self.busy() == 0, 0.2)

    def objects(self):
        """{SOP Instance UID: [(path, offset, SHA-256, kind), ...]}"""
        found = {}
        for uid, path, offset, sha256, kind in self.query(
                "SELECT sop_uid, path, data_offset, sha256, kind FROM object "
                "WHERE purged_ms IS NULL"):
            found.setdefault(uid, []).append((path, offset, sha256, kind))
        return found

    def digest(self, path, offset):
        """SHA-256 of the data set in a file of the spool; None: no file."""
        try:
            with open(self.spool / path, "rb") as file:
                file.seek(offset)
                return hashlib.sha256(file.read()).hexdigest()
        except FileNotFoundError:
            return None

    def lost(self, sent):
        """Those of the acknowledged {SOP Instance UID: SHA-256} that are not
        there byte for byte."""
        objects = self.objects()
        return [uid for uid, sha256 in sent.items()
                if not any(self.digest(path, offset) == sha256
                           for path, offset, _, _ in objects.get(uid, []))]

    def damaged(self):
        """Rows whose file is missing or not what the row says."""
        return [path for rows in self.objects().values()
                for path, offset, sha256, _ in rows
                if self.digest(path, offset) != sha256]

    def files(self, folder):
        return {str(path.relative_to(self.spool))
                for path in (self.spool / folder).rglob("*.dcm")}

    def orphans(self):
        """Files that no row names: garbage of crashes, the keeper's."""
        named = {path for path, in self.query(
            "SELECT path FROM object WHERE purged_ms IS NULL")}
        return (self.files("obj") - named) | self.files("tmp")

    def sweep(self):
        """Lets the stopped node remove unfinished files; what it left of them.
        Finished ones that no row names wait for the keeper's hour."""
        for path in self.files("tmp"):
            then = time.time() - 7200
            os.utime(self.spool / path, (then, then))
        subprocess.run([BIN / "osteon-keeper", "--once", "-c", self.conf],
                       env=self.env, stderr=subprocess.DEVNULL, timeout=60,
                       check=True)
        return self.files("tmp")

    def integrity(self):
        """"ok", or what SQLite says is wrong. The node is stopped."""
        return self.query("PRAGMA integrity_check")[0][0]

    def audit(self):
        """True, False, or None: this build keeps no ledger."""
        done = subprocess.run([BIN / "osteon", "audit", "verify", "-c",
                               self.conf], env=self.env, timeout=60,
                              capture_output=True, text=True)
        if done.returncode == 2:
            return None
        if done.returncode != 0:
            say("audit verify: " + (done.stdout + done.stderr).strip())
        return done.returncode == 0

    def leftovers(self):
        """Processes of any life of the node that still run."""
        from lib_process import processes
        return [p for p in processes() if p.session in self.sessions]

    def end(self):
        for process in self.leftovers():
            kill(process.pid)
