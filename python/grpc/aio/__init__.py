# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""The asyncio interface is not there yet. What packages check types with is; what would make something raises."""
from __future__ import annotations

import abc
from typing import Any, Callable

from grpc import _api
from grpc._cython.cygrpc import AbortError, BaseError, InternalError, UsageError


def _interface(name: str) -> Any:
    def not_there_yet(self: Any) -> None:
        raise NotImplementedError(name)

    return abc.ABCMeta(name, (), {"__doc__": f"The asyncio {name}: not there yet.",
                                  "not_there_yet": abc.abstractmethod(not_there_yet)})


def _missing(name: str) -> Callable[..., Any]:
    def missing(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"grpc.aio.{name}: weir has no asyncio interface yet")

    missing.__name__ = missing.__qualname__ = name
    return missing


_INTERFACES = (
    "Call", "Channel", "ClientCallDetails", "ClientInterceptor", "InterceptedUnaryUnaryCall", "RpcContext", "Server",
    "ServerInterceptor", "ServicerContext", "StreamStreamCall", "StreamStreamClientInterceptor",
    "StreamStreamMultiCallable", "StreamUnaryCall", "StreamUnaryClientInterceptor", "StreamUnaryMultiCallable",
    "UnaryStreamCall", "UnaryStreamClientInterceptor", "UnaryStreamMultiCallable", "UnaryUnaryCall",
    "UnaryUnaryClientInterceptor", "UnaryUnaryMultiCallable",
)
for _name in _INTERFACES:
    globals()[_name] = _interface(_name)
    globals()[_name].__module__ = "grpc.aio"
for _name in ("insecure_channel", "secure_channel", "server", "init_grpc_aio", "shutdown_grpc_aio"):
    globals()[_name] = _missing(_name)


class AioRpcError(_api.RpcError):
    """What asyncio calls will raise."""


__all__ = (*_INTERFACES, "AioRpcError", "AbortError", "BaseError", "InternalError", "UsageError", "insecure_channel",
           "secure_channel", "server", "init_grpc_aio", "shutdown_grpc_aio")
