# SPDX-License-Identifier: MIT
"""The reference machine's files with a live boltd: prints what the shell has to export, then
"ready", and stays until its input ends. usage: umockdev-wrapper python3 world.py HOST"""
import os
import shutil
import sys

sys.path.insert(0, f"{os.path.dirname(os.path.abspath(__file__))}/../tests/live")
from boltd import CORE_X, World, wait  # noqa: E402

NHI = "/sys/devices/pci0000:00/0000:00:0d.2"


class Recorded(World):
    """The world of a recording, but for Thunderbolt: that is the fake bus which boltd looks at."""

    def __init__(self, recording):
        self.recording = recording
        super().__init__(iommu="1")

    def device(self, name, parent, kind="thunderbolt_device", **attributes):
        if name == "domain0":
            self.copy()
            return super().device(name, NHI, kind, **attributes)
        return super().device(name, parent, kind, nvm_version="33.0", **attributes)

    def copy(self):
        with open(f"{self.recording}/meta") as f:
            lines = [line.split() for line in f if line.strip()]
        for path, *what in sorted(lines, key=lambda x: len(x[0])):
            if what[0] == "->" and "thunderbolt" not in path:
                self.link(path, what[1])
        for folder, _, names in os.walk(f"{self.recording}/tree"):
            path = folder[len(f"{self.recording}/tree"):]
            if "thunderbolt" not in path:
                os.makedirs(f"{self.root}{path}", exist_ok=True)
                for name in names:
                    shutil.copyfile(f"{folder}/{name}", f"{self.root}{path}/{name}")
        for path, *what in lines:
            if what[0] != "->":
                self.node(path, what[0], dict(x.split("=") for x in what[1:] if "=" in x),
                          what[1] if len(what) > 1 else "")

    def link(self, path, target):
        """What is in .../devices leads to a folder of its own."""
        at = self.root + path
        os.makedirs(os.path.dirname(at), exist_ok=True)
        os.symlink(target, at)
        if os.path.basename(os.path.dirname(path)) == "devices":
            os.makedirs(os.path.join(os.path.dirname(at), target), exist_ok=True)

    def node(self, path, kind, has, number):
        at = self.root + path
        os.makedirs(at if kind == "dir" else os.path.dirname(at), exist_ok=True)
        if kind == "file":
            with open(at, "a") as f:
                f.truncate(int(has.get("size", f.tell())))
        if kind == "char":
            os.mknod(at, 0o020000, os.makedev(*map(int, number.split(":"))))
        if kind != "dir":
            os.chmod(at, int(has.get("mode", "644"), 8))
        if "mtime" in has:
            os.utime(at, (int(has["mtime"]), int(has["mtime"])))


with Recorded(sys.argv[1]) as w:
    w.plug()
    w.start_bus()
    w.start_boltd()
    wait(lambda: "status:        authorized" in w.run("boltctl", "info", CORE_X))
    print(f"root={w.root}\nbus=unix:path={w.tmp}/bus\nready", flush=True)
    sys.stdin.read()
