# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""gRPC for Python, over libweir."""
import logging as _logging
import sys as _sys

from grpc import _auth
from grpc import _compression
from grpc._api import *  # noqa: F403
from grpc._api import (  # for tools that read rather than run
    AuthMetadataContext, AuthMetadataPlugin, AuthMetadataPluginCallback, Call, CallCredentials, Channel,
    ChannelConnectivity, ChannelCredentials, ClientCallDetails, Compression, Future, FutureCancelledError,
    FutureTimeoutError, GenericRpcHandler, HandlerCallDetails, LocalConnectionType, RpcContext, RpcError,
    RpcMethodHandler, Server, ServerCertificateConfiguration, ServerCredentials, ServerInterceptor, ServicerContext,
    ServiceRpcHandler, Status, StatusCode, StreamStreamClientInterceptor, StreamStreamMultiCallable,
    StreamUnaryClientInterceptor, StreamUnaryMultiCallable, UnaryStreamClientInterceptor, UnaryStreamMultiCallable,
    UnaryUnaryClientInterceptor, UnaryUnaryMultiCallable,
)
from grpc._grpcio_metadata import __version__
from grpc._runtime_protos import protos, protos_and_services, services

_logging.getLogger(__name__).addHandler(_logging.NullHandler())


def _handler(request_streaming, response_streaming, behavior, request_deserializer, response_serializer):
    from grpc import _utilities

    behaviors = [None] * 4
    behaviors[2 * request_streaming + response_streaming] = behavior
    return _utilities.RpcMethodHandler(
        request_streaming, response_streaming, request_deserializer, response_serializer, *behaviors)


def unary_unary_rpc_method_handler(behavior, request_deserializer=None, response_serializer=None):
    return _handler(False, False, behavior, request_deserializer, response_serializer)


def unary_stream_rpc_method_handler(behavior, request_deserializer=None, response_serializer=None):
    return _handler(False, True, behavior, request_deserializer, response_serializer)


def stream_unary_rpc_method_handler(behavior, request_deserializer=None, response_serializer=None):
    return _handler(True, False, behavior, request_deserializer, response_serializer)


def stream_stream_rpc_method_handler(behavior, request_deserializer=None, response_serializer=None):
    return _handler(True, True, behavior, request_deserializer, response_serializer)


def method_handlers_generic_handler(service, method_handlers):
    from grpc import _utilities

    return _utilities.DictionaryGenericHandler(service, method_handlers)


# ---- credentials


def ssl_channel_credentials(root_certificates=None, private_key=None, certificate_chain=None):
    return ChannelCredentials(_auth.Ssl(root_certificates, private_key, certificate_chain))


def xds_channel_credentials(fallback_credentials=None):
    return ChannelCredentials(_auth.Unavailable("xDS"))


def metadata_call_credentials(metadata_plugin, name=None):
    return CallCredentials(_auth.Plugin(metadata_plugin, name))


def access_token_call_credentials(access_token):
    return metadata_call_credentials(_auth.AccessToken(access_token), None)


def composite_call_credentials(*call_credentials):
    return CallCredentials(_auth.CompositeCall([c._credentials for c in call_credentials]))


def composite_channel_credentials(channel_credentials, *call_credentials):
    return ChannelCredentials(_auth.CompositeChannel(
        channel_credentials._credentials, _auth.CompositeCall([c._credentials for c in call_credentials])))


def ssl_server_credentials(private_key_certificate_chain_pairs, root_certificates=None, require_client_auth=False):
    if not private_key_certificate_chain_pairs:
        raise ValueError("At least one private key-certificate chain pair is required!")
    if require_client_auth and root_certificates is None:
        raise ValueError("Illegal to require client auth without providing root certificates!")
    return ServerCredentials(
        _auth.SslServer(list(private_key_certificate_chain_pairs), root_certificates, require_client_auth))


def xds_server_credentials(fallback_credentials):
    return fallback_credentials


def insecure_server_credentials():
    return ServerCredentials(_auth.Insecure())


def ssl_server_certificate_configuration(private_key_certificate_chain_pairs, root_certificates=None):
    if not private_key_certificate_chain_pairs:
        raise ValueError("At least one private key-certificate chain pair is required!")
    return ServerCertificateConfiguration((list(private_key_certificate_chain_pairs), root_certificates))


def dynamic_ssl_server_credentials(initial_certificate_configuration, certificate_configuration_fetcher,
                                   require_client_authentication=False):
    raise NotImplementedError("weir cannot change a port's certificates while it is served")


def local_channel_credentials(local_connect_type=LocalConnectionType.LOCAL_TCP):
    return ChannelCredentials(_auth.Local())


def local_server_credentials(local_connect_type=LocalConnectionType.LOCAL_TCP):
    return ServerCredentials(_auth.Local())


def alts_channel_credentials(service_accounts=None):
    return ChannelCredentials(_auth.Unavailable("ALTS"))


def alts_server_credentials():
    raise NotImplementedError("weir has no ALTS credentials")


def compute_engine_channel_credentials(call_credentials):
    return ChannelCredentials(_auth.Unavailable("compute engine"))


# ---- channels and servers


def channel_ready_future(channel):
    from grpc import _utilities

    return _utilities.channel_ready_future(channel)


def insecure_channel(target, options=None, compression=None):
    from grpc import _channel

    return _channel.Channel(target, () if options is None else options, None, compression)


def secure_channel(target, credentials, options=None, compression=None):
    from grpc import _channel

    if isinstance(credentials._credentials, _auth.Insecure):
        raise ValueError(
            "secure_channel cannot be called with insecure credentials. Call insecure_channel instead.")
    return _channel.Channel(target, () if options is None else options, credentials._credentials, compression)


def intercept_channel(channel, *interceptors):
    from grpc import _interceptor

    return _interceptor.intercept_channel(channel, *interceptors)


def server(thread_pool, handlers=None, interceptors=None, options=None, maximum_concurrent_rpcs=None,
           compression=None, xds=False):
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

for _companion in ("tools", "health", "reflection"):
    try:
        _sys.modules[f"grpc.{_companion}"] = __import__(f"grpc_{_companion}")
    except ImportError:
        pass
del _companion
