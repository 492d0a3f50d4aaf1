# SPDX-License-Identifier: MIT
"""Headers of models by HTTPS, from a server that answers in every way: TAP. usage: remote.py REMOTE-HEADER"""
import hashlib
import http.server
import json
import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

import gguf
import tap
from tap import ok

PROGRAM = sys.argv[1]
AHEAD = 64 << 10
TOKEN = "hf_verysecret"
CLEAN = {k: v for k, v in os.environ.items() if not k.lower().endswith("_proxy")}


class Asked:
    """One question."""

    def __init__(self, h):
        self.path, self.token, self.client = h.path, h.headers.get("Authorization"), h.client_address
        self.sent = 0


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    disable_nagle_algorithm = True

    def log_message(self, *_):
        pass

    def do_GET(self):
        self.now = Asked(self)
        self.server.asked.append(self.now)
        path = self.path.split("?")[0]
        try:
            route = self.server.routes.get(path)
            if route is None:
                self.answer(404, b"<html>no such page</html>")
            else:
                route(self)
        except (ConnectionError, ssl.SSLError):
            self.close_connection = True

    def send(self, data):
        self.now.sent += len(data)
        self.wfile.write(data)

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in {"Content_Length": len(body), **headers}.items():
            if value is not None:
                self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        self.send(body)

    def range(self):
        m = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
        return (int(m[1]), int(m[2])) if m else None


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, tls=None):
        super().__init__(("127.0.0.1", 0), Handler)
        self.routes, self.asked = {}, []
        if tls:
            self.socket = tls.wrap_socket(self.socket, server_side=True)
        self.base = f"{'https' if tls else 'http'}://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def handle_error(self, *_):
        pass


def certificate(folder, name):
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
                    "-days", "2", "-subj", "/CN=localhost", "-addext", f"subjectAltName={name}",
                    "-keyout", f"{folder}/key", "-out", f"{folder}/cert"], check=True, capture_output=True)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(f"{folder}/cert", f"{folder}/key")
    return tls


# What a route does

def ranges(data, total=None):
    """A server as it should be."""
    def route(h):
        asked = h.range()
        if not asked:
            return h.answer(200, data)
        begin, end = asked[0], min(asked[1], len(data) - 1)
        if begin >= len(data):
            return h.answer(416, Content_Range=f"bytes */{len(data)}")
        return h.answer(206, data[begin:end + 1], Content_Range=f"bytes {begin}-{end}/{total or len(data)}")
    return route


def to(place, status=302):
    return lambda h: h.answer(status, b"<html>moved</html>", Location=place)


def says(status, body=b"<html>no</html>", **headers):
    return lambda h: h.answer(status, body, **headers)


# The program

class Look:
    def __init__(self, name, *options, servers=None, **env):
        for s in servers or (main, other, plain):
            s.asked.clear()
        since = time.monotonic()
        p = subprocess.run([PROGRAM, name, *options], capture_output=True, text=True, env={**CLEAN, **env},
                           timeout=100, check=False)
        self.took = time.monotonic() - since
        self.all = p.stdout + p.stderr
        self.code = p.returncode
        self.has = dict(x.split(" ", 1) for x in p.stdout.splitlines() if " " in x)

    def number(self, word):
        return int(self.has.get(word, -1))

    def fails(self, code, *words):
        return (self.has.get("error") == code and all(w in self.has["said"] for w in words)
                and TOKEN not in self.all and "geheim" not in self.all)


def look(name, *options):
    return Look(name, f"ca={folder}/cert", *options)


def sent():
    """Bytes of bodies of what was answered with a part or all of a file."""
    return sum(h.sent for s in (main, other, plain) for h in s.asked)


def tokens():
    return [h.token for s in (main, other, plain) for h in s.asked if h.token]


def test_header():
    big = gguf.vocabulary(128000)
    head, data = gguf.header(big), gguf.file(big)
    main.routes["/big.gguf"] = ranges(data, 40 << 30)
    said = look(f"{main.base}/big.gguf?sig=geheim")
    ok("a header", said.code == 0 and said.number("header") == len(head) and said.number("tensors") == 3, said.all)
    ok("with its vocabulary counted", said.number("tokens") == 128000, said.all)
    ok("the server tells how large the file is", said.number("file") == 40 << 30, said.all)
    ok("named without what is secret", said.has.get("where") == f"{main.base}/big.gguf" and
       said.has.get("name") == "big.gguf" and "geheim" not in said.all, said.all)
    ok("which goes along all the same", all(h.path.endswith("?sig=geheim") for h in main.asked))
    ok("not a byte more than 64 KiB past it", sent() <= len(head) + AHEAD, (len(head), sent()))
    ok("in few questions", len(main.asked) < 15, len(main.asked))
    ok("counted as the server counts, but for what was not read any more",
       sent() - AHEAD < said.number("fetched") <= sent(), (said.all, sent()))
    ok("over one connection", len({h.client for h in main.asked}) == 1, len(main.asked))
    ok("in little memory", said.number("memory") < 40000, said.all)
    print(f"# a header of {len(head)} bytes: {sent()} sent in {len(main.asked)} questions, "
          f"{said.took * 1000:.0f} ms, {said.number('memory')} KiB")

    def hangs_up(h):
        ranges(data)(h)
        h.close_connection = True

    main.routes["/once.gguf"] = hangs_up
    said = look(f"{main.base}/once.gguf")
    ok("from a server that hangs up after each answer", said.code == 0 and
       len({h.client for h in main.asked}) == len(main.asked) > 1, said.all)

    def trailing(h):
        a, b = h.range()
        h.answer(206, b"%x\r\n" % (b + 1 - a) + data[a:b + 1] + b"\r\n0\r\nContent-Range: bytes 0-1/2\r\n\r\n",
                 Content_Range=f"bytes {a}-{b}/{len(data)}", Content_Length=None, Transfer_Encoding="chunked")

    main.routes["/chunks.gguf"] = trailing
    said = look(f"{main.base}/chunks.gguf")
    ok("in chunks, and trailers that nobody heeds", said.code == 0 and said.number("header") == len(head), said.all)
    small = gguf.file()
    main.routes["/small.gguf"] = ranges(small)
    said = look(f"{main.base}/small.gguf")
    ok("a small one in one question", said.code == 0 and len(main.asked) == 1 and sent() <= len(gguf.header()) + AHEAD, said.all)
    main.routes["/tiny.gguf"] = ranges(gguf.header(tensor_count=0))
    ok("a file that is shorter than what is asked for", look(f"{main.base}/tiny.gguf").code == 0)
    plain.routes["/small.gguf"] = ranges(small)
    ok("this machine may speak plainly", look(f"{plain.base}/small.gguf").code == 0)
    data = bytearray(b"GGUF\3\0\0\0") + bytes(200000)
    main.routes["/none.gguf"] = says(200, b"<html>please sign in</html>" * 10000)
    ok("a page is no GGUF", look(f"{main.base}/none.gguf").fails("EINVAL", "/none.gguf: byte 0:"))
    main.routes["/cut.gguf"] = ranges(gguf.header(big)[:1000000])
    said = look(f"{main.base}/cut.gguf")
    ok("a file that ends inside its header", said.fails("EINVAL", "ends at byte 1000000"), said.all)


def test_no_ranges():
    """Servers that send all, from the start."""
    big = gguf.vocabulary(128000)
    head, data = gguf.header(big), gguf.file(big) + bytes(60 << 20)

    def all_of_it(length):
        def route(h):
            h.send_response(200)
            if length:
                h.send_header("Content-Length", str(len(data)))
            h.send_header("Connection", "close")
            h.end_headers()
            h.close_connection = True
            for i in range(0, len(data), 1 << 16):
                h.send(data[i:i + (1 << 16)])
        return route

    for what, length in ("whose length is told", True), ("of no known length", False):
        main.routes["/all.gguf"] = all_of_it(length)
        said = look(f"{main.base}/all.gguf")
        ok(f"a server without ranges, a file {what}", said.code == 0 and said.number("header") == len(head), said.all)
        ok("is asked once", len(main.asked) == 1, len(main.asked))
        ok("and read from as far as needed", said.number("fetched") < len(head) + AHEAD, said.all)
        time.sleep(0.3)
        ok("it cannot send on", sent() < len(head) + (16 << 20), sent())
        ok("in little memory still", said.number("memory") < 40000, said.all)


def test_redirects():
    data = gguf.file()
    localhost = main.base.replace("127.0.0.1", "localhost")
    main.routes["/x.gguf"] = ranges(data)
    other.routes["/x.gguf"] = ranges(gguf.file(gguf.vocabulary(40000)))
    main.routes["/here"] = to("/x.gguf", 307)
    main.routes["/there"] = to(f"{other.base}/x.gguf?sig=geheim")
    main.routes["/name"] = to(f"{localhost}/x.gguf", 301)
    said = look(f"{main.base}/here")
    ok("a redirect on the same host", said.code == 0 and said.has["where"] == f"{main.base}/here", said.all)
    ok("to another name", look(f"{main.base}/name").code == 0)
    said = look(f"{main.base}/there")
    ok("to another host", said.code == 0 and "geheim" not in said.all, said.all)
    ok("which is asked for the rest itself", len(main.asked) == 1 and len(other.asked) > 1, (len(main.asked), len(other.asked)))
    main.routes["/loop"] = to("/loop")
    said = look(f"{main.base}/loop")
    ok("a loop ends", said.fails("EPROTO", "redirected more than 5 times") and len(main.asked) == 6, said.all)
    for i in range(5):
        main.routes[f"/hop{i}"] = to(f"/hop{i + 1}")
    main.routes["/hop5"] = ranges(data)
    ok("five are followed", look(f"{main.base}/hop0").code == 0)
    plain.routes["/x.gguf"] = ranges(data)
    main.routes["/down"] = to(f"{plain.base}/x.gguf")
    said = look(f"{main.base}/down")
    ok("away from https is not followed", said.fails("EPROTO", "away from https") and not plain.asked, said.all)
    plain.routes["/up"] = to(f"{main.base}/x.gguf")
    ok("to https is", look(f"{plain.base}/up").code == 0)
    plain.routes["/out"] = to("http://example.org/x.gguf")
    said = look(f"{plain.base}/out")
    ok("plainly to elsewhere is not", said.fails("EPROTO", "http://"), said.all)
    for place in ("file:///etc/passwd", "ftp://127.0.0.1/x", "https://me:geheim@localhost/x", "https://127.0.0.1\\@x/"):
        main.routes["/odd"] = to(place)
        said = look(f"{main.base}/odd")
        ok(f"nor to {place}", said.fails("EPROTO") and len(main.asked) == 1, said.all)
    main.routes["/nowhere"] = says(302)
    ok("nor to nowhere", look(f"{main.base}/nowhere").fails("EPROTO", "HTTP 302"))


def hub(paths, quant=None):
    main.routes["/api/models/o/r/tree/main"] = says(
        200, json.dumps([{"type": "file", "path": p, "size": 1} for p in paths]).encode())
    return f"hf:o/r:{quant}" if quant else "hf:o/r"


def test_token():
    """Who is told, and who is not."""
    data = gguf.file(gguf.vocabulary(40000))
    options = [f"hf={main.base}", f"token={TOKEN}"]
    bearer = f"Bearer {TOKEN}"

    def gated(h):
        return ranges(data)(h) if h.now.token == bearer else h.answer(401, b"no")

    main.routes["/o/r/resolve/main/m.gguf"] = gated
    said = look("hf:o/r/m.gguf", *options)
    ok("the token opens", said.code == 0 and len(main.asked) > 1 and tokens() == [bearer] * len(main.asked), said.all)
    ok("and is in no message", TOKEN not in said.all)
    said = look("hf:o/r/m.gguf", f"hf={main.base}")
    ok("without it: what to do", said.fails("EACCES", "HF_TOKEN=", f"{main.base}/o/r"), said.all)
    said = look("hf:o/r/m.gguf", f"hf={main.base}", "token=")
    ok("an empty one is none", said.fails("EACCES", "HF_TOKEN=") and not tokens(), (said.all, tokens()))
    said = look("hf:o/r/m.gguf", f"hf={main.base}", "token=hf_wrong")
    ok("with another: what to do", said.fails("EACCES", "licence", f"{main.base}/o/r") and "hf_wrong" not in said.all, said.all)
    said = look(f"{main.base}/o/r/blob/main/m.gguf", *options)
    ok("a page's address is the same", said.code == 0, said.all)
    other.routes["/m.gguf"] = ranges(data)
    main.routes["/o/r/resolve/main/m.gguf"] = to(f"{other.base}/m.gguf")
    said = look("hf:o/r/m.gguf", *options)
    ok("another port is another server", said.code == 0 and tokens() == [bearer] and main.asked[0].token and len(other.asked) > 1,
       (said.all, tokens()))
    main.routes["/m.gguf"] = ranges(data)
    main.routes["/o/r/resolve/main/m.gguf"] = to(f"{main.base.replace('127.0.0.1', 'localhost')}/m.gguf")
    said = look("hf:o/r/m.gguf", *options)
    ok("so is another name", said.code == 0 and tokens() == [bearer] and len(main.asked) > 2, tokens())
    main.routes["/o/r/resolve/main/m.gguf"] = to("/m.gguf")
    ok("the same one is told again", look("hf:o/r/m.gguf", *options).code == 0 and len(tokens()) == len(main.asked) > 1)
    main.routes["/o/r/resolve/main/m.gguf"] = to(f"{other.base}/back")
    other.routes["/back"] = to(f"{main.base}/m.gguf")
    said = look("hf:o/r/m.gguf", *options)
    ok("not after it was led away and back", said.code == 0 and tokens() == [bearer] and len(main.asked) > 1, tokens())
    ok("no token for other addresses", look(f"{other.base}/m.gguf", *options).code == 0 and not tokens(), tokens())
    main.routes["/v2/library/m/manifests/latest"] = says(404)
    look("ollama:m", *options, f"ollama={main.base}")
    ok("nor for Ollama's registry", main.asked and not tokens(), tokens())
    said = look("hf:o/r/m.gguf", "hf=http://example.org", f"token={TOKEN}")
    ok("nor plainly to a mirror", said.fails("EINVAL", "http://example.org", "use https://"), said.all)
    said = look("hf:o/r/m.gguf", f"hf={main.base}", "token=hf_x\r\nX-Evil: 1")
    ok("a token that would be more than one", said.fails("EINVAL", "token") and not main.asked and "hf_x" not in said.all, said.all)


def test_refusals():
    url = f"{main.base}/x.gguf?sig=geheim"
    for status, code, word in ((401, "EACCES", "401"), (403, "EACCES", "403"), (404, "ENOENT", "404"), (410, "ENOENT", "410"),
                               (416, "EPROTO", "416"), (429, "EAGAIN", "429"), (500, "EIO", "500"), (503, "EIO", "503"),
                               (204, "EPROTO", "204"), (304, "EPROTO", "304"), (400, "EPROTO", "400")):
        main.routes["/x.gguf"] = says(status, b"" if status in (204, 304) else b"<html>" + b"x" * 200000)
        said = look(url)
        ok(f"HTTP {status}", said.fails(code, word, f"{main.base}/x.gguf"), said.all)
    main.routes["/x.gguf"] = ranges(b"")
    ok("an empty file", look(url).fails("EPROTO", "empty"))
    said = Look(url)
    ok("a certificate of nobody", said.fails("EPROTO", "certificate") and not main.asked, said.all)
    with tempfile.TemporaryDirectory() as d:
        wrong = Server(certificate(d, "DNS:example.org"))
        said = Look(f"{wrong.base}/x.gguf", f"ca={d}/cert", servers=[wrong])
        ok("a certificate of another", said.fails("EPROTO") and not wrong.asked, said.all)
    said = look(f"https://127.0.0.1:{plain.server_port}/x.gguf")
    ok("a server that speaks no TLS", said.fails("EPROTO") or said.fails("ECONNRESET"), said.all)
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        said = look(f"https://127.0.0.1:{s.getsockname()[1]}/x.gguf")
    ok("nobody there", said.fails("EHOSTUNREACH", "connect"), said.all)
    said = look("https://nowhere.invalid/x.gguf", "deadline=5000")
    ok("no such host", said.fails("EHOSTUNREACH", "nowhere.invalid") or said.fails("ETIMEDOUT"), said.all)


def test_no_library():
    open(f"{folder}/libcurl.so.4", "w").close()
    said = Look(f"{main.base}/small.gguf", LD_LIBRARY_PATH=folder)
    ok("without libcurl: which package, and what goes without it",
       said.fails("ENOSYS", "libcurl.so.4", "Debian, Ubuntu: libcurl4", "FILE.gguf"), said.all)


def test_lies():
    data = gguf.file(gguf.vocabulary(40000))
    url = f"{main.base}/x.gguf"

    def part(begin=0, end=0, total=None, short=0, **headers):
        """206 with what it says off by so much."""
        def route(h):
            a, b = h.range()
            b = min(b, len(data) - 1)
            body = data[a:b + 1 - short]
            h.answer(206, body, Content_Range=f"bytes {a + begin}-{b + end}/{total or len(data)}", **headers)
        return route

    for what, route, words in (
            ("a part from elsewhere", part(begin=1), ["asked for bytes 0-"]),
            ("a part that begins before", part(begin=-1), ["Content-Range"]),
            ("more than was asked for", part(end=70000), ["asked for bytes"]),
            ("a part of no file", part(total="x"), ["Content-Range"]),
            ("a part longer than the file", part(total=5), ["Content-Range"]),
            ("less than is announced", part(short=40000), ["announced"]),
            ("no Content-Range", lambda h: h.answer(206, data[:70000]), ["without Content-Range"]),
            ("headers without end", lambda h: [h.send_response(200), [h.send_header(f"X-{i}", "y" * 900) for i in range(200)],
                                               h.end_headers(), h.send(data)], ["headers without end"])):
        main.routes["/x.gguf"] = route
        said = look(url)
        ok(what, said.fails("EPROTO", *words), said.all)

    def more(h):
        """A chunked body may go on behind what Content-Range says."""
        a, b = h.range()
        h.send_response(206)
        h.send_header("Content-Range", f"bytes {a}-{b}/{len(data)}")
        h.send_header("Transfer-Encoding", "chunked")
        h.end_headers()
        body = data[a:b + 1] + bytes(1000000)
        h.send(b"%x\r\n" % len(body) + body + b"\r\n0\r\n\r\n")

    main.routes["/x.gguf"] = more
    said = look(url)
    ok("more than is announced", said.fails("EPROTO", "more than it had announced"), said.all)

    def changing(h):
        ranges(data, len(data) + len(main.asked))(h)

    main.routes["/x.gguf"] = changing
    ok("a file that changes meanwhile", look(url).fails("EPROTO", "change"))

    def forgets(h):
        return ranges(data)(h) if len(main.asked) == 1 else h.answer(200, data)

    main.routes["/x.gguf"] = forgets
    ok("a server that forgets ranges", look(url).fails("EPROTO", "all of it"))

    def crumbs(h):
        a, b = h.range()
        h.answer(206, data[a:a + 10], Content_Range=f"bytes {a}-{a + 9}/{len(data)}")

    main.routes["/x.gguf"] = crumbs
    said = look(url)
    ok("crumbs", said.fails("EPROTO", "crumbs") and len(main.asked) <= 200, said.all)

    def cut(h):
        a, b = h.range()
        h.send_response(206)
        h.send_header("Content-Range", f"bytes {a}-{b}/{len(data)}")
        h.send_header("Content-Length", str(b + 1 - a))
        h.end_headers()
        h.send(data[a:a + 5000])
        h.wfile.flush()
        h.connection.shutdown(socket.SHUT_RDWR)
        h.close_connection = True

    main.routes["/x.gguf"] = cut
    said = look(url)
    ok("a cut connection", said.fails("ECONNRESET", "cut after"), said.all)

    def nothing(h):
        h.connection.shutdown(socket.SHUT_RDWR)
        h.close_connection = True

    main.routes["/x.gguf"] = nothing
    said = look(url)
    ok("no answer at all", said.fails("ECONNRESET") or said.fails("EPROTO"), said.all)


def test_endless():
    """A header that never ends, of a file that says to be as large as can be."""
    import struct
    start = gguf.header()[:24 - 8] + struct.pack("<Q", 1) + gguf.text("a") + struct.pack("<I", gguf.ARRAY)
    many = start + struct.pack("<IQ", gguf.STRING, 1 << 60)
    some = start + struct.pack("<IQ", gguf.STRING, 30 << 20)
    item = gguf.text("x" * 100) * 10000

    def forever(first, with_range):
        def route(h):
            if with_range:
                a, b = h.range()
                h.send_response(206)
                h.send_header("Content-Range", f"bytes {a}-{b}/{1 << 50}")
                h.send_header("Content-Length", str(b + 1 - a))
            else:
                a, b = 0, 1 << 50
                h.send_response(200)
                h.send_header("Connection", "close")
            h.end_headers()
            h.close_connection = not with_range
            body = first + bytes(0)
            place = a - len(first)
            left = b + 1 - a
            if a == 0:
                h.send(first[:left])
                left -= len(first)
                place = 0
            while left > 0:
                block = item[place % 108:][:left]
                h.send(block)
                left -= len(block)
                place += len(block)
            return body
        return route

    for with_range in True, False:
        how = "by ranges" if with_range else "all at once"
        main.routes["/x.gguf"] = forever(many, with_range)
        said = look(f"{main.base}/x.gguf")
        ok(f"more strings than there can be, {how}", said.fails("EINVAL") and sent() < 8 << 20, (said.all, sent()))
        main.routes["/x.gguf"] = forever(some, with_range)
        said = look(f"{main.base}/x.gguf", "deadline=60000")
        ok(f"a header without end, {how}", said.code == 1 and said.has["error"] in ("EINVAL", "EFBIG") and said.took < 50 and
           said.number("fetched") < 300 << 20, said.all)
        print(f"# given up after {sent() >> 20} MiB, {said.took:.1f} s, {said.number('memory')} KiB: {said.has.get('said')}")
        ok("in little memory", said.number("memory") < 60000, said.all)


def test_slow():
    head = gguf.header(gguf.vocabulary(1000))

    def drop_by_drop(h):
        a, b = h.range()
        h.send_response(206)
        h.send_header("Content-Range", f"bytes {a}-{b}/9999999")
        h.send_header("Content-Length", str(b + 1 - a))
        h.end_headers()
        for i in range(100):
            h.send(head[i:i + 1])
            time.sleep(0.1)

    for what, route in ("a byte now and then", drop_by_drop), ("no answer", lambda h: time.sleep(10)), \
            ("a redirect that hangs", lambda h: [h.send_response(302), h.wfile.flush(), time.sleep(10)]):
        main.routes["/x.gguf"] = route
        said = look(f"{main.base}/x.gguf", "deadline=1500")
        ok(f"{what}: the deadline holds", said.fails("ETIMEDOUT") and 1.4 < said.took < 6, (said.took, said.all))
    with socket.create_server(("127.0.0.1", 0)) as s:
        said = look(f"https://127.0.0.1:{s.getsockname()[1]}/x.gguf", "deadline=1500")
        ok("TLS that does not begin: it holds", said.fails("ETIMEDOUT") and said.took < 6, (said.took, said.all))
    main.routes["/x.gguf"] = lambda h: [time.sleep(0.6), to("/x.gguf")(h)]
    said = look(f"{main.base}/x.gguf", "deadline=1500")
    ok("it is for all questions together", said.fails("ETIMEDOUT") and said.took < 6, (said.took, said.all))


def test_hub():
    options = [f"hf={main.base}"]
    main.routes.clear()
    below = "/o/r/resolve/main/"
    main.routes[f"{below}m-Q4_K_M.gguf"] = ranges(gguf.file(tensor_count=4))
    main.routes[f"{below}m-Q8_0.gguf"] = ranges(gguf.file(tensor_count=8))
    main.routes[f"{below}mmproj-F16.gguf"] = ranges(gguf.file(arch="clip", tensor_count=5))
    usual = ["README.md", "m-Q4_K_M.gguf", "m-Q8_0.gguf"]
    said = look(hub(usual), *options)
    ok("Q4_K_M where no quant is named", said.number("tensors") == 4 and said.has["name"] == "hf.co/o/r", said.all)
    said = look(hub(usual, "q8_0"), *options)
    ok("the quant that is", said.number("tensors") == 8 and said.has["where"] == f"{main.base}{below}m-Q8_0.gguf", said.all)
    said = look(hub(usual + ["mmproj-F16.gguf"]), *options)
    ok("a projector comes with it", said.number("projector") == 5 and said.number("tensors") == 4, said.all)
    said = look(hub(usual, "Q5_K_M"), *options)
    ok("what there is instead", said.fails("ENOENT", "hf.co/o/r:Q5_K_M has no Q5_K_M; it has: Q4_K_M, Q8_0"), said.all)
    said = look("hf:o/nothing", *options)
    ok("no such repository", said.fails("ENOENT", f"{main.base}/o/nothing"), said.all)
    main.routes["/api/models/o/gated/tree/main"] = says(401)
    said = look("hf:o/gated", *options)
    ok("one that is not for everyone", said.fails("EACCES", "hf.co/o/gated", f"{main.base}/o/gated", "HF_TOKEN="), said.all)
    main.routes["/api/models/o/r/tree/main"] = says(200, b"[" * 200000)
    ok("a listing that is none", look("hf:o/r", *options).fails("EINVAL", "hf.co/o/r:"))
    main.routes["/api/models/o/r/tree/main"] = says(200, b" " * (5 << 20))
    ok("a listing without end", look("hf:o/r", *options).fails("EFBIG", "4 MiB"))
    main.routes["/api/models/o/r/tree/main"] = to("/api/models/o/renamed/tree/main", 307)
    main.routes["/api/models/o/renamed/tree/main"] = says(200, b'[{"type":"file","path":"m-Q4_K_M.gguf"}]')
    ok("a repository that has another name now", look("hf:o/r", *options).code == 0)
    parts = [f"Q8_0/m-Q8_0-{i + 1:05}-of-00003.gguf" for i in range(3)]
    for i, p in enumerate(parts):
        main.routes[below + p] = ranges(gguf.split(i, 3))
    said = look(hub(parts), *options)
    ok("a split one: all its parts", said.number("parts") == 3 and said.number("tensors") == 9, said.all)
    ok("each asked for once", len(main.asked) == 4, [h.path for h in main.asked])
    said = look(f"{main.base}{below}{parts[1]}?download=true", f"hf={other.base}")
    ok("by the address of any of them", said.number("parts") == 3 and all(h.path.endswith("?download=true") for h in main.asked), said.all)
    del main.routes[below + parts[2]]
    said = look(hub(parts), *options)
    ok("one that is missing", said.fails("ENOENT", parts[2]), said.all)
    main.routes[below + parts[2]] = ranges(gguf.split(1, 3))
    ok("one that is there twice", look(hub(parts), *options).fails("EINVAL", "both part 2"))


def blob(data):
    digest = hashlib.sha256(data).hexdigest()
    other.routes[f"/store/{digest}"] = ranges(data)
    main.routes[f"/v2/library/m/blobs/sha256:{digest}"] = to(f"{other.base}/store/{digest}?X-Signature=geheim", 307)
    return digest


def manifest(*layers, **more):
    """Of pairs of a kind and its bytes."""
    m = {"schemaVersion": 2, "layers": [{"mediaType": f"application/vnd.ollama.image.{kind}", "size": len(data),
                                         "digest": f"sha256:{blob(data)}"} for kind, data in layers], **more}
    main.routes["/v2/library/m/manifests/7b"] = says(200, json.dumps(m).encode())


def test_registry():
    options = [f"ollama={main.base}", f"token={TOKEN}"]
    main.routes.clear()
    manifest(("model", gguf.file(gguf.vocabulary(30000), tensor_count=6)), ("template", b"{{ .Prompt }}"), ("license", b"x"),
             ("params", b'{"num_ctx": 8192, "stop": ["<end>"]}'))
    said = look("ollama:m:7b", *options)
    ok("a model of the library", said.number("tensors") == 6 and said.has["name"] == "m:7b", said.all)
    ok("with its parameters", said.has.get("parameters") == '{"num_ctx":8192,"stop":["<end>"]}', said.all)
    ok("its storage is asked for the rest itself, and no secret told", "geheim" not in said.all and not tokens() and
       len(main.asked) == 3 and len(other.asked) > 2, ([h.path for h in main.asked], len(other.asked)))
    manifest(("model", gguf.file()), ("projector", gguf.file(arch="clip", tensor_count=5)))
    ok("with its projector", look("ollama:m:7b", *options).number("projector") == 5)
    said = look("ollama:m:8b", *options)
    ok("no such tag", said.fails("ENOENT", "m:8b", "no such model or tag"), said.all)
    said = look("ollama:m:120b-cloud", *options)
    ok("one that runs elsewhere", said.fails("EREMOTE", "m:120b-cloud"), said.all)
    manifest(("tensor", b"x"), config={"digest": f"sha256:{blob(b'{}')}"})
    ok("one that is not GGUF", look("ollama:m:7b", *options).fails("EOPNOTSUPP", "safetensors"))
    main.routes["/v2/library/m/manifests/7b"] = says(200, b'{"layers":[{"digest":"sha256:../../x"}]}')
    ok("a digest that leads elsewhere", look("ollama:m:7b", *options).fails("EINVAL", "digest"))
    main.routes["/v2/library/m/manifests/7b"] = says(200, b"<html>")
    ok("a manifest that is none", look("ollama:m:7b", *options).fails("EINVAL", "/v2/library/m/manifests/7b:1:1"))


with tempfile.TemporaryDirectory() as folder:
    context = certificate(folder, "DNS:localhost,IP:127.0.0.1")
    main, other, plain = Server(context), Server(context), Server()
    for test in (test_header, test_no_ranges, test_redirects, test_token, test_refusals, test_no_library, test_lies, test_endless, test_slow,
                 test_hub, test_registry):
        test()
tap.done()
