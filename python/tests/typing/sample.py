# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""The whole synchronous interface, typed as those type who wrote against typeshed's types of grpcio."""
from __future__ import annotations

import collections
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent import futures
from typing import Any, NamedTuple, Optional, TypeVar, Union

import grpc
import grpc.experimental

Req = TypeVar("Req")
Resp = TypeVar("Resp")


# ---- subscripts at run time, too

Call = grpc.UnaryUnaryMultiCallable[bytes, str]
Handler = grpc.RpcMethodHandler[bytes, str]
Answer = grpc.Future[str]
Streams = (grpc.UnaryStreamMultiCallable[bytes, str], grpc.StreamUnaryMultiCallable[bytes, str],
           grpc.StreamStreamMultiCallable[bytes, str])


# ---- servers


def upper(request: str, context: grpc.ServicerContext) -> str:
    pairs: dict[str, Union[str, bytes]] = dict(context.invocation_metadata())
    for pair in context.invocation_metadata():
        print(pair.key.upper(), pair.value)
    if "no" in pairs:
        context.abort(grpc.StatusCode.PERMISSION_DENIED, "no")
    if context.time_remaining() < 0.5 or not context.is_active():
        context.set_code(grpc.StatusCode.CANCELLED)
        context.set_details("too late")
    context.send_initial_metadata((("k", "v"), ("k-bin", b"v")))
    context.set_trailing_metadata([("t", "v")])
    context.set_compression(grpc.Compression.Gzip)
    context.add_callback(lambda: None)
    who: Sequence[bytes] = context.auth_context().get("x509_common_name", ())
    print(context.peer().upper(), context.peer_identities(), context.peer_identity_key(), who, context.code())
    return request.upper()


def letters(request: str, context: grpc.ServicerContext) -> Iterator[str]:
    yield from request


def join(request_iterator: Iterator[str], context: grpc.ServicerContext) -> str:
    return "".join(request_iterator)


def each(request_iterator: Iterator[str], context: grpc.ServicerContext) -> Iterator[str]:
    for request in request_iterator:
        yield request.lower()


handlers: dict[str, grpc.RpcMethodHandler[str, str]] = {
    "Upper": grpc.unary_unary_rpc_method_handler(upper, bytes.decode, str.encode),
    "Letters": grpc.unary_stream_rpc_method_handler(letters, bytes.decode, str.encode),
    "Join": grpc.stream_unary_rpc_method_handler(join, bytes.decode, str.encode),
    "Each": grpc.stream_stream_rpc_method_handler(each, bytes.decode, str.encode),
}


class Gate(grpc.ServerInterceptor):
    def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Optional[grpc.RpcMethodHandler[Req, Resp]]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> Optional[grpc.RpcMethodHandler[Req, Resp]]:
        print(handler_call_details.method.upper(), len(handler_call_details.invocation_metadata))
        return continuation(handler_call_details)


class Lookup(grpc.GenericRpcHandler):
    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Optional[grpc.RpcMethodHandler[Any, Any]]:
        return handlers.get(handler_call_details.method)


class Rejected(NamedTuple):
    code: grpc.StatusCode
    details: str
    trailing_metadata: Any


class RejectedStatus(Rejected, grpc.Status):
    pass


def reject(request: bytes, context: grpc.ServicerContext) -> bytes:
    context.abort_with_status(RejectedStatus(grpc.StatusCode.ABORTED, "no", ()))


def serve(key: bytes, chain: bytes) -> int:
    server: grpc.Server = grpc.server(
        futures.ThreadPoolExecutor(max_workers=4), handlers=[Lookup()], interceptors=[Gate()],
        options=[("grpc.max_send_message_length", 1), ("grpc.so_reuseport", 0)], maximum_concurrent_rpcs=10,
        compression=grpc.Compression.Deflate)
    server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("t.T", handlers),))
    server.add_registered_method_handlers("t.T", handlers)
    port: int = server.add_insecure_port("[::]:0")
    server.add_secure_port("[::]:0", grpc.ssl_server_credentials([(key, chain)], None, False))
    server.start()
    stopped: threading.Event = server.stop(grace=1.5)
    stopped.wait()
    timed_out: bool = server.wait_for_termination(timeout=1)
    return port + timed_out


# ---- clients


class _Details(NamedTuple):
    method: str
    timeout: Optional[float]
    metadata: Any
    credentials: Optional[grpc.CallCredentials]
    wait_for_ready: Optional[bool]
    compression: Optional[grpc.Compression]


class Details(_Details, grpc.ClientCallDetails):
    pass


class LooseDetails(  # as grpcio's own examples have it
    collections.namedtuple("LooseDetails", ("method", "timeout", "metadata", "credentials")), grpc.ClientCallDetails
):
    pass


class Adds(grpc.UnaryUnaryClientInterceptor, grpc.UnaryStreamClientInterceptor):
    def intercept_unary_unary(
        self,
        continuation: Callable[[grpc.ClientCallDetails, Req], grpc._CallFuture[Resp]],
        client_call_details: grpc.ClientCallDetails,
        request: Req,
    ) -> grpc._CallFuture[Resp]:
        metadata = list(client_call_details.metadata or ())
        metadata.append(("k", "v"))
        details = Details(client_call_details.method, client_call_details.timeout, metadata,
                          client_call_details.credentials, client_call_details.wait_for_ready,
                          client_call_details.compression)
        return continuation(details, request)

    def intercept_unary_stream(
        self,
        continuation: Callable[[grpc.ClientCallDetails, Req], grpc._CallIterator[Resp]],
        client_call_details: grpc.ClientCallDetails,
        request: Req,
    ) -> grpc._CallIterator[Resp]:
        return continuation(client_call_details, request)


class Token(grpc.AuthMetadataPlugin):
    def __call__(self, context: grpc.AuthMetadataContext, callback: grpc.AuthMetadataPluginCallback) -> None:
        callback((("authorization", context.service_url + context.method_name),), None)


def changed(state: grpc.ChannelConnectivity) -> None:
    print(state is grpc.ChannelConnectivity.READY)


def call(target: str) -> str:
    credentials: grpc.ChannelCredentials = grpc.composite_channel_credentials(
        grpc.ssl_channel_credentials(), grpc.composite_call_credentials(
            grpc.metadata_call_credentials(Token()), grpc.access_token_call_credentials("t")))
    with grpc.secure_channel(target, credentials) as secure:
        grpc.channel_ready_future(secure).result(timeout=10)
    channel = grpc.intercept_channel(grpc.insecure_channel(target, options=(("a", 1),)), Adds())
    channel.subscribe(changed, try_to_connect=True)
    channel.unsubscribe(changed)
    one: grpc.UnaryUnaryMultiCallable[str, str] = channel.unary_unary("/t.T/Upper", str.encode, bytes.decode)
    letter: grpc.UnaryStreamMultiCallable[str, str] = channel.unary_stream("/t.T/Letters", str.encode, bytes.decode)
    joined: grpc.StreamUnaryMultiCallable[str, str] = channel.stream_unary("/t.T/Join", str.encode, bytes.decode)
    both: grpc.StreamStreamMultiCallable[str, str] = channel.stream_stream("/t.T/Each", str.encode, bytes.decode)
    try:
        text, done = one.with_call("a", timeout=1, metadata=(("k", "v"),), wait_for_ready=True)
        code: grpc.StatusCode = done.code()
        print(text.upper(), code.value[0] + 1, code.name, done.details().upper(), done.time_remaining())
        for key, value in done.trailing_metadata():
            print(key.upper(), value)
    except grpc.RpcError as e:
        print(e.code() is grpc.StatusCode.NOT_FOUND, e.details(), [m.key for m in e.trailing_metadata()])
    future: grpc.Future[str] = one.future("a", compression=grpc.Compression.Gzip)
    future.add_done_callback(lambda f: print(f))
    try:
        print(future.result(timeout=1).upper(), future.exception(), future.traceback(), future.cancelled())
    except (grpc.FutureTimeoutError, grpc.FutureCancelledError):
        future.cancel()
    stream = letter("abc")
    print(stream.initial_metadata(), next(stream).upper(), [reply.upper() for reply in stream], stream.cancel())
    print(joined(iter("ab")).upper(), joined(["a", "b"]).upper(), [reply.upper() for reply in both("ab")])
    print(grpc.experimental.unary_unary("a", target, "/t.T/Upper", str.encode, bytes.decode, insecure=True).upper())
    protos, services = grpc.protos_and_services("a.proto")
    print(protos.__name__, services.__name__)
    channel.close()
    return one("a")
