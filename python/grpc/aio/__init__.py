# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""gRPC for asyncio. Its types are here; what would make a channel or a server raises NotImplementedError yet."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

from grpc._cython.cygrpc import EOF, AbortError, BaseError, InternalError, UsageError
from grpc.aio._base_call import (
    Call, RpcContext, StreamStreamCall, StreamUnaryCall, UnaryStreamCall, UnaryUnaryCall,
)
from grpc.aio._base_channel import (
    Channel, StreamStreamMultiCallable, StreamUnaryMultiCallable, UnaryStreamMultiCallable, UnaryUnaryMultiCallable,
)
from grpc.aio._base_server import Server, ServicerContext
from grpc.aio._call import AioRpcError
from grpc.aio._interceptor import (
    ClientCallDetails, ClientInterceptor, ServerInterceptor, StreamStreamClientInterceptor,
    StreamUnaryClientInterceptor, UnaryStreamClientInterceptor, UnaryUnaryClientInterceptor,
)
from grpc.aio._metadata import Metadata

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent import futures

    import grpc
    from grpc._typing import ChannelArgumentType


def _missing(name: str) -> NoReturn:
    raise NotImplementedError(f"grpc.aio.{name}: weir has no asyncio interface yet")


class InterceptedUnaryUnaryCall(UnaryUnaryCall[Any, Any]):
    """A call with interceptors before it."""


def insecure_channel(
    target: str,
    options: Sequence[ChannelArgumentType] | None = None,
    compression: grpc.Compression | None = None,
    interceptors: Sequence[ClientInterceptor] | None = None,
) -> Channel:
    _missing("insecure_channel")


def secure_channel(
    target: str,
    credentials: grpc.ChannelCredentials,
    options: Sequence[ChannelArgumentType] | None = None,
    compression: grpc.Compression | None = None,
    interceptors: Sequence[ClientInterceptor] | None = None,
) -> Channel:
    _missing("secure_channel")


def server(
    migration_thread_pool: futures.Executor | None = None,
    handlers: Sequence[grpc.GenericRpcHandler] | None = None,
    interceptors: Sequence[ServerInterceptor] | None = None,
    options: Sequence[ChannelArgumentType] | None = None,
    maximum_concurrent_rpcs: int | None = None,
    compression: grpc.Compression | None = None,
) -> Server:
    _missing("server")


def init_grpc_aio() -> None:
    _missing("init_grpc_aio")


def shutdown_grpc_aio() -> None:
    _missing("shutdown_grpc_aio")


__all__ = (
    "AioRpcError", "RpcContext", "Call", "UnaryUnaryCall", "UnaryStreamCall", "StreamUnaryCall", "StreamStreamCall",
    "Channel", "UnaryUnaryMultiCallable", "UnaryStreamMultiCallable", "StreamUnaryMultiCallable",
    "StreamStreamMultiCallable", "ClientCallDetails", "ClientInterceptor", "UnaryStreamClientInterceptor",
    "UnaryUnaryClientInterceptor", "StreamUnaryClientInterceptor", "StreamStreamClientInterceptor",
    "InterceptedUnaryUnaryCall", "ServerInterceptor", "insecure_channel", "server", "Server", "ServicerContext", "EOF",
    "secure_channel", "AbortError", "BaseError", "UsageError", "InternalError", "Metadata", "init_grpc_aio",
    "shutdown_grpc_aio",
)
