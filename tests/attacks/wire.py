# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""HTTP/2 by hand: frames, header fields, and a peer that sends what it likes and counts what it gets."""
import collections
import select
import socket
import struct
import time

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = range(10)
END_STREAM, ACK, END_HEADERS = 1, 1, 4
NO_ERROR, PROTOCOL_ERROR, STREAM_CLOSED, REFUSED, CANCEL, COMPRESSION_ERROR, CALM = 0, 1, 5, 7, 8, 9, 11
SETTING_TABLE, SETTING_WINDOW = 1, 4
MAX_WINDOW = 2**31 - 1


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + struct.pack(">BBI", kind, flags, stream) + payload


def number(value, bits, first):
    """An integer with a prefix of so many bits (RFC 7541 5.1); first: the other bits of its first byte."""
    most = 2**bits - 1
    if value < most:
        return bytes((first | value,))
    out, value = bytes((first | most,)), value - most
    while value > 127:
        out, value = out + bytes((value & 127 | 128,)), value >> 7
    return out + bytes((value,))


def text(value):
    return number(len(value), 7, 0) + value


def field(name, value, first=0x00):
    """A literal: without indexing, or (first 0x40) into the dynamic table."""
    return bytes((first,)) + text(name) + text(value)


def request(path=b"/attack.Target/Echo", more=b"", te=b"trailers", scheme=b"\x86"):
    return (
        b"\x83" + scheme + field(b":path", path) + field(b":authority", b"h")
        + field(b"content-type", b"application/grpc") + (field(b"te", te) if te else b"") + more
    )


def message(payload=b"hello", flag=0):
    return struct.pack(">BI", flag, len(payload)) + payload


def setting(name, value):
    return struct.pack(">HI", name, value)


class Peer:
    """A connection to the server, after its hello. What comes is read by `read` only."""

    def __init__(self, port, settings=b"", hello=True, source=None, recv_buffer=None):
        self.sock = socket.socket()
        if recv_buffer:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, recv_buffer)
        if source:
            self.sock.bind((source, 0))
        self.sock.settimeout(5)
        self.sock.connect(("127.0.0.1", port))
        self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.sock.setblocking(False)
        self.seen, self.closed, self.sent = b"", False, 0
        self.goaway, self.goaway_text = None, b""
        self.resets, self.statuses, self.frames = collections.Counter(), collections.Counter(), collections.Counter()
        self.ended = set()
        if hello:
            self.send(PREFACE + frame(SETTINGS, 0, 0, settings) + frame(SETTINGS, ACK, 0))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.sock.close()

    def send(self, data, patience=15.0, read=False):
        """Sends what it can in that time; read: reads meanwhile. False once the connection is broken."""
        view, limit = memoryview(data), time.monotonic() + patience
        while view and not self.closed:
            try:
                n = self.sock.send(view)
                self.sent += n
                view = view[n:]
                if read:
                    self.read(0)
            except BlockingIOError:
                if time.monotonic() > limit:
                    return True
                ready = select.select([self.sock] if read else [], [self.sock], [], 0.05)
                if ready[0]:
                    self.read(0)
            except OSError:
                return False
        return not self.closed

    def read(self, patience=1.0, until=lambda peer: False):
        """Reads until that is true, the connection ends, or nothing came for so long."""
        while not self.closed and not until(self):
            try:
                if not select.select([self.sock], [], [], patience)[0]:
                    break
                data = self.sock.recv(1 << 18)
            except BlockingIOError:
                break
            except OSError:
                data = b""
            self.closed = not data
            self.seen += data
            self.parse()
        return self

    def parse(self):
        at = 0
        while len(self.seen) - at >= 9:
            length = int.from_bytes(self.seen[at : at + 3], "big")
            if len(self.seen) - at < 9 + length:
                break
            kind, flags, stream = struct.unpack(">BBI", self.seen[at + 3 : at + 9])
            self.on_frame(kind, flags, stream, self.seen[at + 9 : at + 9 + length])
            at += 9 + length
        self.seen = self.seen[at:]

    def on_frame(self, kind, flags, stream, payload):
        self.frames[kind] += 1
        if kind == GOAWAY:
            self.goaway, self.goaway_text = int.from_bytes(payload[4:8], "big"), payload[8:]
        elif kind == RST_STREAM:
            self.resets[int.from_bytes(payload, "big")] += 1
            self.ended.add(stream)
        elif kind in (DATA, HEADERS) and flags & END_STREAM:
            self.ended.add(stream)

    def call(self, stream=1, block=None, body=None, patience=3.0):
        """Makes a call; True when it ended with trailers, not with a reset or the connection's end."""
        self.send(frame(HEADERS, END_HEADERS, stream, block or request()))
        self.send(frame(DATA, END_STREAM, stream, message() if body is None else body))
        resets = sum(self.resets.values())
        self.read(patience, lambda peer: stream in peer.ended)
        return stream in self.ended and sum(self.resets.values()) == resets
