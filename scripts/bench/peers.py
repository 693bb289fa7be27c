"""The receivers that are compared: osteon, what an admin would otherwise
install, and the limit. Each has start(), stop(), port, called, group (whose
processes are watched) and begins every round on an empty folder."""

import atexit
import os
import pathlib
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(ROOT / "test/torture"))

import lib_node  # noqa: E402
import lib_peers  # noqa: E402
import lib_process  # noqa: E402
from lib_node import Node  # noqa: E402
from lib_process import wait_until  # noqa: E402

BIN = ROOT / "build" / os.environ.get("VARIANT", "release")
PORTS = int(os.environ.get("BENCH_PORTS", 31720))
TUNED = {"TCP_NODELAY": "1", "TCP_BUFFER_LENGTH": "262144"}

# a route that takes everything and waits for more until the round is over
WAITING = """\
  - name: all
    match: {Modality: {exists: true}}
    complete: {quiet: 1h, cap: 2h}
    models: [leg-alignment]
    results: [sr]
    send: [pacs]
"""

# each study is complete with its first image
AT_ONCE = """\
  - name: films
    match: {Modality: {exists: true}}
    complete: {needs: [{Modality: {exists: true}}], quiet: 1h, cap: 2h}
    models: [%s]
    results: [sr]
    send: [pacs]
"""


class Group(lib_process.Group):
    """A case that fails half way leaves nothing running."""

    def __init__(self, *arguments, **options):
        super().__init__(*arguments, **options)
        atexit.register(self.kill_all)


lib_node.Group = lib_peers.Group = Group


def files(folder, but=None):
    return sum(1 for name in os.listdir(folder)
               if but is None or not name.startswith(but))


class Osteon(Node):
    name, called = "osteon", "OSTEON"

    def __init__(self, folder, routes=WAITING, models=None):
        super().__init__(folder, PORTS, PORTS + 1, routes=routes)
        if models:
            self.conf.write_text(self.conf.read_text().replace(
                f"models: {ROOT}/models", f"models: {models}"))

    def count(self):
        return self.query("SELECT count(*) FROM object")[0][0]


class Storescp(lib_peers.Storescp):
    name = "storescp"

    def __init__(self, folder):
        super().__init__(folder, PORTS + 2)

    def count(self):
        return files(self.storage)


class TunedStorescp(Storescp):
    """As fast as it can be made: bit preserving, large PDUs, TCP told so."""

    name = "storescp tuned"

    def words(self):
        return ["env", *(f"{key}={value}" for key, value in TUNED.items()),
                "storescp", *self.fork, "+B", "-pdu", "131072", "-od",
                self.storage, "-aet", self.called, str(self.port)]


class Dcmqrscp(lib_peers.Peer):
    name, called = "dcmqrscp", "DCMQRSCP"

    def __init__(self, folder):
        super().__init__(folder, PORTS + 3)
        self.storage = self.folder / "storage"
        self.storage.mkdir()
        (self.folder / "dcmqrscp.cfg").write_text(f"""\
NetworkTCPPort = {self.port}
MaxPDUSize = 16384
MaxAssociations = 32
HostTable BEGIN
HostTable END
VendorTable BEGIN
VendorTable END
AETable BEGIN
{self.called} {self.storage} RW (1000, 1024gb) ANY
AETable END
""")

    def count(self):
        return files(self.storage, but="index")

    def words(self):
        return ["dcmqrscp", "-c", self.folder / "dcmqrscp.cfg"]


class Orthanc(lib_peers.Orthanc):
    name = "Orthanc"

    def __init__(self, folder):
        super().__init__(folder, PORTS + 4, PORTS + 5)


class Limit:
    """scripts/bench/limit.c: the sender is its own."""

    name = "limit"
    program = BIN / "bench/limit"

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True)
        self.log = self.folder / "port"

    def start(self):
        data = self.folder / "data"
        data.mkdir()
        self.group = Group([self.program, "serve", data], self.log)
        if not wait_until(10, lambda: self.log.read_text().strip()):
            raise RuntimeError(f"the limit does not start: {self.log}")
        self.port = int(self.log.read_text())

    def count(self):
        return files(self.folder / "data", but="rows.db")

    def stop(self):
        return self.group.stop()


RECEIVERS = (Osteon, Storescp, TunedStorescp, Dcmqrscp, Orthanc, Limit)


def fresh(kind, folder, **options):
    """A receiver started on an empty folder."""
    shutil.rmtree(folder, ignore_errors=True)
    receiver = kind(folder, **options)
    receiver.start()
    return receiver


def run(words, env=None):
    """A sender, to its end."""
    done = subprocess.run([str(word) for word in words], text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                          env=dict(os.environ, **(env or {})), check=False)
    if done.returncode != 0:
        raise RuntimeError(f"{words[0]} failed: {done.stdout[-500:]}")


def remove(folder):
    shutil.rmtree(folder, ignore_errors=True)

