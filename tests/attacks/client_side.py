# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Attacks on the client, by servers that answer what no good one would."""
import os
import resource
import select
import socket
import subprocess
import threading
import time

from wire import *  # noqa: F403

ATTACKS = []
MIB = 1 << 20


class Attack:
    def __init__(self, serve, row, name, codes, memory=32, stream=False, long=False):
        self.serve, self.row, self.name, self.codes = serve, row, name, codes
        self.memory, self.stream, self.long = memory, stream, long


def attack(row, name, *codes, **more):
    """Registers a function (send, stream) that is called when a request has come; the calls must end with one of the
    codes. send returns False when the client has gone."""

    def add(serve):
        ATTACKS.append(Attack(serve, row, name, codes or ("UNAVAILABLE",), **more))
        return serve

    return add


class Connection(threading.Thread):
    def __init__(self, sock, attack):
        super().__init__(daemon=True)
        self.sock, self.attack = sock, attack
        self.start()

    def send(self, data):
        """Does not read meanwhile."""
        try:
            self.sock.settimeout(6)
            self.sock.sendall(data)
            return True
        except OSError:
            return False

    def request(self):
        """The stream of the first request; None if none came."""
        seen, at = b"", len(PREFACE)
        try:
            while data := self.sock.recv(65536):
                seen += data
                while len(seen) >= at + 9:
                    if seen[at + 3] == HEADERS:
                        return int.from_bytes(seen[at + 5 : at + 9], "big")
                    at += 9 + int.from_bytes(seen[at : at + 3], "big")
        except OSError:
            pass
        return None

    def run(self):
        self.send(frame(SETTINGS, 0, 0) + frame(SETTINGS, ACK, 0))
        stream = self.request()
        if stream:
            self.attack.serve(self.send, stream)
        try:
            while self.sock.recv(65536):
                pass
        except OSError:
            pass
        self.sock.close()


def run(attack, options):
    """(facts, calls, why it failed or None)"""
    with socket.socket() as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", 0))
        listener.listen(16)
        stop = threading.Event()

        def accept():
            while not stop.is_set():
                if select.select([listener], [], [], 0.05)[0]:
                    Connection(listener.accept()[0], attack)

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        argv = [os.path.join(options.bin, "weir-attack-client"), str(listener.getsockname()[1]), "1"]
        start = time.monotonic()
        client = subprocess.Popen(argv + ["stream"] * attack.stream, stdout=subprocess.PIPE, text=True)
        out = client.stdout.read()
        _, status, usage = os.wait4(client.pid, 0)
        client.returncode = os.waitstatus_to_exitcode(status)
        stop.set()
        thread.join()
    took = time.monotonic() - start
    *lines, memory = out.splitlines() or [""]
    grown = int(memory.split()[1]) * 1024 if memory.startswith("memory") else 0
    facts = {"cpu": (usage.ru_utime + usage.ru_stime) / took, "grown": grown}
    why = None
    if status:
        why = "the client's exit status was %d" % client.returncode
    elif not lines or any(line.split()[0] not in attack.codes for line in lines):
        why = "the calls ended with %s, expected %s" % (lines, attack.codes)
    elif facts["grown"] > attack.memory * MIB:
        why = "the client took %.1f MiB" % (facts["grown"] / MIB)
    return facts, len(lines), why


RESPONSE = b"\x88" + field(b"content-type", b"application/grpc")


def for_ever(send, unit, most=64 << 20):
    chunk = unit * (1 + 32768 // len(unit))
    for _ in range(most // len(chunk)):
        if not send(chunk):
            return


@attack("24/2", "ping flood, nothing is read", "UNAVAILABLE")
def pings(send, stream):
    for_ever(send, frame(PING, 0, 0, bytes(8)))


@attack("24/5", "settings flood", "UNAVAILABLE")
def settings(send, stream):
    for_ever(send, frame(SETTINGS, 0, 0))


@attack("24/8", "empty DATA without end", "UNAVAILABLE")
def empty_data(send, stream):
    send(frame(HEADERS, END_HEADERS, stream, RESPONSE))
    for_ever(send, frame(DATA, 0, stream))


@attack("24/11", "CONTINUATION flood", "UNAVAILABLE")
def continuations(send, stream):
    send(frame(HEADERS, 0, stream, RESPONSE))
    for_ever(send, frame(CONTINUATION, 0, stream, field(b"a", b"b")))


@attack("24/12", "HPACK bomb", "RESOURCE_EXHAUSTED")
def bomb(send, stream):
    send(frame(HEADERS, END_HEADERS, stream, RESPONSE + field(b"x", b"v" * 3900, 0x40) + b"\xbe" * 10000))


@attack("24/13", "tiny fields by the thousand", "RESOURCE_EXHAUSTED")
def tiny(send, stream):
    send(frame(HEADERS, END_HEADERS, stream, RESPONSE + field(b"c", b"", 0x40) + b"\xbe" * 15000))


@attack("24/14", "HPACK: a string of 4 GB", "UNAVAILABLE", "INTERNAL")
def string(send, stream):
    send(frame(HEADERS, END_HEADERS, stream, b"\x88\0\x7f\xff\xff\xff\xff\x0f"))


@attack("24/15", "headers without end in legal frames", "UNAVAILABLE", "INTERNAL", "RESOURCE_EXHAUSTED")
def long_headers(send, stream):
    send(frame(HEADERS, 0, stream, RESPONSE))
    for_ever(send, frame(CONTINUATION, 0, stream, field(b"x-pad", b"v" * 16000)))


@attack("24a", "1xx headers without end", "UNAVAILABLE")
def informational(send, stream):
    for_ever(send, frame(HEADERS, END_HEADERS, stream, b"\x08\x03100"))


@attack("24b", "trailers too large", "RESOURCE_EXHAUSTED")
def trailers(send, stream):
    send(frame(HEADERS, END_HEADERS, stream, RESPONSE))
    send(frame(HEADERS, END_HEADERS | END_STREAM, stream, b"".join(field(b"x-%03d" % i, b"v" * 120) for i in range(120))))


@attack("24c", "PUSH_PROMISE", "UNAVAILABLE", "INTERNAL")
def push(send, stream):
    send(frame(PUSH_PROMISE, END_HEADERS, stream, struct.pack(">I", 2) + RESPONSE))


@attack("24d", "GOAWAY storm", "UNAVAILABLE", "DEADLINE_EXCEEDED")
def goaways(send, stream):
    for_ever(send, frame(GOAWAY, 0, 0, struct.pack(">II", 2**31 - 1, 0) + b"again and again"))


@attack("24e", "a message of 4 GiB is announced", "RESOURCE_EXHAUSTED")
def huge_message(send, stream):
    send(frame(HEADERS, END_HEADERS, stream, RESPONSE) + frame(DATA, 0, stream, b"\0\xff\xff\xff\xff"))
    for_ever(send, frame(DATA, 0, stream, bytes(16384)), 1 << 20)


@attack("24f", "gzip bombs on a stream", "RESOURCE_EXHAUSTED", memory=48, stream=True)
def gzip_bombs(send, stream):
    import zlib

    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    body = message(b"".join([packer.compress(bytes(1 << 20)) for _ in range(8)] + [packer.flush()]), 1)
    send(frame(HEADERS, END_HEADERS, stream, RESPONSE + field(b"grpc-encoding", b"gzip")))
    for _ in range(60):
        send(frame(DATA, 0, stream, body[:16384]))


@attack("24g", "messages without end, sent faster than they are read", "INTERNAL", memory=48, stream=True)
def messages(send, stream):
    send(frame(HEADERS, END_HEADERS, stream, RESPONSE))
    for_ever(send, frame(DATA, 0, stream, message(bytes(1000))), 3 << 20)


@attack("24h", "PRIORITY flood", "UNAVAILABLE")
def priorities(send, stream):
    for_ever(send, frame(PRIORITY, 0, stream, struct.pack(">IB", 0, 1)))


@attack("24i", "HTTP/1 instead", "UNAVAILABLE", "DEADLINE_EXCEEDED")
def http1(send, stream):
    send(b"HTTP/1.1 400 Bad Request\r\n\r\n" * 1000)
