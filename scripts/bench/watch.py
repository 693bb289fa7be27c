"""What the processes of a receiver use while they work, from /proc."""

import os
import pathlib
import threading

import lib_process

TICK_S = 1 / os.sysconf("SC_CLK_TCK")


def cpu_ticks(pid):
    """Of a process and of those children it has waited for."""
    text = pathlib.Path(f"/proc/{pid}/stat").read_text()
    return sum(map(int, text[text.rindex(")") + 2:].split()[11:15]))


def peak_kb(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1])
    return 0


class Watch:
    """with Watch(group) as used: ...; used.cpu_s, used.peak_mb (the largest
    process), used.peaks_mb {program: its largest}."""

    def __init__(self, group, step_s=0.05):
        self.group, self.step_s = group, step_s
        self.peaks, self.ended = {}, threading.Event()

    def look(self):
        """The CPU that the group has used so far. A child counts when its
        parent has waited for it or while it lives."""
        ticks = 0
        for process in self.group.members():
            try:
                ticks += cpu_ticks(process.pid)
                kb = peak_kb(process.pid)
            except (OSError, ValueError):
                continue
            self.peaks[process.name] = max(self.peaks.get(process.name, 0), kb)
        return ticks

    def poll(self):
        while not self.ended.wait(self.step_s):
            self.look()

    def __enter__(self):
        self.before = self.look()
        self.thread = threading.Thread(target=self.poll, daemon=True)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.ended.set()
        self.thread.join()
        self.cpu_s = (self.look() - self.before) * TICK_S
        self.peaks_mb = {name: kb / 1024 for name, kb in self.peaks.items()}
        self.peak_mb = max(self.peaks_mb.values(), default=0)


def resident_mb(pid):
    for line in pathlib.Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def members(group, name):
    """Process ids of a program of a group."""
    return [process.pid for process in lib_process.processes()
            if process.session == group.session and process.name == name]
