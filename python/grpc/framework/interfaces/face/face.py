# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Calls as gRPC's first Python interface saw them."""
import abc
import collections
import enum
from typing import Any

from grpc.framework import _abstract


def _interface(name: str, doc: str, methods: str, bases: Any = ()) -> Any:
    return _abstract.interface(__name__, name, doc, methods, bases)


class NoSuchMethodError(Exception):
    """A server has no such method: `group`, `method`."""

    def __init__(self, group: str, method: str) -> None:
        super().__init__()
        self.group, self.method = group, method


class Abortion(collections.namedtuple("Abortion", ("kind", "initial_metadata", "terminal_metadata", "code",
                                                   "details"))):
    """Why a call did not go well."""

    @enum.unique
    class Kind(enum.Enum):
        CANCELLED = "cancelled"
        EXPIRED = "expired"
        LOCAL_SHUTDOWN = "local shutdown"
        REMOTE_SHUTDOWN = "remote shutdown"
        NETWORK_FAILURE = "network failure"
        LOCAL_FAILURE = "local failure"
        REMOTE_FAILURE = "remote failure"


class AbortionError(Exception):
    """Raised for a call that did not go well."""

    def __init__(self, initial_metadata: Any, terminal_metadata: Any, code: Any, details: Any) -> None:
        super().__init__()
        self.initial_metadata, self.terminal_metadata = initial_metadata, terminal_metadata
        self.code, self.details = code, details

    def __str__(self) -> str:
        return f'{self.__class__.__name__}(code={self.code}, details="{self.details}")'


class CancellationError(AbortionError):
    """The call was cancelled."""


class ExpirationError(AbortionError):
    """The call took too long."""


class LocalShutdownError(AbortionError):
    """This side was shut down."""


class RemoteShutdownError(AbortionError):
    """The other side was shut down."""


class NetworkError(AbortionError):
    """The network failed."""


class LocalError(AbortionError):
    """This side failed."""


class RemoteError(AbortionError):
    """The other side failed."""


RpcContext = _interface(
    "RpcContext", "What both sides of a call may ask and tell.",
    "is_active time_remaining add_abortion_callback cancel protocol_context")
Call = _interface(
    "Call", "The client's side of a call.", "initial_metadata terminal_metadata code details", (RpcContext,))
ServicerContext = _interface(
    "ServicerContext", "The server's side of a call.",
    "invocation_metadata initial_metadata terminal_metadata code details", (RpcContext,))
ResponseReceiver = _interface(
    "ResponseReceiver", "Takes what a call brings.", "initial_metadata response complete")
UnaryUnaryMultiCallable = _interface(
    "UnaryUnaryMultiCallable", "Calls a unary-unary method.", "__call__ future event")
UnaryStreamMultiCallable = _interface("UnaryStreamMultiCallable", "Calls a unary-stream method.", "__call__ event")
StreamUnaryMultiCallable = _interface(
    "StreamUnaryMultiCallable", "Calls a stream-unary method.", "__call__ future event")
StreamStreamMultiCallable = _interface(
    "StreamStreamMultiCallable", "Calls a stream-stream method.", "__call__ event")


class MethodImplementation(abc.ABC):
    """A handler: `cardinality`, `style`, and the one of eight behaviours that they name."""


MultiMethodImplementation = _interface(
    "MultiMethodImplementation", "Serves whatever method is asked for.", "service")
GenericStub = _interface(
    "GenericStub", "Calls any method by its group and name.",
    "blocking_unary_unary future_unary_unary inline_unary_stream blocking_stream_unary future_stream_unary"
    " inline_stream_stream event_unary_unary event_unary_stream event_stream_unary event_stream_stream"
    " unary_unary unary_stream stream_unary stream_stream")


class DynamicStub(abc.ABC):
    """Has a multicallable as attribute for each method of one group."""
