# SPDX-License-Identifier: MIT
"""Metrics over HTTP, and clients of every kind: TAP. usage: python3 serve.py SERVE SOURCE-ROOT"""
import os
import signal
import socket
import subprocess
import sys
import time

import tap
from tap import ok

SERVE, ROOT = sys.argv[1:3]
WELL = f"{ROOT}/data/hosts/reference"
LOST = f"{ROOT}/tests/replay/xid-79"


def begin(*arguments):
    p = subprocess.Popen([SERVE, *arguments], text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    line = p.stdout.readline().split()
    if not line:
        return p, 0, 0
    return p, int(line[0]), int(line[1])


def curl(*arguments):
    """What curl printed, with the status as its last line."""
    p = subprocess.run(["curl", "-s", "--max-time", "20", "-w", "\n%{http_code}", *arguments],
                       capture_output=True, text=True, check=False)
    return p.stdout


def connect():
    s = socket.create_connection(("127.0.0.1", port), timeout=20)
    return s


def drain(s):
    said = b""
    try:
        while part := s.recv(65536):
            said += part
    except ConnectionResetError:
        said += b"(reset)"
    return said


def ask(raw):
    with connect() as s:
        s.sendall(raw)
        return drain(s)


def next_look(p):
    """The next recording; waits until it is served."""
    before = curl(f"{url}/metrics")
    p.send_signal(signal.SIGUSR1)
    for _ in range(200):
        if curl(f"{url}/metrics") != before:
            return
        time.sleep(0.02)


server, port, kib = begin("127.0.0.1:0", WELL, LOST)
url = f"http://127.0.0.1:{port}"
print(f"# the library and the server take {kib} KiB")

said = curl(f"{url}/metrics")
ok("no metrics before the first look", said == "no look yet\n\n503", said)
said = curl(f"{url}/ready")
ok("not ready before it", said == "no look yet\n\n503", said)
next_look(server)
said = curl("-i", f"{url}/metrics")
ok("metrics are there", said.endswith("# EOF\n\n200") and "\negpu_ready 1\n" in said, said)
ok("as OpenMetrics", "\nContent-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\n" in said, said[:400])
ok("and nobody keeps them", "Cache-Control: no-store" in said, said[:400])
body = curl(f"{url}/metrics").rsplit("\n", 1)[0]
said = curl(f"{url}/ready")
ok("ready", said == "ready\n\n200", said)
said = curl(f"{url}/")
ok("an index", said.count("\n") == 3 and "/metrics" in said and "/ready" in said and said.endswith("200"), said)
said = curl(f"{url}/metrics?name[]=x")
ok("a question behind the path changes nothing", said.endswith("\n200"), said[-60:])
said = curl(f"{url}/../etc/passwd", "--path-as-is")
ok("nothing else is served", said.endswith("404"), said)
said = curl("-I", f"{url}/metrics")
ok("HEAD tells the length and sends nothing", f"Content-Length: {len(body.encode())}" in said and "egpu_" not in said, said)
for method in "POST", "PUT", "DELETE", "OPTIONS", "BREW":
    said = curl("-i", "-X", method, "-d", "x=1", f"{url}/metrics")
    ok(f"{method} is refused", said.endswith("405") and "Allow: GET, HEAD" in said, said)
said = ask(b"POST /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000000\r\n\r\n")
ok("a huge body is not waited for", said.startswith(b"HTTP/1.1 405"), said[:100])
said = ask(b"GET /" + b"a" * 200000 + b" HTTP/1.1\r\nHost: x\r\n\r\n")
ok("a huge request line is refused", said == b"(reset)" or said[9:12] in (b"414", b"431"), said[:100])
said = ask(b"GET /ready HTTP/1.1\r\nHost: x\r\n" + b"X: y\r\n" * 50000 + b"\r\n")
ok("so are a great many headers", said == b"(reset)" or said[9:12] in (b"413", b"431"), said[:100])
said = ask(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(256)) + b"\r\n\r\n")
ok("TLS is not spoken", not said.startswith(b"HTTP/1.1 200"), said[:100])
said = ask(b"GET /ready HTTP/1.1\r\nHost: x\r\n\r\n" * 3)
ok("of requests in a row the first is answered, and the connection closed",
   said.count(b"HTTP/1.1 200") == 1 and b"Connection: close" in said, said)

many = [connect() for _ in range(100)]
for s in many:
    s.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
answers = [drain(s) for s in many]
ok("100 at once are all answered", all(a.endswith(b"# EOF\n") for a in answers), answers[-1][-60:])
for s in many:
    s.close()

times = []
for _ in range(200):
    since = time.perf_counter()
    ask(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
    times.append((time.perf_counter() - since) * 1000)
times.sort()
print(f"# a scrape of {len(body)} bytes: median {times[100]:.2f} ms, 99 % {times[197]:.2f} ms, worst {times[-1]:.2f} ms")

next_look(server)
said = curl(f"{url}/ready")
ok("not ready, and why", said == "not ready: Xid 79 8123.5 s after boot\n\n503" or
   (said.startswith("not ready: ") and said.endswith("503") and "Xid 79" in said), said)

slow = [connect() for _ in range(16)]
since = time.monotonic()
waiting = connect()
waiting.sendall(b"GET /ready HTTP/1.1\r\nHost: x\r\n\r\n")
for i in range(40):
    for s in slow:
        try:
            s.sendall(b"G" if i == 0 else b"E")
        except OSError:
            pass
    waiting.settimeout(0.5)
    try:
        said = waiting.recv(100)
        break
    except TimeoutError:
        said = b""
took = time.monotonic() - since
ok("clients that send a byte now and then hold up others for 10 s, not longer", said[9:12] == b"503" and took < 14,
   (said, took))
print(f"# they were sent away after {took:.1f} s")
for s in slow:
    s.close()
ticks = open(f"/proc/{server.pid}/stat").read().split()[13:15]
time.sleep(1.5)
ok("nobody there, nothing done", open(f"/proc/{server.pid}/stat").read().split()[13:15] == ticks)

taken, _, _ = begin(f"127.0.0.1:{port}")
said = taken.communicate()[1]
ok("a port that is taken", f"serve metrics on 127.0.0.1:{port}: Address already in use" in said, said)
for address in "0.0.0.0:0", "[::]:0", "192.168.1.1:80", "localhost:80", "127.0.0.1", "127.0.0.1:65536", ":80", "", "[::1:80", "::1:80":
    p, _, _ = begin(address)
    said = p.communicate()[1]
    ok(f"'{address}' is refused", "to this machine only" in said, said)
if os.path.exists("/proc/net/if_inet6") and "00000000000000000000000000000001" in open("/proc/net/if_inet6").read():
    six, six_port, _ = begin("[::1]:0", WELL)
    said = curl("-g", f"http://[::1]:{six_port}/ready")
    ok("IPv6", said.endswith("503"), said)
    six.terminate()
    six.wait()
else:
    tap.skip("IPv6", "not here")

idle, half = connect(), connect()
half.sendall(b"GET /metr")
time.sleep(0.1)
server.terminate()
ok("it stops while clients are connected", server.wait(timeout=5) == 0, server.returncode)
ok("and they are told", drain(idle) in (b"", b"(reset)") and drain(half) in (b"", b"(reset)"))
tap.done()
