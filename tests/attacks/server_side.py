# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Attacks on the server. `row` is that of the list in docs/security.md."""
import os
import re
import resource
import socket
import ssl
import subprocess
import time

from wire import *  # noqa: F403

ATTACKS = []
ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Attack:
    def __init__(self, run, row, name, flags=(), memory=16, once=False, long=False, victim=True, limits=()):
        self.run, self.row, self.name, self.flags, self.memory = run, row, name, list(flags), memory
        self.once, self.long, self.victim, self.limits = once, long, victim, limits


def attack(row, name, **more):
    """Registers a function (target, options) that runs the attack once and asserts what must come of it."""

    def add(run):
        ATTACKS.append(Attack(run, row, name, **more))
        return run

    return add


def expect_goaway(peer, *codes):
    peer.read(5, lambda p: p.goaway is not None)
    assert peer.goaway in codes, "GOAWAY %s, expected %s; sent %d bytes, closed: %s" % (peer.goaway, codes, peer.sent, peer.closed)


def flood(target, unit, *codes, first=b"", settings=b"", read=False, most=32 << 20):
    """Sends a unit for ever: GOAWAY must come before `most` bytes were taken."""
    chunk = unit * (1 + 32768 // len(unit))
    with Peer(target.port, settings) as peer:
        alive = peer.send(first)
        while alive and peer.sent < most and peer.goaway is None:
            alive = peer.send(chunk, read=read)
        expect_goaway(peer, *codes)


def flood_streams(target, make, *codes, settings=b"", read=False, most=100000):
    """The same with units for a new stream each."""
    with Peer(target.port, settings) as peer:
        stream = 1
        while stream < 2 * most and peer.goaway is None:
            batch = b"".join(make(s) for s in range(stream, stream + 400, 2))
            stream += 400
            if not peer.send(batch, read=read):
                break
        expect_goaway(peer, *codes)
        return peer


def lives(peer, stream):
    """The connection is as good as before."""
    assert peer.call(stream), "no answer on the same connection afterwards: GOAWAY %s" % peer.goaway


def headers(stream, block=None, end=True):
    return frame(HEADERS, END_HEADERS | (END_STREAM if end else 0), stream, block or request())


# ---- frames ----------------------------------------------------------------------------------------------------------


@attack("1", "data dribble: a byte of window at a time (CVE-2019-9511)")
def dribble(target, _):
    with Peer(target.port, setting(SETTING_WINDOW, 1)) as peer:
        peer.send(frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", 1 << 30)))
        for stream in range(1, 21, 2):
            peer.send(headers(stream, end=False) + frame(DATA, END_STREAM, stream, message(bytes(10000))))
        one = b"".join(frame(WINDOW_UPDATE, 0, stream, b"\0\0\0\1") for stream in range(1, 21, 2))
        for turn in range(1, 4000):  # one after another: together they would be as good as a larger one
            if not peer.send(one, read=True) or peer.goaway is not None:
                break
            peer.read(0.01, lambda p: p.frames[DATA] >= 10 * turn)
        expect_goaway(peer, CALM)


@attack("2", "ping flood, nothing is read (CVE-2019-9512)")
def pings(target, _):
    flood(target, frame(PING, 0, 0, bytes(8)), CALM)


@attack("3", "priorities shuffled (CVE-2019-9513)")
def priorities(target, _):
    unit = b"".join(frame(PRIORITY, 0, s, struct.pack(">IB", s ^ 2 or 5, 9)) for s in range(1, 99, 2))
    flood(target, unit, CALM, read=True)


@attack("4", "requests that draw RST_STREAM, nothing is read (CVE-2019-9514)")
def reset_flood(target, _):
    flood_streams(target, lambda s: headers(s, b"\x82"), CALM)


@attack("5", "settings flood, nothing is read (CVE-2019-9515)")
def settings_flood(target, _):
    flood(target, frame(SETTINGS, 0, 0), CALM)


@attack("6", "header fields without name and value (CVE-2019-9516)")
def empty_fields(target, _):
    plain, huffman = b"\0\0\0" * 2000, b"\0\x80\x80" * 2000
    flood_streams(target, lambda s: headers(s, request(more=huffman if s & 2 else plain)), CALM, read=True)


@attack("7", "windows wide open, the socket never read (CVE-2019-9517)", flags=["--stall_timeout_ms=1500"], memory=96, once=True)
def internal_buffering(target, _):
    with Peer(target.port, setting(SETTING_WINDOW, MAX_WINDOW), recv_buffer=4096) as peer:
        peer.send(frame(WINDOW_UPDATE, 0, 0, struct.pack(">I", MAX_WINDOW - 65535)))
        for stream in range(1, 401, 2):
            body = message(bytes(500000))
            peer.send(headers(stream, end=False), 0.2)
            for at in range(0, len(body), 16384):
                if not peer.send(frame(DATA, END_STREAM if at + 16384 >= len(body) else 0, stream, body[at : at + 16384]), 0.2):
                    break
        time.sleep(3.5)
        peer.read(5, lambda p: False)
        assert peer.closed, "the connection was not dropped"


@attack("8a", "empty DATA without end (CVE-2019-9518)")
def empty_data(target, _):
    flood(target, frame(DATA, 0, 1), CALM, first=headers(1, end=False), read=True)


@attack("8b", "empty CONTINUATION without end")
def empty_continuation(target, _):
    flood(target, frame(CONTINUATION, 0, 1), CALM, first=frame(HEADERS, 0, 1), read=True)


@attack("8c", "PUSH_PROMISE from a client")
def push_promise(target, _):
    flood(target, frame(PUSH_PROMISE, END_HEADERS, 1, struct.pack(">I", 2)), PROTOCOL_ERROR, first=headers(1, end=False))


def running(target):
    with Peer(target.port) as peer:
        block = b"\x82\x86" + field(b":path", b"/stats") + field(b":authority", b"h")
        seen = []
        peer.on_frame = lambda kind, flags, stream, payload: seen.append(payload) if kind == DATA else None
        peer.send(headers(1, block))
        peer.read(3, lambda p: seen)
        return int(re.search(rb"running (\d+)", seen[0]).group(1))


@attack("9", "rapid reset (CVE-2023-44487)", flags=["--max_concurrent_streams=20"])
def rapid_reset(target, _):
    block, cancel = request(b"/attack.Target/Sleep"), struct.pack(">I", CANCEL)
    unit = lambda s: headers(s, block, False) + frame(DATA, END_STREAM, s, message()) + frame(RST_STREAM, 0, s, cancel)
    flood_streams(target, unit, CALM, read=True)
    assert running(target) <= 3 * 20 + 3, "%d handlers run" % running(target)


MADE_YOU_RESET = {
    "a": ("WINDOW_UPDATE by 0", lambda s: frame(WINDOW_UPDATE, 0, s, bytes(4))),
    "b": ("WINDOW_UPDATE beyond 2^31-1", lambda s: frame(WINDOW_UPDATE, 0, s, struct.pack(">I", MAX_WINDOW))),
    "c": ("PRIORITY of a wrong length", lambda s: frame(PRIORITY, 0, s, bytes(4))),
    "d": ("PRIORITY on itself", lambda s: frame(PRIORITY, 0, s, struct.pack(">IB", s, 1))),
    "e": ("HEADERS behind END_STREAM", lambda s: frame(DATA, END_STREAM, s, message()) + headers(s)),
    "f": ("DATA behind END_STREAM", lambda s: frame(DATA, END_STREAM, s, message()) + frame(DATA, 0, s, b"x")),
}


def made_you_reset(row, name, make):
    @attack("10" + row, "made you reset: %s (CVE-2025-8671)" % name, flags=["--max_concurrent_streams=20"])
    def run(target, _):
        block = request(b"/attack.Target/Sleep")
        flood_streams(target, lambda s: headers(s, block, False) + make(s), CALM, STREAM_CLOSED, read=True)


for row, (name, make) in MADE_YOU_RESET.items():
    made_you_reset(row, name, make)

# ---- header blocks ---------------------------------------------------------------------------------------------------


@attack("11a", "CONTINUATION flood, small (CVE-2024-27316)")
def continuations(target, _):
    flood(target, frame(CONTINUATION, 0, 1, field(b"a", b"b")), CALM, first=frame(HEADERS, 0, 1, request()), read=True)


@attack("11b", "CONTINUATION flood, as long as frames may be (CVE-2023-45288)")
def long_continuations(target, _):
    unit = frame(CONTINUATION, 0, 1, b"\0\1a" + number(16300, 7, 0x80) + b"\x1f" * 16300)  # Huffman-coded: "aaa..."
    flood(target, unit, CALM, first=frame(HEADERS, 0, 1, request()), read=True)


@attack("11c", "10 MB of metadata in legal frames")
def giant_metadata(target, _):
    flood(target, frame(CONTINUATION, 0, 1, field(b"x-%05d" % 1, b"v" * 16000)), CALM, first=frame(HEADERS, 0, 1, request()))


@attack("12", "HPACK bomb: one entry of 4 KB, thousands of references (CVE-2016-6581)")
def hpack_bomb(target, _):
    with Peer(target.port) as peer:
        bomb = request(more=field(b"x", b"v" * 3900, 0x40) + b"\xbe" * 10000)
        for stream in range(1, 201, 2):
            peer.send(headers(stream, bomb), read=True)
        peer.read(2, lambda p: len(p.ended) >= 100)
        assert len(peer.ended) == 100, "%d of 100 were answered, GOAWAY %s" % (len(peer.ended), peer.goaway)
        lives(peer, 201)


@attack("13", "HTTP/2 bomb: tiny entries by the hundred, windows at 0 (CVE-2026-49975)", memory=160, once=True)
def http2_bomb(target, _):
    with Peer(target.port, setting(SETTING_WINDOW, 0)) as peer:
        bomb = request(more=field(b"c", b"", 0x40) + b"\xbe" * 480)
        for start in range(1, 40001, 400):
            batch = b"".join(headers(s, bomb, False) for s in range(start, start + 400, 2))
            if not peer.send(batch, read=True) or peer.goaway is not None:
                break
        peer.read(1)
        held = target.memory() / (1 << 20)
        refused = peer.resets[REFUSED]
        assert refused or peer.goaway == CALM, "nothing was refused; %d MiB are held" % held


@attack("14a", "HPACK: a string of 4 GB is announced (CVE-2023-33953)")
def huge_string(target, _):
    with Peer(target.port) as peer:
        peer.send(headers(1, b"\x83\0\x7f\xff\xff\xff\xff\x0f"))
        expect_goaway(peer, COMPRESSION_ERROR)


@attack("14b", "HPACK: an integer that does not end (CVE-2023-33953)")
def endless_integer(target, _):
    with Peer(target.port) as peer:
        peer.send(headers(1, b"\x83\xff" + b"\x80" * 10000))
        expect_goaway(peer, COMPRESSION_ERROR)


@attack("15", "references to what an over-long block inserted (CVE-2023-32731)")
def over_limit_then_index(target, _):
    with Peer(target.port) as peer:
        pad = b"".join(field(b"x-%03d" % i, b"v" * 100) for i in range(150))
        peer.send(headers(1, request(more=pad + field(b"content-type", b"application/grpc", 0x40))))
        peer.read(2, lambda p: 1 in p.ended)
        assert 1 in peer.ended and peer.goaway is None, "the long one was not answered"
        indexed = b"\x83\x86" + field(b":path", b"/attack.Target/Echo") + field(b":authority", b"h") + b"\xbe" + field(b"te", b"trailers")
        assert peer.call(3, indexed), "the table is out of step: GOAWAY %s" % peer.goaway


@attack("16", "metadata that is not base64 (CVE-2023-32732)")
def bad_base64(target, _):
    with Peer(target.port) as peer:
        for stream in range(1, 41, 2):
            peer.send(headers(stream, request(more=field(b"x-bin", b"!!!!"))), read=True)
        peer.read(2, lambda p: len(p.ended) == 20)
        assert len(peer.ended) == 20 and peer.goaway is None
        lives(peer, 41)


@attack("17", "odd te, :scheme and grpclb_client_stats, long headers (CVE-2023-1428)")
def odd_fields(target, _):
    odd = (
        request(te=b""), request(te=b"trailers, deflate"), request(te=b"x"),
        request(scheme=field(b":scheme", b"x")), request(scheme=field(b":scheme", b"")), request(scheme=b""),
        request(more=field(b"grpclb_client_stats", b"") + field(b"x-pad", b"p" * 9000)),
        request(more=field(b"grpc-tags-bin", b"A") + field(b"grpc-trace-bin", b"AA==") + field(b"grpc-timeout", b"1x")),
    )
    with Peer(target.port) as peer:
        for i, block in enumerate(odd):
            peer.send(headers(1 + 2 * i, block), read=True)
        peer.read(2, lambda p: len(p.ended) >= len(odd))
        assert peer.goaway is None, "GOAWAY %s" % peer.goaway
        lives(peer, 101)


@attack("19", "a field coded wrongly, then ones to be indexed (CVE-2024-7246)")
def misencoded(target, _):
    with Peer(target.port) as peer:
        peer.send(headers(1, request(more=b"\0\1a\x81\x00" + field(b"b", b"c", 0x40))))  # Huffman padding of zeros
        expect_goaway(peer, COMPRESSION_ERROR)


@attack("20a", "table size updates by the dozen in a block")
def size_updates(target, _):
    with Peer(target.port) as peer:
        peer.send(headers(1, b"\x20\x3f\xe1\x1f" * 12 + request()))
        expect_goaway(peer, COMPRESSION_ERROR)


@attack("20b", "SETTINGS_HEADER_TABLE_SIZE to and fro")
def table_size_flips(target, _):
    unit = frame(SETTINGS, 0, 0, setting(SETTING_TABLE, 0)) + frame(SETTINGS, 0, 0, setting(SETTING_TABLE, 4096))
    flood(target, unit, CALM, read=True)


# ---- messages --------------------------------------------------------------------------------------------------------


@attack("22a", "a message of 4 GiB is announced")
def huge_message(target, _):
    with Peer(target.port) as peer:
        for stream in range(1, 41, 2):
            assert peer.call(stream, body=b"\0\xff\xff\xff\xff")
        lives(peer, 41)


def gzip_bomb(size):
    import zlib

    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    return b"".join([packer.compress(bytes(1 << 20)) for _ in range(size)] + [packer.flush()])


BOMB = gzip_bomb(64)


@attack("22b", "gzip bombs: 64 KB for 64 MiB", memory=64)
def gzip_bombs(target, _):
    with Peer(target.port) as peer:
        block = request(b"/attack.Target/Pool", field(b"grpc-encoding", b"gzip"))
        body = message(BOMB, 1)
        for stream in range(1, 21, 2):
            peer.send(headers(stream, block, False), read=True)
            for at in range(0, len(body), 16384):
                peer.send(frame(DATA, END_STREAM if at + 16384 >= len(body) else 0, stream, body[at : at + 16384]), read=True)
        peer.read(5, lambda p: len(p.ended) == 10)
        assert len(peer.ended) == 10, "%d of 10 were answered" % len(peer.ended)
        lives(peer, 21)


@attack("22c", "compressed, but with no encoding")
def no_encoding(target, _):
    with Peer(target.port) as peer:
        for stream in range(1, 41, 2):
            assert peer.call(stream, body=message(b"x", 1))
        lives(peer, 41)


# ---- slowness --------------------------------------------------------------------------------------------------------

QUICK = ["--handshake_timeout_ms=700"]


def closes(peer, within, drip=b""):
    limit = time.monotonic() + within
    while time.monotonic() < limit and not peer.closed:
        if drip:
            peer.send(drip[:1], 0.1)
            drip = drip[1:]
        peer.read(0.1)
    assert peer.closed, "the server waits for ever"


@attack("23a", "a connection that says nothing", flags=QUICK)
def silent(target, _):
    with Peer(target.port, hello=False) as peer:
        closes(peer, 4)


@attack("23b", "the preface, a byte at a time", flags=QUICK)
def slow_preface(target, _):
    with Peer(target.port, hello=False) as peer:
        closes(peer, 4, PREFACE * 3)


@attack("23c", "half a TLS hello", flags=QUICK + ["TLS"], victim=False)
def half_tls(target, _):
    with Peer(target.port, hello=False) as peer:
        peer.send(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        closes(peer, 4)


@attack("23d", "headers, a byte at a time", once=True, long=True)
def slow_headers(target, _):
    with Peer(target.port) as peer:
        closes(peer, 40, headers(1, request(more=field(b"x", b"y" * 900))))
        assert peer.goaway == CALM


@attack("23e", "the window stays shut behind the handler's back", flags=["--stall_timeout_ms=700"], once=True)
def shut_window(target, _):
    with Peer(target.port, setting(SETTING_WINDOW, 0)) as peer:
        for stream in range(1, 21, 2):
            peer.send(headers(stream, end=False) + frame(DATA, END_STREAM, stream, message(bytes(10000))))
        peer.read(3, lambda p: sum(p.resets.values()) == 10)
        assert peer.resets[CANCEL] == 10, "resets: %s" % peer.resets


@attack("25", "idle connections by the thousand", memory=1500, once=True)
def idle(target, options):
    n = 500 if options.short else min(100000, resource.getrlimit(resource.RLIMIT_NOFILE)[0] - 200)
    peers, before = [], target.memory()
    try:
        for i in range(n):
            peers.append(Peer(target.port, source="127.0.%d.%d" % (1 + i // 20000, 1)))
            peers[-1].seen = None
        time.sleep(0.3)
        each = (target.memory() - before) / n
        assert each <= 16384, "%.1f KiB each" % (each / 1024)
    finally:
        for peer in peers:
            peer.sock.close()


@attack("18", "connections until no descriptor is left (CVE-2023-4785)", limits=((resource.RLIMIT_NOFILE, 64),), once=True)
def descriptors(target, _):
    socks = []
    for _ in range(200):
        sock = socket.socket()
        sock.settimeout(5)
        sock.connect(("127.0.0.1", target.port))
        socks.append(sock)
    time.sleep(0.5)
    for sock in socks:
        sock.close()
    limit = time.monotonic() + 5
    while time.monotonic() < limit:
        with Peer(target.port) as peer:
            if peer.call():
                return
    raise AssertionError("no new connection is taken afterwards")


# ---- TLS -------------------------------------------------------------------------------------------------------------


@attack("26", "TLS handshakes, one after another", flags=["TLS"], victim=False)
def handshakes(target, _):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_alpn_protocols(["h2"])
    for _ in range(20):
        with socket.create_connection(("127.0.0.1", target.port), 5) as sock, context.wrap_socket(sock) as tls:
            assert tls.selected_alpn_protocol() == "h2"


@attack("27", "TLS renegotiation", flags=["TLS"], victim=False, once=True)
def renegotiation(target, _):
    argv = ["openssl", "s_client", "-connect", "127.0.0.1:%d" % target.port, "-tls1_2", "-alpn", "h2"]
    client = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    time.sleep(0.5)
    client.stdin.write(b"R\n")
    client.stdin.flush()
    time.sleep(0.5)
    client.stdin.close()
    out = client.stdout.read()
    client.wait(10)
    assert b"RENEGOTIATING" in out and b"no renegotiation" in out, out[-300:].decode(errors="replace")
