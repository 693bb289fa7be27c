"""Orthanc and storescp, as the PACS of a case and beside us in 95-compare:
Debian's packages, their defaults."""

import json
import os
import pathlib
import urllib.error
import urllib.request

from lib_dicom import echoes, pixels
from lib_process import Group, wait_until

ORTHANC = "/usr/sbin/Orthanc"


class Peer:
    """called: its AE title."""

    def __init__(self, folder, port):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port, self.group = port, None
        self.log = self.folder / (self.called.lower() + ".log")

    def start(self, seconds=20):
        self.group = Group(self.words(), self.log, cwd=self.folder)
        if not wait_until(seconds, self.ready):
            raise RuntimeError(f"{self.called} does not start: {self.log}")

    def ready(self):
        return echoes(self.port, self.called)

    def stop(self):
        return self.group.stop()

    def kill(self):
        self.group.kill_all()


class Orthanc(Peer):
    called = "ORTHANC"

    def __init__(self, folder, port, http, storage=None):
        super().__init__(folder, port)
        self.url = f"http://127.0.0.1:{http}"
        self.storage = pathlib.Path(storage or self.folder / "storage")
        self.storage.mkdir(exist_ok=True)
        (self.folder / "orthanc.json").write_text(json.dumps({
            "Name": "torture", "DicomAet": self.called, "DicomPort": port,
            "HttpPort": http, "RemoteAccessAllowed": False,
            "AuthenticationEnabled": False, "Plugins": [],
            "DicomAlwaysAllowStore": True, "UnknownSopClassAccepted": True,
            "OverwriteInstances": True,
            "StorageDirectory": str(self.storage),
            "IndexDirectory": str(self.storage)}))

    @staticmethod
    def present():
        return os.path.exists(ORTHANC)

    def words(self):
        return [ORTHANC, self.folder / "orthanc.json"]

    def get(self, path):
        with urllib.request.urlopen(self.url + path, timeout=60) as answer:
            return answer.read()

    def ready(self):
        try:
            self.get("/system")
        except OSError:
            return False
        return super().ready()

    def held(self):
        """{Study Instance UID: [(modality, SOP Instance UID), ...]}"""
        study = {s["ID"]: s["MainDicomTags"]["StudyInstanceUID"]
                 for s in json.loads(self.get("/studies?expand"))}
        series = {s["ID"]: (study[s["ParentStudy"]],
                            s["MainDicomTags"].get("Modality", ""))
                  for s in json.loads(self.get("/series?expand"))}
        found = {}
        for instance in json.loads(self.get("/instances?expand")):
            uid, modality = series[instance["ParentSeries"]]
            found.setdefault(uid, []).append(
                (modality, instance["MainDicomTags"]["SOPInstanceUID"]))
        return found

    def count(self):
        return json.loads(self.get("/statistics"))["CountInstances"]

    def stored(self):
        """{SOP Instance UID: SHA-256 of the pixels}, as it can be fetched."""
        found = {}
        for instance in json.loads(self.get("/instances?expand")):
            try:
                file = self.get(f"/instances/{instance['ID']}/file")
                digest = pixels(file)
            except Exception:  # whatever is wrong with it, it is not there
                digest = None
            found[instance["MainDicomTags"]["SOPInstanceUID"]] = digest
        return found


class Storescp(Peer):
    called = "STORESCP"

    def __init__(self, folder, port, storage=None, fork=True):
        super().__init__(folder, port)
        self.storage = pathlib.Path(storage or self.folder / "storage")
        self.storage.mkdir(exist_ok=True)
        self.fork = ["--fork"] if fork else []

    @staticmethod
    def present():
        return os.path.exists("/usr/bin/storescp")

    def words(self):
        return ["storescp", *self.fork, "+xa", "-od", self.storage, "-aet",
                self.called, str(self.port)]

    def stored(self):
        found = {}
        for path in self.storage.iterdir():
            try:
                digest = pixels(path.read_bytes())
            except Exception:
                digest = None
            found[path.name.split(".", 1)[1]] = digest
        return found
