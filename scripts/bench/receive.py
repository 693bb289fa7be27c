"""One sender's work, given to every receiver in turn."""

import subprocess
import time

import peers
import rounds
from lib_process import wait_until
from watch import Watch


def dcmsend(receiver, paths, env=None):
    return ["dcmsend", "-aec", receiver.called, "127.0.0.1",
            str(receiver.port), *map(str, paths)]


def storescu(receiver, paths):
    return ["storescu", "-aec", receiver.called, "127.0.0.1",
            str(receiver.port), *map(str, paths)]


def limit_send(receiver, paths):
    return [str(receiver.program), "send", str(receiver.port),
            *map(str, paths)]


def command(sender, receiver, paths):
    if isinstance(receiver, peers.Limit):
        return limit_send(receiver, paths)
    return sender(receiver, paths)


def at_once(commands):
    """Runs all of them beside each other; all must succeed."""
    running = [subprocess.Popen(words, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)
               for words in commands]
    for process, words in zip(running, commands):
        output = process.communicate()[0]
        if process.returncode != 0:
            raise RuntimeError(f"{words[0]} failed: {output[-500:]}")


def one_after_another(commands):
    for words in commands:
        at_once([words])


def in_lanes(lanes):
    """A function like at_once() that keeps `lanes` commands running."""
    def run(commands):
        running, waiting = [], list(commands)
        while running or waiting:
            while waiting and len(running) < lanes:
                running.append(subprocess.Popen(
                    waiting.pop(0), stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL))
            done = [p for p in running if p.poll() is not None]
            if any(p.returncode != 0 for p in done):
                raise RuntimeError("a sender failed")
            running = [p for p in running if p.poll() is None]
            if not done:
                time.sleep(0.001)
    return run


def counted(receiver, images):
    """Whether it holds all that was sent."""
    return wait_until(20, lambda: receiver.count() >= images, 0.2)


def compare(case, batches, how=at_once, sender=dcmsend, kinds=None,
            most_rounds=None):
    """Prints the rows of a case: `batches` is a list of lists of paths, each
    one association."""
    images = sum(len(batch) for batch in batches)

    def work(kind):
        receiver = peers.fresh(kind, case.folder / "receiver")
        try:
            commands = [command(sender, receiver, batch) for batch in batches]
            with Watch(receiver.group) as used:
                begun = time.monotonic()
                how(commands)
                seconds = time.monotonic() - begun
            if not counted(receiver, images):
                raise RuntimeError(f"{kind.name} holds {receiver.count()} of "
                                   f"{images}")
        finally:
            receiver.stop()
        return rounds.Figure(seconds, used.cpu_s, used.peak_mb)

    found = rounds.alternate(kinds or peers.RECEIVERS, work, most_rounds)
    case.table(found, images, "image")
    return found
