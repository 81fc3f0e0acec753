# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Compressed messages: what is chosen for a channel, a call, a server, a message; seen on the wire by a proxy of ours."""
import socket
import threading

import grpc
import pytest

BIG = b"weir " * 20000
GZIP, DEFLATE, NONE = grpc.Compression.Gzip, grpc.Compression.Deflate, grpc.Compression.NoCompression


class Meter:
    """Passes bytes on, and counts them."""

    def __init__(self, port):
        self.up = self.down = 0
        self._to = port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._sockets = [self._listener]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        try:
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(("127.0.0.1", self._to))
                self._sockets += [near, far]
                threading.Thread(target=self._pump, args=(near, far, "up"), daemon=True).start()
                threading.Thread(target=self._pump, args=(far, near, "down"), daemon=True).start()
        except OSError:
            pass

    def _pump(self, source, to, name):
        try:
            while True:
                data = source.recv(65536)
                if not data:
                    break
                setattr(self, name, getattr(self, name) + len(data))
                to.sendall(data)
            to.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def count(self, fn):
        """(whether what went up is compressed, the same of what came down), of a call with BIG both ways."""
        up, down = self.up, self.down
        assert fn() == BIG
        return self.up - up < len(BIG) // 2, self.down - down < len(BIG) // 2

    def close(self):
        for s in self._sockets:
            s.close()


def chosen(request, context):
    how = dict(context.invocation_metadata()).get("how")
    if how:
        context.set_compression(grpc.Compression[how])
    return request


def many(request, context):
    context.set_compression(GZIP)
    yield request
    context.disable_next_message_compression()
    yield request
    yield request


HANDLERS = {
    "Chosen": grpc.unary_unary_rpc_method_handler(chosen),
    "Many": grpc.unary_stream_rpc_method_handler(many),
    "Join": grpc.stream_unary_rpc_method_handler(lambda requests, context: b"".join(requests)),
}


@pytest.fixture
def meter(serve):
    meters = []

    def up(**kw):
        _, port = serve(HANDLERS, **kw)
        meters.append(Meter(port))
        return meters[-1]

    yield up
    for each in meters:
        each.close()


def test_what_is_not_asked_for_is_not_done(meter):
    m = meter()
    with grpc.insecure_channel(f"127.0.0.1:{m.port}") as channel:
        assert m.count(lambda: channel.unary_unary("/t.T/Chosen")(BIG)) == (False, False)


@pytest.mark.parametrize("how", [GZIP, DEFLATE])
def test_channel_and_call(meter, how):
    m = meter()
    with grpc.insecure_channel(f"127.0.0.1:{m.port}", compression=how) as channel:
        call = channel.unary_unary("/t.T/Chosen")
        assert m.count(lambda: call(BIG)) == (True, False)
        assert m.count(lambda: call(BIG, compression=NONE)) == (False, False)
        assert m.count(lambda: call.future(BIG).result()) == (True, False)
        assert m.count(lambda: channel.stream_unary("/t.T/Join")(iter([BIG]))) == (True, False)
    with grpc.insecure_channel(f"127.0.0.1:{m.port}") as channel:
        call = channel.unary_unary("/t.T/Chosen")
        assert m.count(lambda: call(BIG, compression=how)) == (True, False)
        assert m.count(lambda: call.with_call(BIG, compression=how)[0]) == (True, False)
    with grpc.insecure_channel(f"127.0.0.1:{m.port}", [("grpc.default_compression_algorithm", int(how))]) as channel:
        assert m.count(lambda: channel.unary_unary("/t.T/Chosen")(BIG)) == (True, False)


@pytest.mark.parametrize("how", ["Gzip", "Deflate"])
def test_server_and_context(meter, how):
    m = meter()
    with grpc.insecure_channel(f"127.0.0.1:{m.port}") as channel:
        call = channel.unary_unary("/t.T/Chosen")
        assert m.count(lambda: call(BIG, metadata=(("how", how),))) == (False, True)
        assert m.count(lambda: call(BIG)) == (False, False)
    m = meter(compression=grpc.Compression[how])
    with grpc.insecure_channel(f"127.0.0.1:{m.port}") as channel:
        call = channel.unary_unary("/t.T/Chosen")
        assert m.count(lambda: call(BIG)) == (False, True)
        assert m.count(lambda: call(BIG, metadata=(("how", "NoCompression"),))) == (False, False)


def test_one_message_as_it_is(meter):
    m = meter()
    with grpc.insecure_channel(f"127.0.0.1:{m.port}") as channel:
        down = m.down
        assert list(channel.unary_stream("/t.T/Many")(BIG)) == [BIG] * 3
        assert len(BIG) < m.down - down < len(BIG) * 3 // 2


def test_an_interceptor_chooses(meter):
    class Chooser(grpc.UnaryUnaryClientInterceptor):
        def intercept_unary_unary(self, continuation, details, request):
            return continuation(details._replace(compression=GZIP), request)

    m = meter()
    with grpc.insecure_channel(f"127.0.0.1:{m.port}") as channel:
        call = grpc.intercept_channel(channel, Chooser()).unary_unary("/t.T/Chosen")
        assert m.count(lambda: call(BIG)) == (True, False)


def test_a_bomb(meter):
    """The limit is that of what comes out."""
    m = meter()
    bomb = b"\0" * (5 * 1024 * 1024)
    with grpc.insecure_channel(f"127.0.0.1:{m.port}", compression=GZIP) as channel:
        with pytest.raises(grpc.RpcError) as e:
            channel.unary_unary("/t.T/Chosen")(bomb, timeout=20)
        assert e.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
        assert channel.unary_unary("/t.T/Chosen")(BIG) == BIG
