# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""gRPC for Python, over libweir."""
from __future__ import annotations

import logging as _logging
import sys as _sys
from typing import TYPE_CHECKING

from grpc import _auth
from grpc import _compression as _compression
from grpc._api import (
    AuthMetadataContext, AuthMetadataPlugin, AuthMetadataPluginCallback, Call, CallCredentials, CallFuture, CallIterator, Channel,
    ChannelConnectivity, ChannelCredentials, ClientCallDetails, Compression, Future, FutureCancelledError,
    FutureTimeoutError, GenericRpcHandler, HandlerCallDetails, LocalConnectionType, RpcContext, RpcError,
    RpcMethodHandler, Server, ServerCertificateConfiguration, ServerCredentials, ServerInterceptor, ServicerContext,
    ServiceRpcHandler, Status, StatusCode, StreamStreamClientInterceptor, StreamStreamMultiCallable,
    StreamUnaryClientInterceptor, StreamUnaryMultiCallable, UnaryStreamClientInterceptor, UnaryStreamMultiCallable,
    UnaryUnaryClientInterceptor, UnaryUnaryMultiCallable,
)
from grpc._grpcio_metadata import __version__ as __version__
from grpc._runtime_protos import protos, protos_and_services, services

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from concurrent import futures
    from typing import Any, Callable, Union

    from grpc import aio as aio
    from grpc import experimental as experimental
    from grpc._api import RequestT, ResponseT
    from grpc._typing import ChannelArgumentType

    _ClientInterceptor = Union[UnaryUnaryClientInterceptor, UnaryStreamClientInterceptor, StreamUnaryClientInterceptor,
                               StreamStreamClientInterceptor]
    _Plugin = Callable[[AuthMetadataContext, AuthMetadataPluginCallback], None]

_CallFuture = CallFuture  # as typeshed calls them
_CallIterator = CallIterator
_logging.getLogger(__name__).addHandler(_logging.NullHandler())


def _handler(
    request_streaming: bool, response_streaming: bool, behavior: Callable[..., Any],
    request_deserializer: Callable[[bytes], RequestT] | None, response_serializer: Callable[[ResponseT], bytes] | None,
) -> RpcMethodHandler[RequestT, ResponseT]:
    from grpc import _utilities

    behaviors: list[Callable[..., Any] | None] = [None] * 4
    behaviors[2 * request_streaming + response_streaming] = behavior
    return _utilities.RpcMethodHandler(
        request_streaming, response_streaming, request_deserializer, response_serializer, *behaviors)


def unary_unary_rpc_method_handler(
    behavior: Callable[..., Any],
    request_deserializer: Callable[[bytes], RequestT] | None = None,
    response_serializer: Callable[[ResponseT], bytes] | None = None,
) -> RpcMethodHandler[RequestT, ResponseT]:
    return _handler(False, False, behavior, request_deserializer, response_serializer)


def unary_stream_rpc_method_handler(
    behavior: Callable[..., Any],
    request_deserializer: Callable[[bytes], RequestT] | None = None,
    response_serializer: Callable[[ResponseT], bytes] | None = None,
) -> RpcMethodHandler[RequestT, ResponseT]:
    return _handler(False, True, behavior, request_deserializer, response_serializer)


def stream_unary_rpc_method_handler(
    behavior: Callable[..., Any],
    request_deserializer: Callable[[bytes], RequestT] | None = None,
    response_serializer: Callable[[ResponseT], bytes] | None = None,
) -> RpcMethodHandler[RequestT, ResponseT]:
    return _handler(True, False, behavior, request_deserializer, response_serializer)


def stream_stream_rpc_method_handler(
    behavior: Callable[..., Any],
    request_deserializer: Callable[[bytes], RequestT] | None = None,
    response_serializer: Callable[[ResponseT], bytes] | None = None,
) -> RpcMethodHandler[RequestT, ResponseT]:
    return _handler(True, True, behavior, request_deserializer, response_serializer)


def method_handlers_generic_handler(
    service: str, method_handlers: Mapping[str, RpcMethodHandler[Any, Any]]
) -> GenericRpcHandler:
    from grpc import _utilities

    return _utilities.DictionaryGenericHandler(service, method_handlers)


# ---- credentials


def ssl_channel_credentials(
    root_certificates: bytes | None = None, private_key: bytes | None = None, certificate_chain: bytes | None = None
) -> ChannelCredentials:
    return ChannelCredentials(_auth.Ssl(root_certificates, private_key, certificate_chain))


def xds_channel_credentials(fallback_credentials: ChannelCredentials | None = None) -> ChannelCredentials:
    """xDS decides for targets `xds:`, which weir has not; for others it is the fallback that counts."""
    return ChannelCredentials(_auth.Insecure() if fallback_credentials is None else fallback_credentials._credentials)


def metadata_call_credentials(metadata_plugin: _Plugin, name: str | None = None) -> CallCredentials:
    return CallCredentials(_auth.Plugin(metadata_plugin, name))


def access_token_call_credentials(access_token: str) -> CallCredentials:
    return metadata_call_credentials(_auth.AccessTokenAuthMetadataPlugin(access_token), None)


def composite_call_credentials(*call_credentials: CallCredentials) -> CallCredentials:
    return CallCredentials(_auth.CompositeCall([c._credentials for c in call_credentials]))


def composite_channel_credentials(
    channel_credentials: ChannelCredentials, *call_credentials: CallCredentials
) -> ChannelCredentials:
    return ChannelCredentials(_auth.CompositeChannel(
        channel_credentials._credentials, _auth.CompositeCall([c._credentials for c in call_credentials])))


def ssl_server_credentials(
    private_key_certificate_chain_pairs: Sequence[tuple[bytes, bytes]], root_certificates: bytes | None = None,
    require_client_auth: bool = False,
) -> ServerCredentials:
    if not private_key_certificate_chain_pairs:
        raise ValueError("At least one private key-certificate chain pair is required!")
    if require_client_auth and root_certificates is None:
        raise ValueError("Illegal to require client auth without providing root certificates!")
    return ServerCredentials(
        _auth.SslServer(list(private_key_certificate_chain_pairs), root_certificates, require_client_auth))


def xds_server_credentials(fallback_credentials: ServerCredentials) -> ServerCredentials:
    return fallback_credentials


def insecure_server_credentials() -> ServerCredentials:
    return ServerCredentials(_auth.Insecure())


def ssl_server_certificate_configuration(
    private_key_certificate_chain_pairs: Sequence[tuple[bytes, bytes]], root_certificates: bytes | None = None
) -> ServerCertificateConfiguration:
    if not private_key_certificate_chain_pairs:
        raise ValueError("At least one private key-certificate chain pair is required!")
    return ServerCertificateConfiguration((list(private_key_certificate_chain_pairs), root_certificates))


def dynamic_ssl_server_credentials(
    initial_certificate_configuration: ServerCertificateConfiguration,
    certificate_configuration_fetcher: Callable[[], ServerCertificateConfiguration | None],
    require_client_authentication: bool = False,
) -> ServerCredentials:
    raise NotImplementedError("weir cannot change a port's certificates while it is served")


def local_channel_credentials(
    local_connect_type: LocalConnectionType = LocalConnectionType.LOCAL_TCP
) -> ChannelCredentials:
    return ChannelCredentials(_auth.Local())


def local_server_credentials(
    local_connect_type: LocalConnectionType = LocalConnectionType.LOCAL_TCP
) -> ServerCredentials:
    return ServerCredentials(_auth.Local())


def alts_channel_credentials(service_accounts: Sequence[str] | None = None) -> ChannelCredentials:
    return ChannelCredentials(_auth.Unavailable("ALTS"))


def alts_server_credentials() -> ServerCredentials:
    return ServerCredentials(_auth.Unavailable("ALTS"))


def compute_engine_channel_credentials(call_credentials: CallCredentials) -> ChannelCredentials:
    """TLS and the call credentials, as everywhere: weir has no ALTS to find out that it could use."""
    return composite_channel_credentials(ssl_channel_credentials(), call_credentials)


# ---- channels and servers


def channel_ready_future(channel: Channel) -> Future[None]:
    from grpc import _utilities

    return _utilities.channel_ready_future(channel)


def insecure_channel(
    target: str, options: Sequence[ChannelArgumentType] | None = None, compression: Compression | None = None
) -> Channel:
    from grpc import _channel

    return _channel.Channel(target, () if options is None else options, None, compression)


def secure_channel(
    target: str, credentials: ChannelCredentials, options: Sequence[ChannelArgumentType] | None = None,
    compression: Compression | None = None,
) -> Channel:
    from grpc import _channel

    if credentials._credentials is _auth.INSECURE:
        raise ValueError(
            "secure_channel cannot be called with insecure credentials. Call insecure_channel instead.")
    return _channel.Channel(target, () if options is None else options, credentials._credentials, compression)


def intercept_channel(channel: Channel, *interceptors: _ClientInterceptor) -> Channel:
    from grpc import _interceptor

    return _interceptor.intercept_channel(channel, *interceptors)


def server(
    thread_pool: futures.Executor,
    handlers: Sequence[GenericRpcHandler] | None = None,
    interceptors: Sequence[ServerInterceptor] | None = None,
    options: Sequence[ChannelArgumentType] | None = None,
    maximum_concurrent_rpcs: int | None = None,
    compression: Compression | None = None,
    xds: bool = False,
) -> Server:
    from grpc import _server

    return _server.create_server(
        thread_pool, () if handlers is None else handlers, () if interceptors is None else interceptors,
        () if options is None else options, maximum_concurrent_rpcs, compression, xds)


__all__ = (
    "FutureTimeoutError", "FutureCancelledError", "Future", "ChannelConnectivity", "Compression", "StatusCode",
    "Status", "RpcError", "RpcContext", "Call", "ChannelCredentials", "CallCredentials", "AuthMetadataContext",
    "AuthMetadataPluginCallback", "AuthMetadataPlugin", "ServerCertificateConfiguration", "ServerCredentials",
    "LocalConnectionType", "UnaryUnaryMultiCallable", "UnaryStreamMultiCallable", "StreamUnaryMultiCallable",
    "StreamStreamMultiCallable", "UnaryUnaryClientInterceptor", "UnaryStreamClientInterceptor",
    "StreamUnaryClientInterceptor", "StreamStreamClientInterceptor", "Channel", "ServicerContext",
    "RpcMethodHandler", "HandlerCallDetails", "GenericRpcHandler", "ServiceRpcHandler", "Server",
    "ServerInterceptor", "ClientCallDetails", "unary_unary_rpc_method_handler", "unary_stream_rpc_method_handler",
    "stream_unary_rpc_method_handler", "stream_stream_rpc_method_handler", "method_handlers_generic_handler",
    "ssl_channel_credentials", "metadata_call_credentials", "access_token_call_credentials",
    "composite_call_credentials", "composite_channel_credentials", "local_channel_credentials",
    "local_server_credentials", "alts_channel_credentials", "alts_server_credentials", "ssl_server_credentials",
    "ssl_server_certificate_configuration", "dynamic_ssl_server_credentials", "channel_ready_future",
    "insecure_channel", "secure_channel", "intercept_channel", "server", "protos", "services",
    "protos_and_services", "xds_channel_credentials", "xds_server_credentials", "insecure_server_credentials",
    "compute_engine_channel_credentials",
)


def __getattr__(name: str) -> Any:
    """The submodules that programs use without importing them, when they do."""
    if name in ("aio", "experimental"):
        import importlib

        return importlib.import_module(f"grpc.{name}")
    raise AttributeError(f"module 'grpc' has no attribute {name!r}")


for _companion in ("tools", "health", "reflection"):
    try:
        _sys.modules[f"grpc.{_companion}"] = __import__(f"grpc_{_companion}")
    except ImportError:
        pass
del _companion
