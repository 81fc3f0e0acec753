# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""The four kinds of call, in all their forms."""
import threading
import time

import grpc
import pytest


def test_unary(channel):
    assert channel.unary_unary("/t.T/Echo")(b"hello") == b"hello"
    response, call = channel.unary_unary("/t.T/Echo").with_call(b"x")
    assert response == b"x" and call.code() is grpc.StatusCode.OK and call.done()
    future = channel.unary_unary("/t.T/Echo").future(b"y")
    assert future.result(timeout=5) == b"y" and future.exception() is None


@pytest.mark.parametrize("size", [0, 1, 32 * 1024, 32 * 1024 + 1, 100000, 3 * 1024 * 1024])
def test_sizes(channel, size):
    message = b"a" * size
    assert channel.unary_unary("/t.T/Echo")(message) == message
    assert channel.unary_unary("/t.T/Echo")(memoryview(message)) == message
    assert channel.unary_unary("/t.T/Echo")(bytearray(message)) == message
    assert list(channel.stream_stream("/t.T/Each")(iter([message]))) == [b"<" + message + b">"]


def test_streams(channel):
    assert list(channel.unary_stream("/t.T/Repeat")(b"1000")) == [b"%d" % i for i in range(1000)]
    assert channel.stream_unary("/t.T/Join")(iter([b"a", b"b"])) == b"a,b"
    assert channel.stream_unary("/t.T/Join")([b"a", b"b"]) == b"a,b"
    assert channel.stream_unary("/t.T/Join").future(x for x in (b"a", b"b")).result() == b"a,b"
    numbers = [b"%d" % i for i in range(500)]
    assert list(channel.stream_stream("/t.T/Each")(iter(numbers))) == [b"<" + n + b">" for n in numbers]


def test_ping_pong(channel):
    """Each request waits for the answer before it."""
    turn = threading.Semaphore(1)

    def requests():
        for i in range(50):
            turn.acquire()
            yield b"%d" % i

    n = 0
    for response in channel.stream_stream("/t.T/Each")(requests()):
        assert response == b"<%d>" % n
        n += 1
        turn.release()
    assert n == 50


def test_serializers(channel):
    call = channel.unary_unary("/t.T/Echo", request_serializer=str.encode, response_deserializer=bytes.decode)
    assert call("text") == "text"


def test_many_threads(channel):
    echo = channel.unary_unary("/t.T/Echo")
    wrong = []

    def work(n):
        for i in range(200):
            message = b"%d-%d" % (n, i)
            if echo(message) != message:
                wrong.append(message)

    threads = [threading.Thread(target=work, args=(n,)) for n in range(16)]
    for t in threads:
        t.start()
    for t in threads:
        t.join(30)
    assert not wrong and not any(t.is_alive() for t in threads)


def test_many_futures(channel):
    echo = channel.unary_unary("/t.T/Echo")
    done = threading.Semaphore(0)
    futures = [echo.future(b"%d" % i) for i in range(300)]
    for f in futures:
        f.add_done_callback(lambda _: done.release())
    assert [f.result(10) for f in futures] == [b"%d" % i for i in range(300)]
    for _ in futures:
        assert done.acquire(timeout=5)


def test_deadline(serve):
    _, port = serve({"Slow": grpc.unary_unary_rpc_method_handler(lambda r, c: time.sleep(1) or r)})
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        begin = time.monotonic()
        with pytest.raises(grpc.RpcError) as e:
            channel.unary_unary("/t.T/Slow")(b"", timeout=0.1)
        assert e.value.code() is grpc.StatusCode.DEADLINE_EXCEEDED
        assert e.value.details() == "Deadline Exceeded"
        assert time.monotonic() - begin < 0.8


def test_dropped_call_is_cancelled(serve):
    gone = threading.Event()

    def forever(request, context):
        context.add_callback(gone.set)
        while context.is_active():
            yield b"x"
            time.sleep(0.01)

    _, port = serve({"Forever": grpc.unary_stream_rpc_method_handler(forever)})
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        call = channel.unary_stream("/t.T/Forever")(b"")
        next(call)
        del call
        assert gone.wait(5)


def test_errors_pickle(channel):
    import pickle

    with pytest.raises(grpc.RpcError) as e:
        channel.unary_unary("/t.T/None")(b"")
    again = pickle.loads(pickle.dumps(e.value))
    assert str(again) == str(e.value) and again.code() is grpc.StatusCode.UNIMPLEMENTED


def test_unix_socket(serve, tmp_path):
    address = f"unix:{tmp_path}/s"
    serve(address=address)
    with grpc.insecure_channel(address) as channel:
        assert channel.unary_unary("/t.T/Echo")(b"u") == b"u"


def test_connectivity(serve):
    _, port = serve()
    states = []
    ready = threading.Event()

    def on(state):
        states.append(state)
        if state is grpc.ChannelConnectivity.READY:
            ready.set()

    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        channel.subscribe(on, try_to_connect=True)
        assert ready.wait(5) and states[0] is grpc.ChannelConnectivity.IDLE
        channel.unsubscribe(on)
        grpc.channel_ready_future(channel).result(timeout=5)


def test_experimental(serve):
    import grpc.experimental

    _, port = serve()
    target = f"127.0.0.1:{port}"
    assert grpc.experimental.unary_unary(b"x", target, "/t.T/Echo", insecure=True) == b"x"
    assert list(grpc.experimental.unary_stream(b"2", target, "/t.T/Repeat", insecure=True)) == [b"0", b"1"]
