# SPDX-License-Identifier: MIT
"""egpu wait, while devices come and go: TAP. usage: umockdev-wrapper python3 wait.py EGPU"""
import os
import shutil
import socket
import subprocess
import sys
import time

import tap
from boltd import CORE_X, World, wait
from tap import ok

EGPU = sys.argv[1]
PORT = "/sys/devices/pci0000:00/0000:00:07.0"
GPU = f"{PORT}/0000:22:00.0"
PROBE = """#!/bin/sh
echo "$2" >>{tmp}/asked
result=999 name=CUDA_ERROR_UNKNOWN
[ ! -e {tmp}/works ] || result=0 name=CUDA_SUCCESS
printf '{{"library":"loaded","result":%s,"result_name":"%s","gpus":[]}}\\n' $result $name
"""


class Waiting:
    """egpu wait that runs in that world; killed when it is left behind."""

    def __init__(self, w, *options, egpu=EGPU, docker="unix:///nowhere"):
        command = [egpu, "--root", w.root, "--docker", docker, "wait", "--gpu", "any", *options]
        self.since = time.monotonic()
        self.process = subprocess.Popen(command, env=w.faked, text=True, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT)
        w.callback(self.process.kill)

    def waits(self):
        return self.process.poll() is None

    def wakeups(self, seconds):
        """How often it was awake in that time: it sleeps again after each."""
        def switches():
            with open(f"/proc/{self.process.pid}/status") as f:
                return [int(x.split()[1]) for x in f if x.startswith("voluntary_ctxt")][0]

        before = switches()
        time.sleep(seconds)
        return switches() - before

    def end(self):
        """Exit status, what was said, and after how many seconds."""
        said = self.process.communicate(timeout=60)[0]
        return self.process.returncode, said, time.monotonic() - self.since


def world(iommu="0"):
    w = World(iommu)
    for folder in ("sys/bus/pci/devices", "sys/module", "proc", "dev"):
        os.makedirs(f"{w.root}/{folder}", exist_ok=True)
    w.port = pci(w, PORT, None, vendor="0x8086", device="0x9a23", **{"class": "0x060400"})
    return w


def pci(w, path, parent, **attributes):
    flat = [x for pair in attributes.items() for x in pair]
    return w.bed.add_device("pci", os.path.basename(path), parent, flat, ["PCI_CLASS", "30000"])


def plug_gpu(w, driver=None):
    gpu = pci(w, GPU, w.port, vendor="0x10de", device="0x2504", **{"class": "0x030000"})
    if driver:
        os.makedirs(f"{w.root}/sys/bus/pci/drivers/{driver}", exist_ok=True)
        w.bed.set_attribute_link(gpu, "driver", f"../../../../bus/pci/drivers/{driver}")
    w.bed.uevent(gpu, "bind" if driver else "add")
    return gpu


def asked_by(engine):
    try:
        engine.accept()
        return True
    except BlockingIOError:
        return False


def test_absent():
    with world() as w:
        status, said, _ = Waiting(w, "--for", "pci", "--timeout", "1").end()
        ok("no GPU within the time", status == 1 and "Not ready after 1." in said, said)
        status, said, took = Waiting(w).end()
        ok("without an enclosure it ends soon, and not at once",
           status == 4 and 2.9 < took < 20 and said == "No GPU to wait for: no enclosure is connected.\n",
           f"{status} {took}: {said}")


def test_events():
    with world() as w:
        w.plug()
        waiting = Waiting(w, "--for", "pci", "--timeout", "100")
        time.sleep(5)
        ok("it waits for the GPU of an enclosure", waiting.waits())
        ok("and sleeps all the while", waiting.wakeups(5) == 0)
        since = time.monotonic()
        gpu = plug_gpu(w)
        status, said, _ = waiting.end()
        took = time.monotonic() - since
        ok("until it comes", status == 0 and "The GPU is ready after" in said, said)
        ok("which its event tells", took < 5, took)
        w.bed.uevent(gpu, "remove")
        w.bed.remove_device(gpu)
        waiting = Waiting(w, "--timeout", "100")
        time.sleep(4)
        w.unplug()
        since = time.monotonic()
        status, said, _ = waiting.end()
        took = time.monotonic() - since
        ok("an enclosure that is unplugged meanwhile ends it, a little later: it may be plugged in again",
           status == 4 and 2.5 < took < 20, f"{status} {took}: {said}")


def test_storm():
    with world() as w:
        w.plug()
        waiting = Waiting(w, "--for", "pci", "--timeout", "100")
        time.sleep(4)
        gpu = plug_gpu(w)
        for _ in range(80):
            w.bed.uevent(gpu, "change")
            time.sleep(0.1)
            if not waiting.waits():
                break
        ok("a storm of events does not keep it from looking", not waiting.waits())


def test_late_authorisation():
    if not os.environ["BOLTD"]:
        print("# the real boltd cannot be run here: authorising is not tried")
        return
    with world(iommu="0") as w:
        w.start_bus()
        w.start_boltd()
        waiting = Waiting(w, "--for", "pci", "--timeout", "100")
        time.sleep(1)
        w.plug()
        wait(lambda: "Core X" in w.run("boltctl", "list", env=w.faked))
        time.sleep(5)
        ok("an enclosure that nobody has authorised yet is waited for", waiting.waits())
        w.run("boltctl", "enroll", "--policy", "auto", CORE_X, env=w.faked)
        w.bed.uevent(w.core_x, "change")
        time.sleep(1)
        ok("its authorisation is not all", waiting.waits())
        plug_gpu(w)
        status, said, _ = waiting.end()
        ok("then its GPU comes", status == 0, said)
    with world(iommu="0") as w:
        w.start_bus()
        w.start_boltd()
        w.plug()
        wait(lambda: "Core X" in w.run("boltctl", "list", env=w.faked))
        status, said, _ = Waiting(w, "--timeout", "4").end()
        ok("not authorised in time: the cause is named",
           status == 1 and "s: Razer Core X is connected, but not authorised (enclosure-not-authorized).\n"
           "To mend it: egpu fix\n" in said, said)


def test_broken():
    with world() as w:
        plug_gpu(w)
        engine = socket.socket(socket.AF_UNIX)
        engine.bind(f"{w.tmp}/docker")
        engine.listen()
        engine.setblocking(False)
        status, said, _ = Waiting(w, "--for", "driver", "--timeout", "1", docker=f"unix://{w.tmp}/docker").end()
        ok("the container engine, which may be waiting for us, is not asked", not asked_by(engine))
        ok("a GPU without a driver is told by its cause",
           status == 1 and "the nvidia module is not loaded (module-not-loaded).\nTo mend it" in said, said)
    with world() as w:
        gpu = plug_gpu(w, driver="nouveau")
        status, said, took = Waiting(w, "--timeout", "100").end()
        ok("another driver holds it: no waiting helps",
           status == 2 and took < 20 and "The GPU will not be ready by waiting: nouveau drives 22:00.0, "
           "not nvidia (nouveau-bound).\nTo mend it: egpu fix\n" in said, f"{status} {took}: {said}")
        with open(f"{w.root}/{gpu}/config", "wb") as f:
            f.write(b"\xff" * 64)
        status, said, took = Waiting(w, "--timeout", "100").end()
        ok("a GPU that fell off the bus is broken at once",
           status == 2 and took < 2.9 and "(gpu-fallen-off-bus)" in said, f"{status} {took}: {said}")


def test_handshakes():
    with world() as w:
        shutil.copy(EGPU, f"{w.tmp}/egpu")
        with open(f"{w.tmp}/egpu-probe", "w") as f:
            f.write(PROBE.format(tmp=w.tmp))
        os.chmod(f"{w.tmp}/egpu-probe", 0o755)

        def asked():
            if not os.path.exists(f"{w.tmp}/asked"):
                return 0
            with open(f"{w.tmp}/asked") as f:
                return f.read().count("cuda")

        plug_gpu(w, driver="nvidia")
        waiting = Waiting(w, "--timeout", "100", egpu=f"{w.tmp}/egpu")
        wait(lambda: asked() >= 7, 40)
        time.sleep(1)
        first = asked()
        ok("CUDA that does not answer is asked a few times", first == 7, first)
        quiet = waiting.wakeups(10)
        ok("and then no more", waiting.waits() and quiet == 0 and asked() == first,
           f"{quiet} wakeups, {asked()} handshakes")
        open(f"{w.tmp}/works", "w").close()
        open(f"{w.root}/dev/nvidia-uvm", "w").close()
        status, said, _ = waiting.end()
        ok("before something has changed, as a device node", status == 0, said)
        os.remove(f"{w.tmp}/works")
        status, said, _ = Waiting(w, "--timeout", "1", egpu=f"{w.tmp}/egpu").end()
        ok("what CUDA says at the end is told",
           status == 1 and "Not ready after 1." in said and "To mend it: egpu fix" in said, said)


test_absent()
test_events()
test_storm()
test_late_authorisation()
test_broken()
test_handshakes()
done = subprocess.run([EGPU, "wait", "--for", "tea"], text=True, capture_output=True)
ok("what it cannot wait for is a usage error", done.returncode == 64 and "pci, driver or cuda" in done.stderr)
tap.done()
