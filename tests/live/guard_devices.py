# SPDX-License-Identifier: MIT
"""egpu guard --observe, while devices come and go and a real boltd authorises them: TAP.

usage: umockdev-wrapper python3 guard_devices.py EGPU
"""
import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request

import tap
from boltd import CORE_X, World, wait
from tap import ok

EGPU = sys.argv[1]
PORT = "/sys/devices/pci0000:00/0000:00:07.0"
GPU = f"{PORT}/0000:22:00.0"
TELL_SEC = 20  # guard/step.h, TELL_AFTER_USEC


class Engine:
    """A container engine without containers, whose events never come."""

    holds = False  # it answers nobody

    def __init__(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.bind(path)
        self.socket.listen()
        self.open = []
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                line = self.socket.accept()[0]
                self.open.append(line)
                threading.Thread(target=self.answer, args=(line,), daemon=True).start()

    def answer(self, line):
        with contextlib.suppress(OSError):
            while asked := line.recv(65536):
                if self.holds:
                    time.sleep(3)
                if b" /events" in asked or b"/events?" in asked:
                    line.sendall(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
                    return
                said = b"[]" if b"/json" in asked.split(b"\r\n")[0] else b"{}"
                line.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n" + said)


class Guard:
    """egpu guard in that world. Its own metrics tell what it saw; to be asked wakes it up."""

    def __init__(self, w):
        self.w = w
        self.port = free_port()
        os.makedirs(f"{w.root}/etc", exist_ok=True)
        with open(f"{w.root}/etc/egpu.conf", "w") as f:
            f.write(f"[guard]\nlisten = 127.0.0.1:{self.port}\n")
        self.engine = Engine(f"{w.tmp}/engine")
        self.log = open(f"{w.tmp}/guard.log", "w+")
        command = [EGPU, "--root", w.root, "--docker", f"unix://{w.tmp}/engine", "guard", "--observe", "--gpu", "any"]
        env = {k: v for k, v in w.faked.items() if k != "JOURNAL_STREAM"}
        self.process = subprocess.Popen(command, env=env, stdout=self.log, stderr=self.log)
        w.callback(self.process.kill)

    def said(self):
        with open(self.log.name) as f:
            return f.read()

    def get(self, what):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{what}", timeout=5) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as e:
            return e.code, e.read().decode()
        except OSError as e:
            return 0, str(e)

    def looks(self):
        """As many as were over when the last one began."""
        found = re.search(r"^egpu_guard_looks_total (\d+)", self.get("/metrics")[1], re.M)
        return int(found.group(1)) if found else -1

    def looked_after(self, what):
        """Whether `what` led to a look, and not to a look a second."""
        self.rests()
        before = self.looks()
        what()
        looked = wait(lambda: self.looks() > before, 10)
        self.rests()
        return looked and self.looks() - before <= 5

    def switches(self):
        with open(f"/proc/{self.process.pid}/status") as f:
            return [int(x.split()[1]) for x in f if x.startswith("voluntary_ctxt")][0]

    def wakeups(self, seconds):
        before = self.switches()
        time.sleep(seconds)
        return self.switches() - before

    def rests(self, seconds=2):
        """Until it has slept so long."""
        return wait(lambda: self.wakeups(seconds) == 0, 60)

    def sees(self, link, state):
        return f'egpu_link_state{{link="{link}",state="{state}"}} 1' in self.get("/metrics")[1]

    def found(self, cause):
        return f'egpu_finding{{cause="{cause}"' in self.get("/metrics")[1]

    def ready(self):
        return self.get("/ready")[1].strip()

    def all(self):
        return self.said() + self.ready() + "\n" + "\n".join(
            x for x in self.get("/metrics")[1].splitlines() if x.endswith(" 1") or x.startswith("egpu_guard"))

    def children(self):
        with open(f"/proc/{self.process.pid}/task/{self.process.pid}/children") as f:
            return f.read().split()

    def end(self):
        self.process.terminate()
        return self.process.wait(10)


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def pci(w, path, parent, **attributes):
    flat = [x for pair in attributes.items() for x in pair]
    return w.bed.add_device("pci", os.path.basename(path), parent, flat, ["PCI_CLASS", "30000"])


def start_boltd(w):
    """umockdev names a listener's socket by its number alone, so boltd's and the guard's must differ."""
    taken = " ".join(f"{n}</dev/null" for n in range(3, 10))
    w.boltd = w.start("/bin/sh", "-c", f'exec "$0" -v {taken}', os.environ["BOLTD"], env=w.faked)
    wait(lambda: w.owned("org.freedesktop.bolt"))


def world():
    w = World(iommu="0")
    for folder in ("sys/bus/pci/devices", "sys/module", "proc", "dev"):
        os.makedirs(f"{w.root}/{folder}", exist_ok=True)
    os.mkfifo(f"{w.root}/dev/kmsg")
    w.kmsg = os.open(f"{w.root}/dev/kmsg", os.O_RDWR | os.O_NONBLOCK)
    w.callback(os.close, w.kmsg)
    w.port = pci(w, PORT, None, vendor="0x8086", device="0x9a23", **{"class": "0x060400"})
    w.start_bus()
    start_boltd(w)
    return w


def plug_gpu(w):
    w.gpu = pci(w, GPU, w.port, vendor="0x10de", device="0x2504", **{"class": "0x030000"})


def unplug_all(w):
    w.bed.uevent(w.gpu, "remove")
    w.bed.remove_device(w.gpu)
    w.unplug()


def status_of(w):
    listed = w.run("boltctl", "list", env=w.faked)
    return next((x.split()[-1] for x in listed.splitlines() if "status:" in x), "")


def test_arrival(w, g):
    ok("it begins with one look", wait(lambda: g.get("/metrics")[0] == 200) and g.rests() and g.looks() == 0, g.all())
    g.rests()
    quiet = g.wakeups(6)
    ok("and then sleeps", quiet == 0, f"{quiet} wakeups")
    ok("an enclosure that is plugged in leads to a look", g.looked_after(w.plug), g.all())
    since = time.monotonic()
    ok("which sees that nobody has authorised it",
       g.sees("enclosure", "broken") and g.found("enclosure-not-authorized") and g.ready() == "not ready: absent",
       g.all())
    ok("but a boot is full of such moments: nothing is told yet", g.said() == "", g.said())
    told = wait(lambda: "is connected, but not authorised" in g.said(), TELL_SEC + 10)
    ok("before it has stood for a while", told and time.monotonic() - since > TELL_SEC / 2, g.said())
    g.rests()
    quiet = g.wakeups(6)
    ok("then it sleeps again", quiet == 0, f"{quiet} wakeups")
    ok("authorised late: a look, on boltd's word alone",
       g.looked_after(lambda: w.run("boltctl", "enroll", "--policy", "auto", CORE_X, env=w.faked)), g.all())
    ok("and that is seen, and told once",
       g.sees("enclosure", "ok") and g.said().count("Over by itself: Razer Core X") == 1 and
       len(g.said().splitlines()) == 2, g.all())
    ok("its GPU comes: a look", g.looked_after(lambda: plug_gpu(w)) and g.ready() == "not ready: coming", g.all())


def test_again(w, g):
    ok("the cable is pulled: a look", g.looked_after(lambda: unplug_all(w)), g.all())
    ok("nothing is there any more", g.ready() == "not ready: absent" and not g.sees("enclosure", "ok"), g.all())
    wait(lambda: "pulled" in g.said(), TELL_SEC + 5)
    g.rests()
    quiet = g.wakeups(6)
    ok("nobody waits for it awake", quiet == 0, f"{quiet} wakeups")
    ok("plugged in again: a look", g.looked_after(w.plug), g.all())
    ok("boltd authorises what it knows", wait(lambda: status_of(w) == "authorized"), status_of(w))
    g.rests()
    ok("which the guard sees", g.sees("enclosure", "ok"), g.all())
    ok("and its GPU", g.looked_after(lambda: plug_gpu(w)) and g.ready() == "not ready: coming", g.all())


def test_log(w, g):
    line = b"4,%d,%d,-;%s\n"
    g.rests()
    before = g.looks()
    os.write(w.kmsg, line % (1, 1000, b"usb 1-2: new high-speed USB device"))
    g.rests()
    ok("a line of the kernel about something else leads to no look", g.looks() == before, g.all())
    fell = line % (2, 2000, b"NVRM: Xid (PCI:0000:22:00): 79, GPU has fallen off the bus.")
    ok("one of the driver does", g.looked_after(lambda: os.write(w.kmsg, fell)), g.all())


def files_of(pid):
    for number in os.listdir(f"/proc/{pid}/fd"):
        with contextlib.suppress(OSError):
            yield os.readlink(f"/proc/{pid}/fd/{number}")


def listener(port):
    """As /proc/PID/fd names the socket that listens there."""
    with open("/proc/net/tcp") as f:
        for line in f:
            word = line.split()
            if word[1].endswith(f":{port:04X}") and word[3] == "0A":
                return f"socket:[{word[9]}]"
    return ""


def test_child(w, g):
    g.rests()
    port = listener(g.port)
    g.engine.holds = True
    w.bed.uevent(w.gpu, "change")
    looks = wait(g.children, 5)
    time.sleep(0.5)
    held = [list(files_of(child)) for child in g.children()]
    ok("a look that hangs does not hold the port that the guard listens on",
       looks and held and port in files_of(g.process.pid) and not any(port in x for x in held), f"{port} {held}")
    g.engine.holds = False
    g.rests()


def test_end(w, g):
    looks = g.looks()
    since = time.monotonic()
    status = g.end()
    ok("it ends when it is told to, at once", status == 0 and time.monotonic() - since < 2, status)
    with open(f"{w.root}/var/lib/egpu/guard/state.json") as f:
        kept = json.load(f)
    ok("and keeps how often it looked", kept["counts"]["looks"] == looks + 1, f"{looks} {kept}")


with world() as w:
    g = Guard(w)
    test_arrival(w, g)
    test_again(w, g)
    test_log(w, g)
    test_child(w, g)
    test_end(w, g)
tap.done()
