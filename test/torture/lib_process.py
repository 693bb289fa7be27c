"""Processes of a case: started in a session of their own, found again through
/proc, ended by their ids."""

import os
import pathlib
import signal
import subprocess
import time


def wait_until(seconds, condition, step=0.05):
    """The first true value of condition(), or its last one."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value or time.monotonic() >= end:
            return value
        time.sleep(step)


class Process:
    """pid, parent, name and session of a running process."""

    def __init__(self, stat, pid):
        self.pid = pid
        self.name = stat[stat.index("(") + 1:stat.rindex(")")]
        rest = stat[stat.rindex(")") + 2:].split()
        self.state, self.parent = rest[0], int(rest[1])
        self.session = int(rest[3])


def processes():
    found = []
    for entry in os.listdir("/proc"):
        if not entry.isdigit():
            continue
        try:
            stat = pathlib.Path("/proc", entry, "stat").read_text()
        except OSError:
            continue
        process = Process(stat, int(entry))
        if process.state != "Z":
            found.append(process)
    return found


def kill(pid, number=signal.SIGKILL):
    try:
        os.kill(pid, number)
        return True
    except ProcessLookupError:
        return False


class Group:
    """One program and whatever it started, all in its session."""

    def __init__(self, arguments, log, env=None, cwd=None):
        with open(log, "ab") as out:
            self.main = subprocess.Popen(arguments, stdout=out, stderr=out,
                                         stdin=subprocess.DEVNULL, env=env,
                                         cwd=cwd, start_new_session=True)
        self.session = self.main.pid

    def members(self):
        return [p for p in processes() if p.session == self.session]

    def alive(self):
        return self.main.poll() is None

    def kill_all(self):
        """SIGKILL to every one of them at once: stopped first, so that none
        does anything about another's death. Returns when all are gone."""
        members = self.members()
        for process in members:
            kill(process.pid, signal.SIGSTOP)
        while members:
            for process in members:
                kill(process.pid)
            self.main.poll()
            time.sleep(0.005)
            members = self.members()
        self.main.wait()

    def stop(self, seconds=30):
        """SIGTERM, then SIGKILL; True: it ended by itself."""
        if self.alive():
            kill(self.main.pid, signal.SIGTERM)
        try:
            self.main.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
        good = not self.alive() and bool(
            wait_until(2, lambda: not self.members()))
        self.kill_all()
        return good
