# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Modules beside grpc itself: those of before 1.0, private ones that packages import, what is experimental."""
import threading

import grpc
import grpc.experimental
import pytest
from grpc._cython import cygrpc


def test_beta(serve):
    from grpc.beta import implementations, interfaces, utilities
    from grpc.framework.foundation import future

    assert interfaces.ChannelConnectivity.FATAL_FAILURE is grpc.ChannelConnectivity.SHUTDOWN
    assert interfaces.StatusCode is grpc.StatusCode
    assert interfaces.grpc_call_options(True).disable_compression
    _, port = serve()
    ready = utilities.channel_ready_future(implementations.insecure_channel("127.0.0.1", port))
    assert ready.result(10) is None and ready.done()
    never = utilities.channel_ready_future(implementations.insecure_channel("127.0.0.1:1", None))
    with pytest.raises(future.TimeoutError):
        never.result(0.05)
    assert never.cancel()
    with pytest.raises(future.CancelledError):
        never.exception()
    with pytest.raises(NotImplementedError, match="dynamic_stub"):
        implementations.dynamic_stub(None, "x", {})
    assert implementations.stub_options(host="h").host == "h"


def test_framework():
    from grpc.framework.common import cardinality, style
    from grpc.framework.foundation import callable_util, logging_pool, stream_util
    from grpc.framework.interfaces.base import base
    from grpc.framework.interfaces.face import face, utilities

    outcome = callable_util.call_logging_exceptions(lambda x: 1 // x, "no", 0)
    assert outcome.kind is callable_util.Outcome.Kind.RAISED and isinstance(outcome.exception, ZeroDivisionError)
    assert callable_util.with_exceptions_logged(len, "no")("ab").return_value == 2
    handler = utilities.unary_stream_inline(len)
    assert handler.cardinality is cardinality.Cardinality.UNARY_STREAM and handler.style is style.Service.INLINE
    assert handler.unary_stream_inline is len and handler.unary_unary_event is None
    assert isinstance(handler, face.MethodImplementation)
    assert issubclass(face.ExpirationError, face.AbortionError)
    with pytest.raises(TypeError):
        base.Operator()
    sink = stream_util.IterableConsumer()
    with logging_pool.pool(2) as pool:
        doubled = stream_util.TransformingConsumer(lambda x: 2 * x, stream_util.ThreadSwitchingConsumer(sink, pool))
        for i in range(100):
            doubled.consume(i)
        doubled.terminate()
        assert list(sink) == list(range(0, 200, 2))
        assert list(pool.map(abs, [-1, 2])) == [1, 2]
        with pytest.raises(ValueError):
            pool.submit(int, "x").result()


def test_a_server_on_a_logging_pool():
    from grpc.framework.foundation import logging_pool

    server = grpc.server(logging_pool.pool(2))
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(
        "t.T", {"Echo": grpc.unary_unary_rpc_method_handler(lambda r, c: r)}),))
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        assert channel.unary_unary("/t.T/Echo")(b"x", timeout=10) == b"x"
    server.stop(None)


def test_managed_channels(serve):
    _, port = serve()
    target = f"127.0.0.1:{port}"
    from grpc import _simple_stubs

    before = _simple_stubs.ChannelCache.get()._test_only_channel_count()
    for _ in range(3):
        assert grpc.experimental.unary_unary(b"x", target, "/t.T/Echo", insecure=True) == b"x"
    assert list(grpc.experimental.unary_stream(b"2", target, "/t.T/Repeat", insecure=True)) == [b"0", b"1"]
    assert grpc.experimental.stream_unary(iter([b"a", b"b"]), target, "/t.T/Join", insecure=True) == b"a,b"
    creds = grpc.experimental.insecure_channel_credentials()
    each = grpc.experimental.stream_stream(iter([b"a"]), target, "/t.T/Each", channel_credentials=creds)
    assert list(each) == [b"<a>"]
    assert _simple_stubs.ChannelCache.get()._test_only_channel_count() == before + 2
    with pytest.raises(ValueError, match="mutually exclusive"):
        grpc.experimental.unary_unary(b"x", target, "/t.T/Echo", insecure=True, channel_credentials=creds)


def test_managed_channels_go(serve, monkeypatch):
    from grpc import _simple_stubs

    monkeypatch.setattr(_simple_stubs, "_EVICTION_PERIOD", 0.05)
    monkeypatch.setattr(_simple_stubs, "_MAXIMUM_CHANNELS", 2)
    cache = _simple_stubs.ChannelCache()
    for i in range(4):
        cache.get_channel(f"127.0.0.1:{i + 1}", (), None, True, None)
    assert cache._test_only_channel_count() <= 2
    gone = threading.Event()
    for _ in range(200):
        if cache._test_only_channel_count() == 0:
            break
        gone.wait(0.05)
    assert cache._test_only_channel_count() == 0


def test_private_names():
    from grpc import _channel, _common, _compression, _interceptor, _observability, _plugin_wrapping, _utilities

    assert _common.encode("x") == b"x" and _common.fully_qualified_method("a", "b") == "/a/b"
    assert _common.CYGRPC_STATUS_CODE_TO_STATUS_CODE[cygrpc.StatusCode.ok] is grpc.StatusCode.OK
    assert _common.wait(lambda timeout: None, lambda: True) is False
    assert _common.wait(lambda timeout: None, lambda: False, timeout=0.01) is True
    with pytest.raises(RuntimeError, match="Failed to bind to address x"):
        _common.validate_port_binding_result("x", 0)
    assert _compression.create_channel_option(grpc.Compression.Gzip) == (("grpc.default_compression_algorithm", 2),)
    assert _compression.augment_metadata((("a", "b"),), grpc.Compression.Deflate)[1] == (
        cygrpc.GRPC_COMPRESSION_REQUEST_ALGORITHM_MD_KEY, "deflate")
    assert _interceptor._ClientCallDetails and _interceptor._UnaryOutcome
    assert _utilities.first_version_is_lower("1.2.3", "1.3.0")
    assert issubclass(_channel._InactiveRpcError, grpc.RpcError)
    creds = _plugin_wrapping.metadata_plugin_call_credentials(lambda context, callback: callback((), None), None)
    assert isinstance(creds, grpc.CallCredentials)
    with _observability.get_plugin() as plugin:
        assert plugin is None


def failure(channel):
    with pytest.raises(grpc.RpcError) as e:
        channel.unary_unary("/t.T/Echo")(b"", timeout=5)
    return e.value.code(), e.value.details()


def test_credentials_that_cannot_be(serve):
    with grpc.secure_channel("localhost:1", grpc.alts_channel_credentials()) as channel:
        assert failure(channel) == (grpc.StatusCode.INTERNAL,
                                    "Failed to create channel to 'localhost:1': weir has no ALTS credentials")
        assert channel.unary_unary("/t.T/Echo").future(b"").code() is grpc.StatusCode.INTERNAL
        with pytest.raises(grpc.FutureTimeoutError):
            grpc.channel_ready_future(channel).result(0.05)
    with pytest.raises(ValueError, match="closed channel"):
        channel.unary_unary("/t.T/Echo")(b"")
    with pytest.raises(RuntimeError, match="Failed to bind"):
        serve(creds=grpc.alts_server_credentials())
    with grpc.insecure_channel("xds:///x") as channel:
        code, details = failure(channel)
        assert code is grpc.StatusCode.UNAVAILABLE and "xds:///x" in details
    # what xDS falls back on counts
    _, port = serve(creds=grpc.xds_server_credentials(grpc.insecure_server_credentials()))
    with grpc.secure_channel(f"127.0.0.1:{port}", grpc.xds_channel_credentials()) as channel:
        assert channel.unary_unary("/t.T/Echo")(b"x") == b"x"
    token = grpc.access_token_call_credentials("t")
    creds = grpc.composite_channel_credentials(grpc.xds_channel_credentials(), token)
    with grpc.secure_channel(f"127.0.0.1:{port}", creds) as channel:
        assert failure(channel)[0] is grpc.StatusCode.UNAUTHENTICATED
    assert isinstance(grpc.compute_engine_channel_credentials(token), grpc.ChannelCredentials)


def test_google_credentials():
    from grpc.beta import implementations

    class Token:
        access_token = "t1"

    class Credentials:
        def get_access_token(self):
            return Token

    class Failing:
        def get_access_token(self, additional_claims=None):
            raise ValueError(additional_claims["aud"])

    class Context:
        service_url = "https://x/y"

    for credentials, expected in ((Credentials(), "Bearer t1"), (Failing(), "https://x/y")):
        got = []
        done = threading.Event()
        plugin = implementations.google_call_credentials(credentials)._credentials.plugin
        plugin(Context, lambda metadata, error: (got.append(str(error) if error else metadata[0][1]), done.set()))
        assert done.wait(5) and got == [expected]


def test_ports_are_shared(serve):
    _, port = serve()
    serve(address=f"127.0.0.1:{port}")
    with pytest.raises(RuntimeError, match="Failed to bind"):
        serve(address=f"127.0.0.1:{port}", options=[("grpc.so_reuseport", 0)])
