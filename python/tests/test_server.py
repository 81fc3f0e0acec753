# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""What a server does with its executor, and how it ends."""
import threading
import time
from concurrent import futures

import grpc
import pytest


def test_handlers_run_at_the_same_time(serve):
    """As many as there are workers; each waits for all of them."""
    barrier = threading.Barrier(10)

    def meet(request, context):
        barrier.wait(5)
        return request

    _, port = serve({"Meet": grpc.unary_unary_rpc_method_handler(meet)})
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        calls = [channel.unary_unary("/t.T/Meet").future(b"%d" % i) for i in range(10)]
        assert [c.result(10) for c in calls] == [b"%d" % i for i in range(10)]


def test_one_worker(serve):
    _, port = serve(workers=1)
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        calls = [channel.unary_unary("/t.T/Echo").future(b"%d" % i) for i in range(50)]
        assert [c.result(10) for c in calls] == [b"%d" % i for i in range(50)]
        time.sleep(0.1)
        assert channel.unary_unary("/t.T/Echo")(b"later", timeout=5) == b"later"


def test_executor_is_shared(channel, serve):
    """Whoever else submits to the executor gets his turn."""
    pool = futures.ThreadPoolExecutor(max_workers=1)
    server = grpc.server(pool)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(
        "t.T", {"Echo": grpc.unary_unary_rpc_method_handler(lambda r, c: r)}),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    stop = threading.Event()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as ch:
        def load():
            while not stop.is_set():
                ch.unary_unary("/t.T/Echo")(b"x", timeout=10)

        thread = threading.Thread(target=load)
        thread.start()
        for _ in range(5):
            assert pool.submit(lambda: 7).result(timeout=5) == 7
        stop.set()
        thread.join(10)
        assert not thread.is_alive()
    server.stop(None)


def test_a_reply_does_not_wait_for_the_next_handler(serve):
    """Answers of one batch go out although a handler after them takes long."""
    hold = threading.Event()

    def handler(request, context):
        if request == b"slow":
            hold.wait(5)
        return request

    _, port = serve({"Echo": grpc.unary_unary_rpc_method_handler(handler)}, workers=2)
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        echo = channel.unary_unary("/t.T/Echo")
        echo(b"warm")
        calls = [echo.future(b"quick"), echo.future(b"slow"), echo.future(b"quick")]
        assert calls[0].result(2) == b"quick"
        assert calls[2].result(2) == b"quick"
        hold.set()
        assert calls[1].result(2) == b"slow"


def test_stop_with_grace(serve):
    server, port = serve({"Slow": grpc.unary_unary_rpc_method_handler(lambda r, c: time.sleep(0.3) or r)})
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = channel.unary_unary("/t.T/Slow").future(b"x")
        time.sleep(0.1)
        stopped = server.stop(5)
        assert not stopped.is_set()
        with pytest.raises(grpc.RpcError) as e:
            channel.unary_unary("/t.T/Slow")(b"y", timeout=2)
        assert e.value.code() is grpc.StatusCode.UNAVAILABLE
        assert call.result(5) == b"x"
        assert stopped.wait(5) and server.wait_for_termination(1) is False


def test_stop_now(serve):
    seen = threading.Event()

    def forever(request, context):
        context.add_callback(seen.set)
        while context.is_active():
            yield b"x"
            time.sleep(0.01)

    server, port = serve({"Forever": grpc.unary_stream_rpc_method_handler(forever)})
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = channel.unary_stream("/t.T/Forever")(b"")
        next(call)
        assert server.stop(None).is_set()
        with pytest.raises(grpc.RpcError) as e:
            list(call)
        assert e.value.code() is grpc.StatusCode.UNAVAILABLE and e.value.details() == "Cancelling all calls"
        assert seen.wait(5)


def test_client_cancels(serve):
    seen = threading.Event()

    def wait(request, context):
        context.add_callback(seen.set)
        while context.is_active():
            time.sleep(0.01)
        return b""

    _, port = serve({"Wait": grpc.unary_unary_rpc_method_handler(wait)})
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = channel.unary_unary("/t.T/Wait").future(b"")
        time.sleep(0.1)
        assert call.cancel() and call.cancelled()
        assert seen.wait(5)
        with pytest.raises(grpc.FutureCancelledError):
            call.result()


def test_a_response_that_is_not_bytes(serve):
    _, port = serve({"Text": grpc.unary_unary_rpc_method_handler(lambda r, c: "text"),
                     "Texts": grpc.unary_stream_rpc_method_handler(lambda r, c: iter(["text"]))})
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        for call in (lambda: channel.unary_unary("/t.T/Text")(b"", timeout=5),
                     lambda: list(channel.unary_stream("/t.T/Texts")(b"", timeout=5))):
            with pytest.raises(grpc.RpcError) as e:
                call()
            assert e.value.code() is grpc.StatusCode.INTERNAL
            assert e.value.details() == "Failed to serialize response!"


def test_interceptors(serve):
    seen = []

    class Outer(grpc.ServerInterceptor):
        def intercept_service(self, continuation, details):
            seen.append(("outer", details.method, dict(details.invocation_metadata).get("k")))
            return continuation(details)

    class Inner(grpc.ServerInterceptor):
        def intercept_service(self, continuation, details):
            seen.append(("inner",))
            handler = continuation(details)
            return handler._replace(unary_unary=lambda r, c: b"changed " + handler.unary_unary(r, c))

    _, port = serve(interceptors=(Outer(), Inner()))
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        assert channel.unary_unary("/t.T/Echo")(b"x", metadata=(("k", "v"),)) == b"changed x"
    assert seen == [("outer", "/t.T/Echo", "v"), ("inner",)]


def test_registered_handlers_win():
    server = grpc.server(futures.ThreadPoolExecutor(2))
    make = grpc.unary_unary_rpc_method_handler
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("t.T", {"M": make(lambda r, c: b"g")}),))
    server.add_registered_method_handlers("t.T", {"M": make(lambda r, c: b"r")})
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        assert channel.unary_unary("/t.T/M")(b"") == b"r"
    server.stop(None)


def test_there_is_no_asyncio_yet():
    from grpc.experimental import aio

    assert not isinstance(object(), aio.Server)
    with pytest.raises(NotImplementedError, match="grpc.aio.server"):
        aio.server()


def test_stop_without_start():
    for _ in range(20):
        server = grpc.server(futures.ThreadPoolExecutor(1))
        server.add_insecure_port("127.0.0.1:0")
        assert server.stop(None).is_set()
        del server


def test_a_server_that_is_dropped_stops():
    server = grpc.server(futures.ThreadPoolExecutor(1))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        with pytest.raises(grpc.RpcError) as e:
            channel.unary_unary("/t.T/None")(b"", timeout=5)
        assert e.value.code() is grpc.StatusCode.UNIMPLEMENTED
        del server
        time.sleep(0.3)
        with pytest.raises(grpc.RpcError) as e:
            channel.unary_unary("/t.T/None")(b"", timeout=5)
        assert e.value.code() is grpc.StatusCode.UNAVAILABLE
