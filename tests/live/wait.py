# SPDX-License-Identifier: MIT
"""egpu wait, while devices come: TAP. usage: umockdev-wrapper python3 wait.py EGPU"""
import os
import subprocess
import sys
import time

import gi

gi.require_version("UMockdev", "1.0")
from gi.repository import UMockdev  # noqa: E402

PORT = "/sys/devices/pci0000:00/0000:00:07.0"
GPU = f"{PORT}/0000:22:00.0"
bed = UMockdev.Testbed.new()
root = bed.get_root_dir()
env = dict(os.environ, UMOCKDEV_DIR=root, SYSTEMD_DEVICE_VERIFY_SYSFS="0")
count = failed = 0


def ok(name, good, said=""):
    global count, failed
    count += 1
    failed += not good
    print(f"{'ok' if good else 'not ok'} {count} - {name}")
    if not good:
        print(f"# {said}", flush=True)


def begin(*options):
    return subprocess.Popen([sys.argv[1], "--root", root, "wait", *options], env=env, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def pci(path, parent, **attributes):
    flat = [x for pair in attributes.items() for x in pair]
    return bed.add_device("pci", os.path.basename(path), parent, flat, ["PCI_CLASS", "30000"])


for folder in ("/sys/bus/pci/devices", "/sys/bus/thunderbolt/devices", "/proc"):
    os.makedirs(root + folder, exist_ok=True)

waiting = begin("--for", "pci", "--timeout", "1")
said = waiting.communicate(timeout=20)[0]
ok("no GPU within the time", waiting.returncode == 1 and "Not ready after 1." in said, said)

# It looks every two seconds too, so an event that comes just after such a look tells the two apart;
# a machine that is busy gets three tries.
port = pci(PORT, None, vendor="0x8086", device="0x9a23", **{"class": "0x060400"})
took = []
for attempt in range(3):
    waiting = begin("--for", "pci", "--timeout", "60", "--gpu", "any")
    time.sleep(2.3)
    waits = waiting.poll() is None
    since = time.monotonic()
    gpu = pci(GPU, port, vendor="0x10de", device="0x2504", **{"class": "0x030000"})
    bed.uevent(gpu, "add")
    said = waiting.communicate(timeout=20)[0]
    took.append(time.monotonic() - since)
    if min(took) < 1.5:
        break
    bed.remove_device(gpu)
ok("it waits for a GPU that has not come", waits)
ok("and ends when it comes", waiting.returncode == 0 and "The GPU is ready after" in said, said)
ok("by its event, not by the clock", min(took) < 1.5, f"{took}: {said}")

waiting = begin("--for", "driver", "--timeout", "1", "--gpu", "any")
said = waiting.communicate(timeout=20)[0]
ok("a GPU without a driver is told", waiting.returncode == 1 and "nvidia is not bound" in said, said)
said = subprocess.run([sys.argv[1], "wait", "--for", "tea"], text=True, capture_output=True)
ok("what it cannot wait for is a usage error", said.returncode == 64 and "pci, driver or cuda" in said.stderr)
print(f"1..{count}")
sys.exit(failed != 0)
