# SPDX-License-Identifier: MIT
"""Worlds for the real boltd: a bus of its own, a policy daemon that says yes, a fake sysfs."""
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time

import gi

gi.require_version("UMockdev", "1.0")
from gi.repository import UMockdev  # noqa: E402

HOST = "884c6ede-7118-4fb3-fb64-6d5f8a5a0001"
CORE_X = "000a0000-0080-7f18-23cc-ff5f8a5a0002"
BUS = """<busconfig><type>system</type><listen>unix:path=%s/bus</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/>
<allow send_destination="*" eavesdrop="true"/><allow receive_sender="*"/></policy></busconfig>"""


class World(contextlib.ExitStack):
    """A laptop with one Thunderbolt domain; plug(), unplug(), and what is learned of it."""

    beds = []  # all, until the end: one that is freed takes the fake /sys of the next one with it

    def __init__(self, iommu):
        super().__init__()
        self.bed = UMockdev.Testbed.new()
        World.beds.append(self.bed)
        self.root = self.bed.get_root_dir()
        self.tmp = tempfile.mkdtemp()
        self.callback(shutil.rmtree, self.tmp)
        for folder in ("bus", "class"):
            os.makedirs(f"{self.root}/sys/{folder}", exist_ok=True)
        self.plain = {k: v for k, v in os.environ.items() if k != "LD_PRELOAD"}
        self.plain["DBUS_SYSTEM_BUS_ADDRESS"] = f"unix:path={self.tmp}/bus"
        self.faked = dict(self.plain, LD_PRELOAD=os.environ["LD_PRELOAD"], UMOCKDEV_DIR=self.root,
                          SYSTEMD_DEVICE_VERIFY_SYSFS="0", STATE_DIRECTORY=self.tmp,
                          RUNTIME_DIRECTORY=self.tmp)
        self.domain = self.device("domain0", None, kind="thunderbolt_domain", security="user",
                                  boot_acl="", iommu_dma_protection=iommu)
        self.laptop = self.device("0-0", self.domain, authorized="1", device="0x1",
                                  device_name="Laptop", vendor="0x109", vendor_name="Lenovo",
                                  unique_id=HOST, generation="4")
        self.core_x = None

    def device(self, name, parent, kind="thunderbolt_device", **attributes):
        flat = [x for pair in attributes.items() for x in pair]
        return self.bed.add_device("thunderbolt", name, parent, flat, ["DEVTYPE", kind])

    def plug(self):
        self.core_x = self.device(
            "0-1", self.laptop, authorized="0", boot="0", device="0xde5a", device_name="Core X",
            vendor="0x127", vendor_name="Razer", unique_id=CORE_X, generation="3",
            rx_speed="20.0 Gb/s", rx_lanes="2", tx_speed="20.0 Gb/s", tx_lanes="2")

    def unplug(self):
        self.bed.uevent(self.core_x, "remove")
        self.bed.remove_device(self.core_x)

    def run(self, *command, env=None):
        done = subprocess.run(command, env=env or self.plain, capture_output=True, text=True,
                              timeout=20)
        return done.stdout

    def start(self, *command, env=None):
        with open(f"{self.tmp}/{os.path.basename(command[0])}.log", "w") as log:
            process = subprocess.Popen(command, env=env or self.plain, stdout=log, stderr=log)
        self.callback(process.wait)
        self.callback(process.terminate)
        return process

    def start_bus(self):
        with open(f"{self.tmp}/bus.conf", "w") as f:
            f.write(BUS % self.tmp)
        self.start("dbus-daemon", "--nofork", "--config-file", f"{self.tmp}/bus.conf")
        wait(lambda: os.path.exists(f"{self.tmp}/bus"))
        self.start("/usr/bin/python3", "-m", "dbusmock", "--system", "--template", "polkitd")
        wait(lambda: self.owned("org.freedesktop.PolicyKit1"))
        allowed = [f"org.freedesktop.bolt.{what}" for what in ("authorize", "enroll", "manage")]
        self.run("busctl", f"--address=unix:path={self.tmp}/bus", "call",
                 "org.freedesktop.PolicyKit1", "/org/freedesktop/PolicyKit1/Authority",
                 "org.freedesktop.DBus.Mock", "SetAllowed", "as", "3", *allowed)

    def start_boltd(self):
        self.boltd = self.start(os.environ["BOLTD"], "-v", env=self.faked)
        wait(lambda: self.owned("org.freedesktop.bolt"))

    def owned(self, name):
        return name in self.run("busctl", f"--address=unix:path={self.tmp}/bus", "list")

    def learned(self):
        verdict = self.run(sys.argv[2], "--root", self.root, "check")
        return self.run(sys.argv[1], self.root) + "".join(
            f"verdict {' '.join(line.split())}\n" for line in verdict.splitlines())


def wait(for_what, seconds=10):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if for_what():
            return True
        time.sleep(0.05)
    return False


count = failed = 0


def ok(name, world, *lines, no=None):
    """Passes as soon as every line is learned (and none has `no` in it); boltd takes its time."""
    global count, failed
    said = ""

    def all_there():
        nonlocal said
        said = world.learned()
        return all(f"{line}\n" in said for line in lines) and (no is None or no not in said)

    passed = wait(all_there, 5)
    count += 1
    failed += not passed
    print(f"{'ok' if passed else 'not ok'} {count} - {name}")
    if not passed:
        print("".join(f"# wanted: {x}\n" for x in lines), end="")
        print("".join(f"# learned: {x}\n" for x in said.splitlines()), end="", flush=True)


def tests():
    with World(iommu="1") as w:
        w.plug()
        os.makedirs(f"{w.root}/sys/bus/pci/devices", exist_ok=True)
        ok("without a bus bolt is absent, and sysfs is known", w, "sysfs known",
           "verdict enclosure broken Razer Core X is not authorised, and no boltd runs here",
           "device 0-1 Core X authorized=0", "bolt not there security=? mode=?")
        w.start_bus()
        ok("without boltd bolt is absent", w, "bolt not there security=? mode=?")
        w.start_boltd()
        ok("an IOMMU lets boltd enrol by itself", w, "device 0-1 Core X authorized=1",
           "bolt known security=user mode=enabled", "verdict enclosure ok Razer Core X, authorised, policy iommu, 40 Gb/s = 2 x 20",
           f"host {HOST} Laptop authorized stored=0 policy=none generation=4 /sys/devices/domain0/0-0",
           f"peripheral {CORE_X} Core X authorized stored=1 policy=iommu generation=3 "
           "/sys/devices/domain0/0-0/0-1")
        w.unplug()
        ok("an enclosure that was unplugged is stored and disconnected", w,
           "bolt known security=user mode=enabled",
           "verdict enclosure broken Razer Core X is known, but not connected",
           f"peripheral {CORE_X} Core X disconnected stored=1 policy=iommu generation=3 nowhere",
           no="device 0-1")
        w.boltd.terminate()
        w.boltd.wait()
        ok("a boltd that went away is absent again", w, "bolt not there security=? mode=?")

    with World(iommu="0") as w:
        w.plug()
        w.start_bus()
        w.start_boltd()
        os.makedirs(f"{w.root}/sys/bus/pci/devices", exist_ok=True)
        ok("without an IOMMU the enclosure waits", w, "device 0-1 Core X authorized=0",
           "verdict enclosure broken Razer Core X is connected, but not authorised",
           f"verdict boltctl enroll --policy auto {CORE_X}",
           f"peripheral {CORE_X} Core X connected stored=0 policy=none generation=3 "
           "/sys/devices/domain0/0-0/0-1")
        w.run("boltctl", "enroll", "--policy", "auto", CORE_X, env=w.faked)
        ok("until it is enrolled", w, "device 0-1 Core X authorized=1",
           f"peripheral {CORE_X} Core X authorized stored=1 policy=auto generation=3 "
           "/sys/devices/domain0/0-0/0-1")


if __name__ == "__main__":
    tests()
    print(f"1..{count}")
    sys.exit(failed != 0)
