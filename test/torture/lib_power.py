"""A power cut without pulling a plug: what runs keeps its data on ext4 on a
loop device; it is killed, and the file behind the device is copied. In the copy
is what was synced, or what the kernel wrote of its own accord, and nothing of
the page cache: a disk as the next boot finds it."""

import os
import pathlib
import subprocess

DISK_BYTES = 192 << 20


def run(*words):
    subprocess.run(words, check=True, capture_output=True, timeout=60)


class Disk:
    """Mounted at one place before the cut and after it."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.mount_point = self.folder / "mnt"
        self.mount_point.mkdir(exist_ok=True)
        self.blank = self.folder / "blank.img"
        with open(self.blank, "wb") as file:
            file.truncate(DISK_BYTES)
        run("mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0", self.blank)
        self.image, self.mounted = self.folder / "disk.img", False

    def copy(self, source, target):
        run("cp", "--sparse=always", source, target)

    def mount(self):
        run("mount", "-o", "loop", self.image, self.mount_point)
        self.mounted = True

    def unmount(self):
        if self.mounted:
            run("umount", self.mount_point)
            self.mounted = False

    def fresh(self):
        self.unmount()
        self.copy(self.blank, self.image)
        self.mount()

    def cut(self):
        """Everything that ran on it was killed just now."""
        after = self.folder / "after.img"
        self.copy(self.image, after)
        self.unmount()
        os.replace(after, self.image)
        self.mount()


def possible(folder):
    """None, or why this machine cannot do it."""
    if os.geteuid() != 0:
        return "not root"
    try:
        disk = Disk(folder)
        disk.fresh()
        disk.unmount()
    except (OSError, subprocess.SubprocessError) as problem:
        return f"no loop device: {problem}"
    return None
