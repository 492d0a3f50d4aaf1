# SPDX-License-Identifier: MIT
"""A machine in QEMU (emulated, without KVM) with a real kernel, into which a GPU is plugged.

The stand-in for the GPU is QEMU's pci-testdev with a BAR of 256 MiB. No device of QEMU can be given NVIDIA's ids, so the
machine is stopped, the device plugged in, the ids in its configuration space changed in QEMU's memory, and the machine goes
on: for the guest's kernel a 10de:2504 of class 0300 has come, by PCIe's own hot-plug. Nothing answers behind it.
"""
import contextlib
import gzip
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

STANDS_IN = b"\x36\x1b\x05\x00"  # 1b36:0005, pci-testdev
GPU_IDS = b"\xde\x10\x04\x25"  # 10de:2504
GPU_CLASS = b"\xa1\x00\x00\x03"  # revision, 0300
CORE_X = {"authorized": "1", "device_name": "Core X", "vendor_name": "Razer", "generation": "3", "rx_lanes": "2",
          "rx_speed": "20.0 Gb/s", "tx_lanes": "2", "tx_speed": "20.0 Gb/s",
          "unique_id": "000a0000-0080-7f18-23cc-ff5f8a5a0002"}
count = failed = 0
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the machine ends with its test


def ok(name, good, said=""):
    global count, failed
    count += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {count} - {name}", flush=True)
    if not good:
        print("".join(f"# {x}\n" for x in str(said).splitlines()), end="", flush=True)


def note(text):
    print("".join(f"# {x}\n" for x in text.splitlines()), end="", flush=True)


def done_testing():
    print(f"1..{count}")
    sys.exit(failed != 0)


def run(*command, **more):
    return subprocess.run(command, check=True, capture_output=True, **more).stdout


class Kernel:
    """Debian's, from $EGPU_VM_KERNEL, a folder into which its package was unpacked."""

    def __init__(self):
        self.root = pathlib.Path(os.environ["EGPU_VM_KERNEL"])
        self.image = next(self.root.glob("boot/vmlinuz-*"))
        self.release = self.image.name.removeprefix("vmlinuz-")

    def module(self, name):
        return next(self.root.rglob(f"{name}.ko"))


class Tree:
    """What goes into an early image: programs with the libraries that they load."""

    def __init__(self, at):
        self.root = pathlib.Path(at)
        for folder in ("bin", "proc", "sys", "dev", "run", "tmp", "etc", "var/lib"):
            (self.root / folder).mkdir(parents=True)

    def put(self, source, to):
        at = self.root / to
        at.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, at)

    def write(self, to, text, mode=0o644):
        at = self.root / to
        at.parent.mkdir(parents=True, exist_ok=True)
        at.write_text(text)
        at.chmod(mode)

    def program(self, source, to):
        self.put(source, to)
        for library in re.findall(r"(/\S+) \(0x", run("ldd", source, text=True)):
            self.put(library, library.lstrip("/"))

    def busybox(self):
        self.put(shutil.which("busybox"), "bin/busybox")
        for applet in run("busybox", "--list", text=True).split():
            with contextlib.suppress(FileExistsError):
                (self.root / "bin" / applet).symlink_to("busybox")

    def pack(self, to):
        names = "\n".join(str(x.relative_to(self.root)) for x in sorted(self.root.rglob("*")))
        packed = run("cpio", "-o", "-H", "newc", "-R", "0:0", "--quiet", input=names.encode(), cwd=self.root)
        pathlib.Path(to).write_bytes(gzip.compress(packed, 1))


def put_enclosure(tree, to):
    """QEMU has no Thunderbolt controller: an authorised Core X as files, to be mounted over its bus."""
    for name, value in CORE_X.items():
        tree.write(f"{to}/0-1/{name}", f"{value}\n")


class Machine(contextlib.ExitStack):
    """Booted until it is left. Seconds are those of the guest, as its serial line tells them."""

    def __init__(self, tmp, kernel, initrd, append="", *options):
        super().__init__()
        self.log = pathlib.Path(tmp) / "serial"
        command = ["qemu-system-x86_64", "-M", "q35", "-accel", "tcg", "-m", "1024", "-display", "none", "-no-reboot",
                   "-nic", "none", "-vga", "none", "-serial", f"file:{self.log}", "-qmp", f"unix:{tmp}/qmp,server,nowait",
                   "-global", "ICH9-LPC.acpi-pci-hotplug-with-bridge-support=off",  # PCIe's own, as Thunderbolt has it
                   "-device", "pcie-root-port,id=slot1,slot=1,chassis=1,pref64-reserve=512M",
                   "-kernel", str(kernel.image), "-initrd", str(initrd),
                   "-append", f"console=ttyS0 quiet panic=-1 {append}", *options]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL)
        self.callback(self.process.wait)
        self.callback(self.process.kill)
        self.plugged = 0.0
        while not os.path.exists(f"{tmp}/qmp"):
            time.sleep(0.05)
        line = self.enter_context(socket.socket(socket.AF_UNIX))
        line.settimeout(60)
        line.connect(f"{tmp}/qmp")
        self.monitor = line.makefile("rw")
        self.monitor.readline()
        self.ask("qmp_capabilities")

    def ask(self, what, **arguments):
        self.monitor.write(json.dumps({"execute": what, "arguments": arguments}) + "\n")
        self.monitor.flush()
        while True:
            answer = json.loads(self.monitor.readline())
            if "error" in answer:
                raise RuntimeError(answer["error"]["desc"])
            if "return" in answer:
                return answer["return"]

    def plug(self):
        self.ask("stop")
        self.ask("device_add", driver="pci-testdev", membar=256 << 20, bus="slot1", id="gpu")
        self.become_gpu()
        self.ask("cont")

    def unplug(self):
        self.ask("device_del", id="gpu")

    def become_gpu(self):
        """Where its configuration space begins in QEMU's own memory: its ids, and at 8 its revision and class."""
        found = []
        with open(f"/proc/{self.process.pid}/maps") as maps, open(f"/proc/{self.process.pid}/mem", "r+b", 0) as memory:
            for line in maps:
                begin, end = (int(x, 16) for x in line.split()[0].split("-"))
                if " rw-p " not in line or end - begin > 256 << 20:
                    continue
                memory.seek(begin)
                held = memory.read(end - begin)
                found += [begin + x.start() for x in re.finditer(re.escape(STANDS_IN), held)
                          if held[x.start() + 9:x.start() + 12] == b"\x00\xff\x00"]
            if len(found) != 1:
                raise RuntimeError(f"the stand-in's configuration space is there {len(found)} times")
            for at, what in ((0, GPU_IDS), (8, GPU_CLASS)):
                memory.seek(found[0] + at)
                memory.write(what)

    def said(self):
        return self.log.read_text(errors="replace").replace("\r", "") if self.log.exists() else ""

    def until(self, pattern, seconds):
        """The first match in what it says, or None when it does not come in time."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            if found := re.search(pattern, self.said(), re.M):
                return found
            time.sleep(0.1)
        return re.search(pattern, self.said(), re.M)


    def reach(self, second, seconds=400):
        """Until a line that begins with the guest's uptime says so."""
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            told = re.findall(r"^(\d+)\.\d+ ", self.said(), re.M)
            if told and int(told[-1]) >= second:
                return
            time.sleep(0.1)


@contextlib.contextmanager
def folder():
    at = tempfile.mkdtemp()
    try:
        yield pathlib.Path(at)
    finally:
        shutil.rmtree(at)
