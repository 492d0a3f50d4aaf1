# SPDX-License-Identifier: MIT
"""egpu enclosure, and steps of a plan, with the real boltd. usage: enclosure.py ACT EGPU"""
import json
import os
import pty
import signal
import subprocess
import sys
import time

import tap
from boltd import CORE_X, World, wait
from tap import ok

ACT, EGPU = sys.argv[1:3]
NAME = "Razer Core X"


class Said:
    def __init__(self, status, out, err=""):
        self.status, self.out, self.err = status, out, err

    def __str__(self):
        return f"exit {self.status}\n{self.out}\n{self.err}"


def egpu(w, *words):
    done = subprocess.run([EGPU, "--root", w.root, "enclosure", *words], env=w.plain, timeout=20,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          start_new_session=True)
    return Said(done.returncode, done.stdout, done.stderr)


def act(w, *words):
    done = subprocess.run([ACT, *words], env=w.plain, timeout=20, capture_output=True, text=True)
    return Said(done.returncode, done.stdout, done.stderr)


def on_terminal(w, typed, *words):
    """What a person sees who types that at the question."""
    ours, its = pty.openpty()
    process = subprocess.Popen([EGPU, "--root", w.root, "enclosure", *words],
                               env=dict(w.plain, NO_COLOR="1"), stdin=its, stdout=its, stderr=its,
                               start_new_session=True)
    os.close(its)
    seen = b""
    while True:
        try:
            piece = os.read(ours, 4096)
        except OSError:
            piece = b""
        if not piece:
            break
        seen += piece
        if seen.endswith(b"[y/N] "):
            os.write(ours, typed.encode())
    os.close(ours)
    return Said(process.wait(20), seen.decode().replace("\r\n", "\n"))


def is_valid(kind, value):
    """By data/enclosure.schema.json; where no jsonschema is installed all is."""
    try:
        import jsonschema
    except ImportError:
        return True
    with open(f"{os.path.dirname(sys.argv[0])}/../../data/enclosure.schema.json") as f:
        schema = json.load(f)
    return jsonschema.Draft202012Validator(
        {"$defs": schema["$defs"], "$ref": f"#/$defs/{kind}"}).is_valid(value)


def authorized(w):
    with open(f"{w.root}/sys/bus/thunderbolt/devices/0-1/authorized") as f:
        return f.read().strip()


def boltctl(w, line):
    return line in " ".join(w.run("boltctl", "info", CORE_X, env=w.faked).split())


def ready(w, *lines):
    """boltd takes its time to see a plug."""
    return wait(lambda: all(line in egpu(w, "list").out for line in lines), 5)


def without_boltd():
    with World(iommu="1") as w:
        w.plug()
        said = egpu(w)
        ok("without a bus the list is sysfs's, and says how to get boltd",
           said.status == 0 and f"{NAME}\n  {CORE_X}\n  connected as 0-1, not authorised\n" in said.out
           and "boltd, which authorises devices: not there." in said.out
           and "install" in said.out, said)
        said = egpu(w, "--json")
        j = json.loads(said.out)
        ok("its JSON says that nothing is known of the store", j["boltd"] == "not there"
           and j["devices"][0]["stored"] is None and j["devices"][0]["authorized"] is False, said)
        for verb in ("authorize", "enroll", "forget"):
            said = egpu(w, verb, CORE_X)
            ok(f"without boltd {verb} is refused", said.status == 2 and not said.out
               and f"egpu: {verb} needs boltd; nothing was done\n" in said.err, said)
        said = egpu(w, "monitor")
        ok("and monitor", said.status == 2 and "egpu: monitor needs boltd\n" in said.err, said)
        said = act(w, "enclosure", "authorize", CORE_X)
        ok("a step says that there is no bus", said.status == 1 and said.err ==
           f"authorize {CORE_X}: no system bus to ask boltd on: No such file or directory\n", said)
        w.start_bus()
        said = act(w, "enclosure", "authorize", CORE_X)
        ok("or no boltd", said.err == f"authorize {CORE_X}: boltd is not installed\n", said)
        ok("nothing was written", authorized(w) == "0")


def by_hand():
    with World(iommu="0") as w:
        w.plug()
        w.start_bus()
        w.start_boltd()
        ok("the list shows what is connected", ready(
            w, f"{NAME}\n  {CORE_X}\n  connected as 0-1, not authorised, not stored\n"
            "  Thunderbolt 3, 40 Gb/s = 2 x 20, IOMMU protection off\n"), egpu(w))
        said = egpu(w, "authorize", NAME)
        ok("a name without a terminal is refused, with the line to paste",
           said.status == 2 and f"\n  egpu enclosure authorize {CORE_X}\n" in said.err
           and authorized(w) == "0", said)
        said = on_terminal(w, "n\n", "authorize", "core x")
        ok("no on a terminal is no", said.status == 2 and "nothing was done" in said.out
           and authorized(w) == "0", said)
        ok("and what it is, and what it could do, was shown",
           f"{NAME}\n  {CORE_X}\n" in said.out and "DMA" in said.out
           and "No IOMMU protects" in said.out
           and f"Authorise {NAME} until it is unplugged? [y/N] " in said.out, said)
        said = on_terminal(w, "\n", "authorize", CORE_X)
        ok("an empty answer is no, also for a UUID", said.status == 2 and authorized(w) == "0", said)
        said = on_terminal(w, "yes please\n", "authorize", NAME)
        ok("so is what is not plainly yes", said.status == 2 and authorized(w) == "0", said)
        said = egpu(w, "authorize", CORE_X)
        ok("the UUID is enough without a terminal", said.status == 0 and authorized(w) == "1"
           and said.out == f"{NAME}: connected as 0-1, authorised, not stored.\n"
           and "No IOMMU protects" in said.err, said)
        ok("boltctl sees it authorised", boltctl(w, "status: authorized"),
           w.run("boltctl", env=w.faked))
        said = egpu(w, "authorize", NAME)
        ok("authorised once more is nothing to do", said.status == 0 and "already" in said.out, said)
        said = egpu(w, "forget", NAME)
        ok("what is not stored needs no forgetting", said.status == 0 and "not stored" in said.out,
           said)
        said = act(w, "enclosure", "authorize", CORE_X)
        ok("a step that is done is done", said.status == 0, said)
        said = act(w, "enclosure", "enroll", CORE_X, "nonsense")
        ok("boltd's refusal is told in its own words", said.status == 1 and said.err ==
           f"enroll {CORE_X}: invalid string 'nonsense' for enum 'BoltPolicy'\n", said)
        gone = CORE_X.replace("a", "b")
        said = act(w, "enclosure", "authorize", gone)
        ok("of a device that it does not know, too", said.err ==
           f"authorize {gone}: device with id '{gone}' could not be found.\n", said)
        said = egpu(w, "authorize", "Core Y")
        ok("a name that no device has is refused", said.status == 2 and "no device 'Core Y'" in said.err,
           said)


def deceived():
    with World(iommu="0") as w:
        w.plug()
        w.start_bus()
        w.start_boltd()
        evil, twin = "00000000-0000-4000-8000-0000000000e1", "00000000-0000-4000-8000-0000000000e2"
        claims = CORE_X.replace("0002", "0009")
        for port, uuid, name in (("0-3", evil, claims), ("0-5", twin, "Core X")):
            w.device(port, w.laptop, authorized="0", boot="0", device="0x1", device_name=name,
                     vendor="0x127", vendor_name="Razer", unique_id=uuid, generation="3")
        ready(w, CORE_X, evil, twin)
        said = egpu(w, "authorize", claims)
        ok("a device that calls itself by another's UUID is not taken for it",
           said.status == 2 and f"no device '{claims}'" in said.err, said)
        said = on_terminal(w, "y\n", "authorize", "core x")
        ok("a name of two devices is refused, also on a terminal", said.status == 2
           and f"'core x' is more than one device: {CORE_X} and {twin}; give the UUID" in said.out, said)
        ok("and nothing was authorised", "authorised," not in egpu(w).out.replace("not authorised", ""))


def stored():
    with World(iommu="0") as w:
        w.plug()
        w.start_bus()
        w.start_boltd()
        ready(w, CORE_X, "not stored")
        said = egpu(w, "enroll", CORE_X, "--policy", "manual")
        ok("enroll by UUID is seen in sysfs", said.status == 0 and authorized(w) == "1"
           and said.out == f"{NAME}: connected as 0-1, authorised, stored with policy manual.\n", said)
        ok("and by boltctl", boltctl(w, "policy: manual"), w.run("boltctl", env=w.faked))
        said = egpu(w, "enroll", CORE_X)
        ok("enrolled once more is nothing to do", said.status == 0 and "already" in said.out, said)
        said = on_terminal(w, "y\n", "enroll", NAME, "--policy", "auto")
        ok("another policy is asked for and set", said.status == 0
           and f"Enrol {NAME} with the policy auto? [y/N] " in said.out
           and boltctl(w, "policy: auto"), said)
        said = on_terminal(w, "n\n", "forget", NAME)
        ok("forgetting is asked for, too", said.status == 2 and boltctl(w, "policy: auto"), said)
        w.unplug()
        ok("unplugged it is still in the list", ready(
            w, f"{NAME}\n  {CORE_X}\n  not connected, stored with policy auto\n"), egpu(w))
        said = egpu(w, "authorize", CORE_X)
        ok("what is not connected cannot be authorised", said.status == 2
           and said.err == f"egpu: {NAME} is not connected\n", said)
        said = egpu(w, "enroll", CORE_X, "--policy", "iommu")
        ok("but its policy can change", said.status == 0 and boltctl(w, "policy: iommu"), said)
        said = on_terminal(w, "y\n", "forget", NAME)
        ok("forgotten it is gone from the list", said.status == 0 and CORE_X not in egpu(w).out
           and "is not known any more" in said.out, said)
        said = egpu(w, "--json")
        j = json.loads(said.out)
        ok("and from its JSON", j["boltd"] == "known" and j["devices"] == [], said)


def watched():
    with World(iommu="1") as w:
        w.start_bus()
        w.start_boltd()
        for name, options in (("", []), ("--json ", ["--json"])):
            out, err = f"{w.tmp}/monitor", f"{w.tmp}/monitor-err"
            with open(out, "w") as to, open(err, "w") as to_err:
                process = subprocess.Popen([EGPU, "--root", w.root, "enclosure", "monitor", *options],
                                           env=w.plain, stdout=to, stderr=to_err)

            def said():
                with open(out) as f, open(err) as g:
                    return f.read() + g.read()

            time.sleep(0.5)
            w.plug()
            last = '"stored":true' if options else "authorised, stored with policy iommu"
            came = wait(lambda: last in said())
            ok(f"monitor {name}tells a plug, and boltd's enrolling", came, said())
            w.unplug()
            gone = '"connected":false' if options else "not connected, stored with policy iommu"
            ok(f"monitor {name}tells an unplug", wait(lambda: gone in said()), said())
            w.run("boltctl", "forget", CORE_X, env=w.faked)
            ok(f"monitor {name}tells a forgetting", wait(lambda: "removed" in said()), said())
            process.send_signal(signal.SIGINT)
            ok(f"SIGINT ends monitor {name}with 0", process.wait(5) == 0, said())
            if options:
                events = [json.loads(line) for line in said().splitlines()]
                ok("every line is an event", [e["schema"] for e in events] ==
                   ["egpu-enclosure-event-1"] * len(events) and events[0]["event"] in ("added", "there")
                   and events[-1]["event"] == "removed", said())
                ok("as its schema has it", all(is_valid("event", e) for e in events), said())
        w.plug()
        ready(w, "stored with policy iommu")
        process = subprocess.Popen([EGPU, "--root", w.root, "enclosure", "monitor"], env=w.plain,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        first = process.stdout.readline()
        ok("what is there is told first", f"  there    {NAME}, connected as 0-1, authorised, stored with "
           f"policy iommu ({CORE_X})\n" in first, first)
        w.boltd.terminate()
        w.boltd.wait()
        line = process.stderr.readline()
        ok("a boltd that ends is told", line == "egpu: boltd: not there\n", line)
        w.start_boltd()
        w.unplug()
        # Between the kernel's word and boltd's there may be a look at which the two disagree.
        line = process.stdout.readline()
        if "(boltd: " in line:
            line = process.stdout.readline()
        ok("and one that is back is heard again", "not connected, stored" in line, line)
        process.send_signal(signal.SIGTERM)
        ok("SIGTERM ends it, too", process.wait(5) == 0)


if __name__ == "__main__":
    without_boltd()
    by_hand()
    deceived()
    stored()
    watched()
    tap.done()
