"""Faults by strace -e inject: the n-th system call of a kind fails, once or
from then on, in a process that runs already and in each it forks. strace counts
in each process for itself."""

import os
import signal
import subprocess
import tempfile
import threading


class Injection:
    """with Injection(...) as fault: the calls of these names, e.g.
    "write,pwrite64", fail with error from the n-th on (lasting), or the n-th
    alone. fault.hits afterwards: how many did."""

    def __init__(self, pid, calls, error, n, lasting):
        self.what = f"{calls}:error={error}:when={n}{'+' if lasting else ''}"
        self.pid, self.calls, self.hits = pid, calls, 0

    def __enter__(self):
        self.log = tempfile.NamedTemporaryFile()
        self.strace = subprocess.Popen(
            ["strace", "-f", "-p", str(self.pid), "-o", self.log.name, "-e",
             "trace=" + self.calls, "-e", "inject=" + self.what],
            stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        for line in self.strace.stderr:
            if "attached" in line:
                break
        # later children are told of as well: nobody reads that
        threading.Thread(target=self.strace.stderr.read, daemon=True).start()
        return self

    def detach(self):
        if self.strace.poll() is None:
            self.strace.send_signal(signal.SIGINT)
            try:
                self.strace.wait(10)
            except subprocess.TimeoutExpired:
                self.strace.kill()
                self.strace.wait()

    def __exit__(self, *_):
        self.detach()
        with open(self.log.name, encoding="latin-1") as log:
            self.hits = sum("(INJECTED)" in line for line in log)
        self.log.close()


def present():
    try:
        return subprocess.run(["strace", "-o", os.devnull, "true"],
                              capture_output=True, timeout=10).returncode == 0
    except OSError:
        return False
