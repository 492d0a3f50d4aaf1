# SPDX-License-Identifier: MIT
"""What egpu guard costs. usage: guard.py EGPU ROOT FOLDER BOLTD-PID, with DOCKER_HOST as it is for the peers"""
import atexit
import json
import os
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import threading
import time

EGPU, ROOT, FOLDER, BOLTD = sys.argv[1:5]
IDLE_SEC, FLOOD_SEC, RATE, BATCHES = 60, 10, 10000, 100
WATCHDOG = """while sleep 5; do
	docker ps --format '{{.Names}} {{.Status}}' | grep -q unhealthy && docker restart ollama
done"""


def read(path):
    with open(path) as f:
        return f.read()


class Process:
    """What the kernel says of one."""

    def __init__(self, pid):
        self.pid = int(pid)

    def kib(self, key, file="status"):
        for line in read(f"/proc/{self.pid}/{file}").splitlines():
            if line.startswith(key + ":"):
                return int(line.split()[1])
        return 0

    def switches(self):
        return self.kib("voluntary_ctxt_switches") + self.kib("nonvoluntary_ctxt_switches")

    def stat(self):
        return read(f"/proc/{self.pid}/stat").rpartition(")")[2].split()

    def own_sec(self):
        """On a CPU, without its children."""
        try:
            return int(read(f"/proc/{self.pid}/schedstat").split()[0]) / 1e9
        except FileNotFoundError:
            return sum(map(int, self.stat()[11:13])) / os.sysconf("SC_CLK_TCK")

    def children_sec(self):
        return sum(map(int, self.stat()[13:15])) / os.sysconf("SC_CLK_TCK")

    def children(self):
        return set(read(f"/proc/{self.pid}/task/{self.pid}/children").split())

    def new_child(self, timeout):
        """When the next one is there; None: none came."""
        before, until = self.children(), time.monotonic() + timeout
        while time.monotonic() < until:
            if self.children() - before:
                return time.monotonic()
            time.sleep(0.0005)
        return None


# Each line of the kernel's log wakes the guard, and on a machine that does other things they come: so it gets one in which
# nobody writes. Without a right to mount it has that of the machine.
QUIET = ["unshare", "--mount", "--propagation", "private", "sh", "-c",
         f'mount --bind "{FOLDER}/kmsg" /dev/kmsg; exec "$@"', "sh"]


def guard(docker):
    shutil.rmtree(f"{ROOT}/var/lib/egpu", ignore_errors=True)
    log = open(f"{FOLDER}/guard.log", "w")
    p = subprocess.Popen(QUIET + [EGPU, "--root", ROOT, "--docker", docker, "guard"], stdout=log, stderr=log)
    atexit.register(p.kill)
    return p, Process(p.pid)


def until_it_rests(p, sec=5, most=90):
    """No look for so long: no child, and none that has ended meanwhile, which its page faults tell."""
    began = still = time.monotonic()
    before = p.stat()[8]
    while time.monotonic() < still + sec and time.monotonic() < began + most:
        time.sleep(0.25)
        if p.children() or p.stat()[8] != before:
            still, before = time.monotonic(), p.stat()[8]
    return time.monotonic() - still >= sec


def end(popen):
    popen.send_signal(signal.SIGTERM)
    popen.wait(30)


# A stand-in for the engine

def event(n):
    """As dockerd writes one: a chunk of its own."""
    number = f"{n:064x}"
    text = json.dumps({
        "status": "start", "id": number, "from": "ollama/ollama:latest", "Type": "container", "Action": "start",
        "Actor": {"ID": number, "Attributes": {
            "com.docker.compose.config-hash": f"{n:064x}", "com.docker.compose.container-number": "1",
            "com.docker.compose.project": "llm", "com.docker.compose.project.working_dir": "/srv/llm",
            "com.docker.compose.service": "ollama", "image": "ollama/ollama:latest", "name": f"llm-ollama-{n}",
            "org.opencontainers.image.ref.name": "ubuntu", "org.opencontainers.image.version": "24.04"}},
        "scope": "local", "time": 1760000000 + n, "timeNano": (1760000000 + n) * 10**9}, separators=(",", ":")) + "\n"
    return f"{len(text):x}\r\n{text}\r\n".encode()


class Engine:
    def __init__(self, path):
        self.line, self.path = None, path
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(path)
        self.listener.listen(16)
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            threading.Thread(target=self.talk, args=(self.listener.accept()[0],), daemon=True).start()

    def talk(self, line):
        text = b""
        while part := line.recv(65536):
            text += part
            while b"\r\n\r\n" in text:
                head, _, text = text.partition(b"\r\n\r\n")
                self.answer(line, head.split()[1].decode())

    def answer(self, line, path):
        if "/events" in path:
            line.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n")
            self.line = line
            return
        known = {"/_ping": "OK", "/version": '{"ApiVersion":"1.47","Version":"27.0"}', "/info": '{"ServerVersion":"27.0"}'}
        status, body = "404 Not Found", '{"message":"page not found"}'
        for end, text in known.items():
            if path.endswith(end):
                status, body = "200 OK", text
        if "/containers/json" in path:
            status, body = "200 OK", "[]"
        line.sendall(f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n{body}".encode())

    def flood(self):
        """The time of the last one, how many, and how many bytes: in batches, as fast as they are wanted and taken."""
        each = RATE // BATCHES
        batches = [b"".join(event(b * each + i) for i in range(each)) for b in range(BATCHES)]
        began, sent = time.monotonic(), 0
        while (now := time.monotonic()) < began + FLOOD_SEC:
            if sent * each < (now - began) * RATE:
                self.line.sendall(batches[sent % BATCHES])
                sent += 1
            else:
                time.sleep(0.001)
        return time.monotonic(), sent * each, sum(len(b) for b in batches) / BATCHES * sent


# Measuring

def row(name, *cells):
    print(f"  {name:<40}" + "".join(f" {c:>10}" for c in cells), flush=True)


def reach(what, wanted, unit, here):
    print(f"  {what:<40} {f'{wanted}{unit}':>10} {here:>10.2f}  {'met' if here <= wanted else 'NOT MET'}")


def start_peers():
    peers = [("boltd", Process(BOLTD))] if BOLTD else []
    watchdog = subprocess.Popen(["bash", "-c", WATCHDOG], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    atexit.register(watchdog.kill)
    return peers + [("bash, docker ps each 5 s", Process(watchdog.pid))], watchdog


def persistenced():
    """It ends where there is no driver."""
    path = shutil.which("nvidia-persistenced")
    if not path:
        return "not installed"
    p = subprocess.Popen([path, "--no-persistence-mode"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(1)
    return "needs a driver" if p.poll() is not None else Process(p.pid)


def idle():
    popen, p = guard(os.environ["DOCKER_HOST"])
    if not until_it_rests(p, 25):  # what stands for 20 s is told
        print(f"  (the guard does not come to rest here: {read(f'{FOLDER}/guard.log')[-300:]})")
    peers, watchdog = start_peers()
    extra = persistenced()
    if isinstance(extra, Process):
        peers.append(("nvidia-persistenced", extra))
    everyone = [("egpu guard", p)] + peers
    before = [(x.switches(), x.own_sec(), x.children_sec()) for _, x in everyone]
    time.sleep(IDLE_SEC)
    woken = p.switches() - before[0][0]
    print(f"  nothing happens for {IDLE_SEC} s                    RSS KiB    Pss KiB   wake-ups     CPU ms  children's")
    for (name, x), (switches, own, children) in zip(everyone, before):
        row(name, x.kib("VmRSS"), x.kib("Pss", "smaps_rollup"), x.switches() - switches,
            f"{(x.own_sec() - own) * 1000:.1f}", f"{(x.children_sec() - children) * 1000:.0f}")
    if isinstance(extra, str):
        row("nvidia-persistenced", extra)
    result = p.kib("VmRSS"), woken
    watchdog.kill()
    end(popen)
    return result


def settle(p, engine):
    """From an event to the look, when the wait of the last look is over: it doubles."""
    took = []
    for wait in (3, 4, 7, 12):
        time.sleep(wait)
        sent = time.monotonic()
        engine.line.sendall(event(1))
        began = p.new_child(40)
        if began:
            took.append((began - sent) * 1000)
        until_it_rests(p, 1, 30)
    return statistics.median(took) if took else float("inf")


def swamped():
    engine = Engine(f"{FOLDER}/engine")
    popen, p = guard(f"unix://{engine.path}")
    until_it_rests(p, 25)
    settled = settle(p, engine)
    time.sleep(16)
    with open(f"/proc/{p.pid}/clear_refs", "w") as f:
        f.write("5")
    seen, stop = set(), threading.Event()

    def count():
        while not stop.wait(0.01):
            seen.update(p.children())

    threading.Thread(target=count, daemon=True).start()
    own, children, switches = p.own_sec(), p.children_sec(), p.switches()
    last, sent, size = engine.flood()
    own, switches = p.own_sec() - own, p.switches() - switches
    stop.set()
    after = p.new_child(60)
    until_it_rests(p, 2, 60)
    print(f"\n  {RATE} events a second for {FLOOD_SEC} s, a stand-in's")
    row("taken of them, in a second", f"{sent / FLOOD_SEC:.0f}", f"{size / FLOOD_SEC / 1e6:.1f} MB")
    row("the guard's own CPU", f"{own / FLOOD_SEC * 100:.2f} %")
    row("its looks' CPU, to the end of the last", f"{p.children_sec() - children:.2f} s")
    row("its wake-ups in a second", f"{switches / FLOOD_SEC:.0f}")
    row("looks meanwhile", len(seen))
    row("peak RSS", f"{p.kib('VmHWM')} KiB")
    row("from the last event to the next look", f"{after - last:.2f} s" if after else "NONE")
    row("from one event to its look, calm", f"{settled:.0f} ms")
    end(popen)
    return own / FLOOD_SEC * 100, bool(after)


os.mkfifo(f"{FOLDER}/kmsg")
rss, wakes = idle()
percent, followed = swamped()
print("\n  reach                                       at most       here")
reach("the guard at rest", 4096, " KiB", rss)
reach("wake-ups in a minute of nothing", 0, "", wakes)
reach(f"of a core at {RATE} events a second", 5, " %", percent)
if not followed:
    print("  NOT MET: no look followed the last event")
