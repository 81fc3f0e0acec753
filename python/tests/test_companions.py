# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""What others built on grpcio, from PyPI and unchanged: each is imported, and a call goes through it. Runs where the
packages of companions.txt are installed (scripts/python-test makes the environment)."""
import asyncio
import time
from concurrent import futures

import grpc
import pytest

pytest.importorskip("grpc_health", reason="the companions are not installed here")


@pytest.fixture
def serve():
    servers = []

    def up(register, **kw):
        server = grpc.server(futures.ThreadPoolExecutor(4), **kw)
        register(server)
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        servers.append(server)
        return grpc.insecure_channel(f"127.0.0.1:{port}")

    yield up
    for server in servers:
        server.stop(None)


def echo(request, context):
    if request == b"fail":
        context.abort(grpc.StatusCode.NOT_FOUND, "no such thing")
    return request


def three(request, context):
    for i in range(3):
        yield request + b"%d" % i


def add_echo(server):
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("t.T", {
        "Echo": grpc.unary_unary_rpc_method_handler(echo),
        "Three": grpc.unary_stream_rpc_method_handler(three),
    }),))


def test_it_is_ours():
    import importlib.metadata

    assert hasattr(grpc, "_weir") and "+weir" in importlib.metadata.version("grpcio")


def test_health(serve):
    from grpc_health.v1 import health, health_pb2, health_pb2_grpc

    servicer = health.HealthServicer()
    servicer.set("a", health_pb2.HealthCheckResponse.NOT_SERVING)
    stub = health_pb2_grpc.HealthStub(serve(lambda s: health_pb2_grpc.add_HealthServicer_to_server(servicer, s)))
    assert stub.Check(health_pb2.HealthCheckRequest()).status == health_pb2.HealthCheckResponse.SERVING
    watch = stub.Watch(health_pb2.HealthCheckRequest(service="a"))
    assert next(watch).status == health_pb2.HealthCheckResponse.NOT_SERVING
    servicer.set("a", health_pb2.HealthCheckResponse.SERVING)
    assert next(watch).status == health_pb2.HealthCheckResponse.SERVING
    watch.cancel()
    with pytest.raises(grpc.RpcError) as e:
        stub.Check(health_pb2.HealthCheckRequest(service="nobody"))
    assert e.value.code() is grpc.StatusCode.NOT_FOUND


def test_reflection(serve):
    from grpc_health.v1 import health, health_pb2, health_pb2_grpc
    from grpc_reflection.v1alpha import reflection
    from grpc_reflection.v1alpha.proto_reflection_descriptor_database import ProtoReflectionDescriptorDatabase

    def register(server):
        health_pb2_grpc.add_HealthServicer_to_server(health.HealthServicer(), server)
        names = [health_pb2.DESCRIPTOR.services_by_name["Health"].full_name, reflection.SERVICE_NAME]
        reflection.enable_server_reflection(names, server)

    database = ProtoReflectionDescriptorDatabase(serve(register))
    assert sorted(database.get_services()) == ["grpc.health.v1.Health", reflection.SERVICE_NAME]
    file = database.FindFileContainingSymbol("grpc.health.v1.Health")
    assert [m.name for m in file.service[0].method][:1] == ["Check"]


def test_status(serve):
    from google.protobuf import any_pb2
    from google.rpc import code_pb2, error_details_pb2, status_pb2
    from grpc_status import rpc_status

    detail = any_pb2.Any()
    detail.Pack(error_details_pb2.QuotaFailure(
        violations=[error_details_pb2.QuotaFailure.Violation(subject="me", description="too much")]))
    rich = status_pb2.Status(code=code_pb2.RESOURCE_EXHAUSTED, message="slow down", details=[detail])

    def limited(request, context):
        context.abort_with_status(rpc_status.to_status(rich))

    channel = serve(lambda s: s.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(
        "t.T", {"Limited": grpc.unary_unary_rpc_method_handler(limited)}),)))
    with pytest.raises(grpc.RpcError) as e:
        channel.unary_unary("/t.T/Limited")(b"")
    assert e.value.code() is grpc.StatusCode.RESOURCE_EXHAUSTED
    assert rpc_status.from_call(e.value) == rich


def test_testing():
    """grpcio-testing: a fake server and a fake channel, no network."""
    import grpc_testing
    from grpc_health.v1 import health, health_pb2

    service = health_pb2.DESCRIPTOR.services_by_name["Health"]
    server = grpc_testing.server_from_dictionary({service: health.HealthServicer()}, grpc_testing.strict_real_time())
    call = server.invoke_unary_unary(service.methods_by_name["Check"], (), health_pb2.HealthCheckRequest(), None)
    response, _, code, _ = call.termination()
    assert (response.status, code) == (health_pb2.HealthCheckResponse.SERVING, grpc.StatusCode.OK)

    channel = grpc_testing.channel([service], grpc_testing.strict_real_time())
    from grpc_health.v1 import health_pb2_grpc

    with futures.ThreadPoolExecutor(1) as pool:
        answer = pool.submit(health_pb2_grpc.HealthStub(channel).Check, health_pb2.HealthCheckRequest(service="x"))
        _, request, rpc = channel.take_unary_unary(service.methods_by_name["Check"])
        rpc.terminate(health_pb2.HealthCheckResponse(status=2), (), grpc.StatusCode.OK, "")
        assert (request.service, answer.result(5).status) == ("x", 2)


def test_channelz(serve):
    """It is imported; what it would tell of, libweir has no record of yet, and says so."""
    from grpc_channelz.v1 import channelz, channelz_pb2, channelz_pb2_grpc

    stub = channelz_pb2_grpc.ChannelzStub(serve(channelz.add_channelz_servicer))
    with pytest.raises(grpc.RpcError) as e:
        stub.GetTopChannels(channelz_pb2.GetTopChannelsRequest(start_channel_id=0))
    assert e.value.code() is grpc.StatusCode.UNKNOWN and "channelz" in e.value.details()


def test_api_core(serve):
    from google.api_core import exceptions, grpc_helpers, retry

    channel = serve(add_echo)
    call = grpc_helpers.wrap_errors(channel.unary_unary("/t.T/Echo"))
    assert call(b"x") == b"x"
    with pytest.raises(exceptions.NotFound) as e:
        call(b"fail")
    assert e.value.code == 404 and e.value.grpc_status_code is grpc.StatusCode.NOT_FOUND
    stream = grpc_helpers.wrap_errors(channel.unary_stream("/t.T/Three"))(b"a")
    assert list(stream) == [b"a0", b"a1", b"a2"]

    tries = []

    def flaky():
        tries.append(1)
        return call(b"fail" if len(tries) == 1 else b"y")

    policy = retry.Retry(predicate=retry.if_exception_type(exceptions.NotFound), initial=0.01, timeout=5)
    assert policy(flaky)() == b"y" and len(tries) == 2


def test_common_protos():
    from google.api import annotations_pb2, http_pb2
    from google.longrunning import operations_pb2, operations_pb2_grpc

    assert annotations_pb2.http.message_type.name == "HttpRule" and http_pb2.HttpRule(get="/v1").get == "/v1"
    stub = operations_pb2_grpc.OperationsStub(grpc.insecure_channel("127.0.0.1:1"))
    with pytest.raises(grpc.RpcError) as e:
        stub.GetOperation(operations_pb2.GetOperationRequest(name="x"))
    assert e.value.code() is grpc.StatusCode.UNAVAILABLE


def test_opentelemetry(serve):
    from opentelemetry import trace
    from opentelemetry.instrumentation.grpc import GrpcInstrumentorClient, GrpcInstrumentorServer
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SimpleSpanProcessor
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

    spans = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(spans))
    trace.set_tracer_provider(provider)
    instrumentors = GrpcInstrumentorClient(), GrpcInstrumentorServer()
    for instrumentor in instrumentors:  # they look for a distribution called grpcio
        instrumentor.instrument()
    try:
        channel = serve(add_echo)
        assert channel.unary_unary("/t.T/Echo")(b"x") == b"x"
        assert list(channel.unary_stream("/t.T/Three")(b"a")) == [b"a0", b"a1", b"a2"]
        with pytest.raises(grpc.RpcError):
            channel.unary_unary("/t.T/Echo")(b"fail")
    finally:
        for instrumentor in instrumentors:
            instrumentor.uninstrument()
    until = time.monotonic() + 10
    while len(spans.get_finished_spans()) < 6 and time.monotonic() < until:
        time.sleep(0.01)
    found = spans.get_finished_spans()
    assert sorted(s.name for s in found) == ["/t.T/Echo"] * 4 + ["/t.T/Three"] * 2
    by_id = {s.context.span_id: s for s in found}
    served = [s for s in found if s.kind.name == "SERVER"]
    assert len(served) == 3 and all(by_id[s.parent.span_id].kind.name == "CLIENT" for s in served)


def test_sentry(serve):
    import sentry_sdk
    from sentry_sdk.integrations.grpc import GRPCIntegration

    sent = []
    before = grpc.insecure_channel, grpc.secure_channel, grpc.server, grpc.intercept_channel
    sentry_sdk.init(dsn="http://key@127.0.0.1:1/1", traces_sample_rate=1.0, integrations=[GRPCIntegration()],
                    default_integrations=False, before_send_transaction=lambda event, hint: sent.append(event))
    try:
        channel = serve(add_echo)
        with sentry_sdk.start_transaction(name="test"):
            assert channel.unary_unary("/t.T/Echo")(b"x") == b"x"
        until = time.monotonic() + 10
        while len(sent) < 2 and time.monotonic() < until:
            time.sleep(0.01)
        client = next(e for e in sent if e["transaction"] == "test")
        assert client["spans"][0]["op"] == "grpc.client"
        assert any(e["contexts"]["trace"]["op"] == "grpc.server" for e in sent)
    finally:
        grpc.insecure_channel, grpc.secure_channel, grpc.server, grpc.intercept_channel = before
        sentry_sdk.init()


def test_interceptor(serve):
    from google.protobuf.wrappers_pb2 import StringValue
    from grpc_interceptor import ClientInterceptor, ExceptionToStatusInterceptor
    from grpc_interceptor.exceptions import NotFound

    def find(request, context):
        if request.value == "gone":
            raise NotFound("it is gone")
        return request

    def find_many(request, context):
        yield request
        raise NotFound("it is gone")

    seen = []

    class Logs(ClientInterceptor):
        def intercept(self, method, request_or_iterator, call_details):
            seen.append(call_details.method)
            return method(request_or_iterator, call_details)

    convert = {"request_deserializer": StringValue.FromString, "response_serializer": StringValue.SerializeToString}
    handlers = {"Find": grpc.unary_unary_rpc_method_handler(find, **convert),
                "FindMany": grpc.unary_stream_rpc_method_handler(find_many, **convert)}
    channel = grpc.intercept_channel(serve(
        lambda s: s.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("t.R", handlers),)),
        interceptors=[ExceptionToStatusInterceptor()]), Logs())
    one = channel.unary_unary("/t.R/Find", StringValue.SerializeToString, StringValue.FromString)
    many = channel.unary_stream("/t.R/FindMany", StringValue.SerializeToString, StringValue.FromString)
    assert one(StringValue(value="x")).value == "x"
    with pytest.raises(grpc.RpcError) as e:
        one(StringValue(value="gone"))
    assert (e.value.code(), e.value.details()) == (grpc.StatusCode.NOT_FOUND, "it is gone")
    stream = many(StringValue(value="y"))
    assert next(stream).value == "y"
    with pytest.raises(grpc.RpcError) as e:
        next(stream)
    assert (e.value.code(), e.value.details()) == (grpc.StatusCode.NOT_FOUND, "it is gone")
    assert seen == ["/t.R/Find", "/t.R/Find", "/t.R/FindMany"]


def test_asyncio_says_that_it_is_not_there():
    async def make():
        grpc.aio.insecure_channel("127.0.0.1:1")

    with pytest.raises(NotImplementedError):
        asyncio.run(make())
