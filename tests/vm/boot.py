# SPDX-License-Identifier: MIT
"""The order of a boot, by a real systemd: what egpu setup writes, and when a stand-in for Docker starts then. TAP.

usage: boot.py EGPU UNITS-FOLDER
"""
import os
import pathlib
import re
import sys

from lab import Kernel, Machine, Tree, done_testing, folder, note, ok, put_enclosure, run

EGPU, UNITS = sys.argv[1:3]
DEBIAN = os.environ["EGPU_VM_DEBIAN"]
LATE = 45  # s
SERVICES = "usr/local/lib/systemd/system"
# No driver is there that CUDA could be asked by; what is waited for here is the GPU on the bus.
TICK = """[Service]
StandardOutput=tty
TTYPath=/dev/ttyS0
ExecStart=/bin/sh -c 'while sleep 1; do echo "$(cut -d " " -f 1 /proc/uptime) s"; done'
"""
READY = "[Service]\nExecStart=\nExecStart=/usr/local/bin/egpu wait --for pci --timeout 180 --units\n"
STUB = """[Unit]
Description={0}
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/sh -c 'echo {0} starts at $(cut -d " " -f 1 /proc/uptime) s'
"""
SETUP = """[Unit]
ConditionKernelCommandLine=vm.setup
After=dbus.service multi-user.target
[Service]
Type=oneshot
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS0
ExecStart=-/usr/local/bin/egpu setup --only order --yes
ExecStart=/bin/sh -c 'head -n 9 /etc/systemd/system/*.service.d/60-egpu.conf; systemctl enable egpu-guard.service; sync; echo that is all'
ExecStart=systemctl poweroff -ff
"""
TOLD = " ".join(("docker.service", "other.service", "egpu-ready.service", "egpu-guard.service"))
WRITES = ("guard=$(systemctl show -P MainPID egpu-guard.service); for at in /etc/cdi /run/cdi /var/lib/egpu /etc /run /usr; do "
          "! nsenter -t $guard -m touch $at/vm || echo may write $at; done")
REPORT = f"""[Unit]
ConditionKernelCommandLine=vm.boot
After=docker.service egpu-guard.service
[Service]
Type=oneshot
StandardOutput=tty
StandardError=tty
TTYPath=/dev/ttyS0
ExecStart=sleep 5
ExecStart=journalctl -b -o short-monotonic --no-pager -u {TOLD.replace(' ', ' -u ')}
ExecStart=/bin/sh -c 'for unit in {TOLD}; do echo "$unit: $(systemctl show -p ActiveState,ExecMainStatus,ExecMainStartTimestampMonotonic,ActiveEnterTimestampMonotonic,NRestarts,StatusText $unit | tr "\\n" " ")"; done; {WRITES}; echo that is all'
ExecStart=systemctl poweroff -ff
"""


def modules(tree, kernel):
    run("depmod", "-b", str(kernel.root), kernel.release)
    order = []
    for name in ("crc32c_generic", "virtio_pci", "virtio_blk", "ext4"):
        listed = run("modprobe", "-d", str(kernel.root), "-S", kernel.release, "--show-depends", name, text=True)
        order += [x.split()[1] for x in listed.splitlines() if x.startswith("insmod")]
    order = list(dict.fromkeys(order))
    for path in order:
        tree.put(path, f"modules/{pathlib.Path(path).name}")
    tree.write("modules/order", "".join(f"{pathlib.Path(x).name}\n" for x in order))
    tree.put(kernel.module("thunderbolt"), "modules/thunderbolt.ko")


def early(tmp, kernel):
    tree = Tree(tmp / "early")
    tree.busybox()
    (tree.root / "root").mkdir()
    modules(tree, kernel)
    tree.put(EGPU, "over/usr/local/bin/egpu")
    for name in ("egpu-ready", "egpu-driver", "egpu-guard"):
        tree.put(f"{UNITS}/{name}.service", f"over/{SERVICES}/{name}.service")
    tree.write("over/etc/systemd/system/egpu-ready.service.d/test.conf", READY)
    for name in ("docker", "other"):
        tree.write(f"over/{SERVICES}/{name}.service", STUB.format(name))
    for name, text in (("setup", SETUP), ("report", REPORT), ("tick", TICK)):
        tree.write(f"over/{SERVICES}/{name}.service", text)
    wants = tree.root / "over/etc/systemd/system/multi-user.target.wants"
    wants.mkdir(parents=True)
    for name in ("docker", "other", "setup", "report", "tick"):
        (wants / f"{name}.service").symlink_to(f"/{SERVICES}/{name}.service")
    # It would hang up the line on which the others speak.
    (tree.root / "over/etc/systemd/system/serial-getty@ttyS0.service").symlink_to("/dev/null")
    # To the guest the port is no removable one.
    tree.write("over/etc/egpu.conf", "[gpu]\nselect = any\n")
    put_enclosure(tree, "over/etc/thunderbolt")
    tree.write("init", open(f"{sys.path[0]}/boot.init").read(), 0o755)
    tree.pack(tmp / "initrd")


def boot(tmp, kernel, append, does=None):
    """What was said until it was off, and when it was plugged in. What it writes on its disk stays."""
    disk = f"file={tmp}/disk,format=raw,if=virtio,cache=unsafe"
    with Machine(tmp, kernel, tmp / "initrd", f"systemd.show_status=0 {append}", "-drive", disk) as machine:
        if does:
            does(machine)
        over = machine.until(r"^that is all", 300)
        machine.process.wait(60) if over else None
        return machine.said(), machine.plugged


def plugs_late(machine):
    """After all that does not wait has been started, however slow the machine is."""
    first = machine.until(r"^(\d+)\.\d+ s$", 300)
    if not first:
        return
    machine.reach(int(first.group(1)) + LATE)
    machine.plug()
    machine.plugged = float(re.findall(r"^([\d.]+) s$", machine.said(), re.M)[-1])
    note(f"plugged in at {machine.plugged} s")


def number(said, unit, what):
    found = re.search(rf"^{unit}: .*\b{what}=(\d+)", said, re.M)
    return int(found.group(1)) if found else -1


def started(said, unit):
    return number(said, f"{unit}.service", "ExecMainStartTimestampMonotonic") / 1e6


def tell(said):
    note("\n".join(x for x in said.splitlines() if re.match(r"\[ *[\d.]+\] \S+ |\S+\.service: ", x)))


def tests(tmp, kernel):
    said, _ = boot(tmp, kernel, "vm.setup")
    ok("egpu setup --only order writes what has docker start after the GPU",
       re.search(r"^Wants=egpu-ready.service\nAfter=egpu-ready.service$", said, re.M), said[-3000:])
    said, plugged = boot(tmp, kernel, "vm.boot vm.enclosure", plugs_late)
    tell(said)
    ready = number(said, "egpu-ready.service", "ActiveEnterTimestampMonotonic") / 1e6
    ok("with an enclosure the GPU is waited for", re.search(r"The GPU is ready after", said) and ready > plugged > 0, said[-3000:])
    ok("docker starts after it", started(said, "docker") >= ready > 0, f"{started(said, 'docker')} {ready}")
    ok("soon", started(said, "docker") < ready + 10, f"{started(said, 'docker')} {ready}")
    ok("who does not need it does not wait", 0 < started(said, "other") < plugged - 10, started(said, "other"))
    ok("the guard runs in its sandbox, and has seen it come",
       re.search(r"^egpu-guard.service: StatusText=GPU coming, .*NRestarts=0 .*ActiveState=active ", said, re.M), said[-3000:])
    ok("it may write where CDI specifications go, and its own state",
       re.findall(r"^may write (.*)$", said, re.M) == ["/etc/cdi", "/run/cdi", "/var/lib/egpu"], said[-3000:])
    said, _ = boot(tmp, kernel, "vm.boot")
    tell(said)
    ok("without an enclosure nothing is waited for, and that is no failure",
       re.search(r"No GPU to wait for: no enclosure is connected", said) and
       number(said, "egpu-ready.service", "ExecMainStatus") == 4 and "egpu-ready.service: Failed" not in said, said[-3000:])
    ok("the boot is held up for a moment only", 0 < started(said, "docker") < max(started(said, "other"), 15) + 15,
       f"{started(said, 'docker')} {started(said, 'other')}")


with folder() as tmp:
    kernel = Kernel()
    note(f"Linux {kernel.release} in QEMU, emulated; systemd of {pathlib.Path(DEBIAN, 'etc/debian_version').read_text()}")
    run("mkfs.ext4", "-q", "-O", "^metadata_csum", "-d", DEBIAN, str(tmp / "disk"), "1G")
    early(tmp, kernel)
    tests(tmp, kernel)
done_testing()
