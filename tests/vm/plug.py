# SPDX-License-Identifier: MIT
"""egpu wait and egpu guard on a real kernel, while a GPU is plugged in, pulled and plugged in again: TAP. usage: plug.py EGPU"""
import json
import re
import sys

from lab import Kernel, Machine, Tree, done_testing, folder, note, ok, put_enclosure

EGPU = sys.argv[1]
BUS = """<busconfig><type>system</type><listen>unix:path=/run/dbus/system_bus_socket</listen><auth>EXTERNAL</auth>
<policy context="default"><allow user="*"/><allow own="*"/><allow send_type="method_call"/>
<allow send_destination="*"/><allow receive_sender="*"/></policy></busconfig>"""
PLUG, PULL, AGAIN = 30, 45, 60  # s


def image(tmp, kernel):
    tree = Tree(tmp / "root")
    tree.busybox()
    tree.program(EGPU, "bin/egpu")
    tree.program("/usr/bin/dbus-daemon", "bin/dbus-daemon")
    tree.program("/bin/udevadm", "bin/systemd-udevd")
    tree.put(kernel.module("thunderbolt"), "thunderbolt.ko")
    tree.write("etc/bus.conf", BUS)
    tree.write("etc/passwd", "root:x:0:0:root:/:/bin/sh\n")
    tree.write("etc/group", "root:x:0:\n")
    put_enclosure(tree, "thunderbolt")
    tree.write("init", open(f"{sys.path[0]}/plug.init").read(), 0o755)
    tree.pack(tmp / "initrd")
    return tmp / "initrd"


def states(said):
    """Of each second: when, and what /proc told of the two and of the bus."""
    for line in re.findall(r"^([\d.]+) state: guard=(\d+) looks=(\d+) wait=(\d*) gpus=(\d+)$", said, re.M):
        yield float(line[0]), int(line[1]), int(line[2]), line[3], int(line[4])


def changes(said, column, begin, end):
    seen = [(s[0], s[column]) for s in states(said) if begin <= s[0] <= end]
    return [b[0] for a, b in zip(seen, seen[1:]) if a[1] != b[1]]


def when(said, gpus, after):
    return next((s[0] for s in states(said) if s[0] > after and s[4] == gpus), None)


def tests(machine):
    machine.reach(PLUG)
    machine.plug()
    machine.reach(PULL)
    machine.unplug()
    machine.reach(AGAIN)
    machine.plug()
    machine.process.wait(400)
    said = machine.said()
    note("\n".join(x for x in said.splitlines() if re.match(r"[\d.]+ (guard|wait|kept):", x)))
    came, gone, again = when(said, 1, PLUG - 1), when(said, 0, PULL - 1), when(said, 1, AGAIN - 1)
    note(f"a GPU on the bus at {came} s, none at {gone} s, one at {again} s")
    ok("the kernel saw it come, go and come again", came and gone and again, said[-3000:])
    if not again:
        return
    ended = re.search(r"^([\d.]+) wait: The GPU is ready after", said, re.M)
    ok("the wait ended when it came", ended and PLUG <= float(ended.group(1)) < came + 3, said[-3000:])
    asleep = changes(said, 3, 20, PLUG - 1)
    ok("and was never awake in the ten seconds before", not asleep, asleep)
    for what, at in (("came", came), ("went", gone), ("came again", again)):
        looked = changes(said, 2, at - 2, at + 5)
        ok(f"the guard looked when it {what}", looked, f"at {at}: {looked}")
    quiet = changes(said, 2, 20, PLUG - 1), changes(said, 2, came + 6, PULL - 1), changes(said, 2, again + 30, 109)
    ok("and in between not once", not any(quiet), quiet)
    awake = changes(said, 1, again + 30, 109)
    ok("nor was it awake at the end, when it was not listening for a container engine any more", not awake, awake)
    kept = re.search(r"^[\d.]+ kept: (.*)$", said, re.M)
    looks = json.loads(kept.group(1))["counts"]["looks"] if kept else None
    ok("so few looks in all", looks and 4 <= looks <= 12, looks)


with folder() as tmp:
    kernel = Kernel()
    with Machine(tmp, kernel, image(tmp, kernel)) as machine:
        note(f"Linux {kernel.release} in QEMU, emulated")
        tests(machine)
done_testing()
