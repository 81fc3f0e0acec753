# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""What programs see of gRPC: codes, states, and the abstract classes. The package's top level shows it."""
from __future__ import annotations

import abc
import enum
from typing import TYPE_CHECKING, Any, Callable, Generic, TypeVar

if TYPE_CHECKING:
    import threading
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from types import TracebackType
    from typing import NoReturn

    from grpc._typing import MetadataType, ReceivedMetadata

T = TypeVar("T")
SelfT = TypeVar("SelfT")
RequestT = TypeVar("RequestT")
ResponseT = TypeVar("ResponseT")


@enum.unique
class StatusCode(enum.Enum):
    """How a call ended: (number on the wire, words)."""

    OK = (0, "ok")
    CANCELLED = (1, "cancelled")
    UNKNOWN = (2, "unknown")
    INVALID_ARGUMENT = (3, "invalid argument")
    DEADLINE_EXCEEDED = (4, "deadline exceeded")
    NOT_FOUND = (5, "not found")
    ALREADY_EXISTS = (6, "already exists")
    PERMISSION_DENIED = (7, "permission denied")
    RESOURCE_EXHAUSTED = (8, "resource exhausted")
    FAILED_PRECONDITION = (9, "failed precondition")
    ABORTED = (10, "aborted")
    OUT_OF_RANGE = (11, "out of range")
    UNIMPLEMENTED = (12, "unimplemented")
    INTERNAL = (13, "internal")
    UNAVAILABLE = (14, "unavailable")
    DATA_LOSS = (15, "data loss")
    UNAUTHENTICATED = (16, "unauthenticated")


@enum.unique
class ChannelConnectivity(enum.Enum):
    """The state of a channel."""

    IDLE = (0, "idle")
    CONNECTING = (1, "connecting")
    READY = (2, "ready")
    TRANSIENT_FAILURE = (3, "transient failure")
    SHUTDOWN = (4, "shutdown")


@enum.unique
class Compression(enum.IntEnum):
    """How messages are to be compressed."""

    NoCompression = 0
    Deflate = 1
    Gzip = 2


@enum.unique
class LocalConnectionType(enum.Enum):
    """Kinds of connection that local credentials are for."""

    UDS = 0
    LOCAL_TCP = 1


# ---- errors


class FutureTimeoutError(Exception):
    """A Future's method did not get an answer in time."""


class FutureCancelledError(Exception):
    """What the Future stands for was cancelled."""


class RpcError(Exception):
    """The base of what calls raise. What a client's calls raise is a Call too."""

    if TYPE_CHECKING:  # of Call; here, so that a program may use them in `except grpc.RpcError as e`

        def code(self) -> StatusCode: ...
        def details(self) -> str | None: ...
        def initial_metadata(self) -> ReceivedMetadata: ...
        def trailing_metadata(self) -> ReceivedMetadata: ...
        def debug_error_string(self) -> str | None: ...


# ---- calls


class Future(abc.ABC, Generic[T]):
    """A computation that goes on elsewhere. `timeout` is in seconds; None waits for as long as it takes."""

    @abc.abstractmethod
    def cancel(self) -> bool:
        """Tries to stop it; False if it is over."""
        raise NotImplementedError

    @abc.abstractmethod
    def cancelled(self) -> bool:
        """Whether cancel() stopped it."""
        raise NotImplementedError

    @abc.abstractmethod
    def running(self) -> bool:
        """Whether it goes on."""
        raise NotImplementedError

    @abc.abstractmethod
    def done(self) -> bool:
        """Whether it is over."""
        raise NotImplementedError

    @abc.abstractmethod
    def result(self, timeout: float | None = None) -> T:
        """Waits for its value. Raises its exception, FutureTimeoutError or FutureCancelledError."""
        raise NotImplementedError

    @abc.abstractmethod
    def exception(self, timeout: float | None = None) -> Exception | None:
        """Waits for its exception, None if it has a value. Raises FutureTimeoutError or FutureCancelledError."""
        raise NotImplementedError

    @abc.abstractmethod
    def traceback(self, timeout: float | None = None) -> TracebackType | None:
        """As exception(), the traceback of it."""
        raise NotImplementedError

    @abc.abstractmethod
    def add_done_callback(self, fn: Callable[[Any], None]) -> None:
        """Has fn(this future) called at the end: at once if it is over, else on a thread of the library."""
        raise NotImplementedError


class RpcContext(abc.ABC):
    """What both sides of a call may ask and tell."""

    @abc.abstractmethod
    def is_active(self) -> bool:
        """Whether the call goes on."""
        raise NotImplementedError

    @abc.abstractmethod
    def time_remaining(self) -> float | None:
        """Seconds to the deadline; None if there is none."""
        raise NotImplementedError

    @abc.abstractmethod
    def cancel(self) -> Any:
        """Ends the call."""
        raise NotImplementedError

    @abc.abstractmethod
    def add_callback(self, callback: Callable[[], None]) -> bool:
        """Has callback() called at the end; False if the call is over, and callback is not called then."""
        raise NotImplementedError


class Call(RpcContext):
    """The client's side of a call. Each method waits for what it tells."""

    @abc.abstractmethod
    def initial_metadata(self) -> ReceivedMetadata:
        """The metadata that came before the first response."""
        raise NotImplementedError

    @abc.abstractmethod
    def trailing_metadata(self) -> ReceivedMetadata:
        """The metadata that came with the status."""
        raise NotImplementedError

    @abc.abstractmethod
    def code(self) -> StatusCode:
        """How the call ended."""
        raise NotImplementedError

    @abc.abstractmethod
    def details(self) -> str:
        """The text to the code."""
        raise NotImplementedError


class CallFuture(Call, Future[ResponseT]):
    """What multicallables with one response return from future(), and interceptors pass on."""


class CallIterator(Call, Generic[ResponseT]):
    """A call with a stream of responses: iterating takes them one by one."""

    @abc.abstractmethod
    def __iter__(self) -> Iterator[ResponseT]:
        raise NotImplementedError

    @abc.abstractmethod
    def __next__(self) -> ResponseT:
        raise NotImplementedError


# ---- credentials


class ChannelCredentials:
    """Who makes connections, and whom to trust."""

    def __init__(self, credentials: Any) -> None:
        self._credentials = credentials


class CallCredentials:
    """Who makes a call."""

    def __init__(self, credentials: Any) -> None:
        self._credentials = credentials


class ServerCredentials:
    """Who a server is, and whom it trusts."""

    def __init__(self, credentials: Any) -> None:
        self._credentials = credentials


class ServerCertificateConfiguration:
    """Keys and certificates of a server."""

    def __init__(self, certificate_configuration: Any) -> None:
        self._certificate_configuration = certificate_configuration


class AuthMetadataContext(abc.ABC):
    """What a plugin is told of a call."""

    service_url: str
    method_name: str


class AuthMetadataPluginCallback(abc.ABC):
    """Takes a plugin's metadata, or its error."""

    def __call__(self, metadata: MetadataType, error: Exception | None) -> None:
        raise NotImplementedError


class AuthMetadataPlugin(abc.ABC):
    """Gives metadata that tell who calls: it calls `callback` once, now or later, on whatever thread."""

    def __call__(self, context: AuthMetadataContext, callback: AuthMetadataPluginCallback) -> None:
        raise NotImplementedError


# ---- the client's side


class UnaryUnaryMultiCallable(abc.ABC, Generic[RequestT, ResponseT]):
    """Calls a method with one request and one response.

    timeout          seconds; None: no deadline
    metadata         pairs of key and value; a key that ends in -bin has bytes
    credentials      for this call; only on channels with credentials
    wait_for_ready   True waits for a connection as long as the deadline allows; else the call fails with the connection
    compression      of what is sent
    """

    @abc.abstractmethod
    def __call__(
        self,
        request: RequestT,
        timeout: float | None = None,
        metadata: MetadataType | None = None,
        credentials: CallCredentials | None = None,
        wait_for_ready: bool | None = None,
        compression: Compression | None = None,
    ) -> ResponseT:
        """Waits for the response; raises RpcError, which is a Call too."""
        raise NotImplementedError

    @abc.abstractmethod
    def with_call(
        self,
        request: RequestT,
        timeout: float | None = None,
        metadata: MetadataType | None = None,
        credentials: CallCredentials | None = None,
        wait_for_ready: bool | None = None,
        compression: Compression | None = None,
    ) -> tuple[ResponseT, Call]:
        """The same; returns the Call too."""
        raise NotImplementedError

    @abc.abstractmethod
    def future(
        self,
        request: RequestT,
        timeout: float | None = None,
        metadata: MetadataType | None = None,
        credentials: CallCredentials | None = None,
        wait_for_ready: bool | None = None,
        compression: Compression | None = None,
    ) -> CallFuture[ResponseT]:
        """Starts the call and does not wait."""
        raise NotImplementedError


class UnaryStreamMultiCallable(abc.ABC, Generic[RequestT, ResponseT]):
    """Calls a method with one request and a stream of responses. Arguments: see UnaryUnaryMultiCallable."""

    @abc.abstractmethod
    def __call__(
        self,
        request: RequestT,
        timeout: float | None = None,
        metadata: MetadataType | None = None,
        credentials: CallCredentials | None = None,
        wait_for_ready: bool | None = None,
        compression: Compression | None = None,
    ) -> CallIterator[ResponseT]:
        """Starts the call; taking the next response raises RpcError once the call has failed."""
        raise NotImplementedError


class StreamUnaryMultiCallable(abc.ABC, Generic[RequestT, ResponseT]):
    """Calls a method with a stream of requests and one response. Arguments: see UnaryUnaryMultiCallable."""

    @abc.abstractmethod
    def __call__(
        self,
        request_iterator: Iterable[RequestT],
        timeout: float | None = None,
        metadata: MetadataType | None = None,
        credentials: CallCredentials | None = None,
        wait_for_ready: bool | None = None,
        compression: Compression | None = None,
    ) -> ResponseT:
        """Sends all requests and waits for the response; raises RpcError, which is a Call too."""
        raise NotImplementedError

    @abc.abstractmethod
    def with_call(
        self,
        request_iterator: Iterable[RequestT],
        timeout: float | None = None,
        metadata: MetadataType | None = None,
        credentials: CallCredentials | None = None,
        wait_for_ready: bool | None = None,
        compression: Compression | None = None,
    ) -> tuple[ResponseT, Call]:
        """The same; returns the Call too."""
        raise NotImplementedError

    @abc.abstractmethod
    def future(
        self,
        request_iterator: Iterable[RequestT],
        timeout: float | None = None,
        metadata: MetadataType | None = None,
        credentials: CallCredentials | None = None,
        wait_for_ready: bool | None = None,
        compression: Compression | None = None,
    ) -> CallFuture[ResponseT]:
        """Starts the call and does not wait."""
        raise NotImplementedError


class StreamStreamMultiCallable(abc.ABC, Generic[RequestT, ResponseT]):
    """Calls a method with streams both ways. Arguments: see UnaryUnaryMultiCallable."""

    @abc.abstractmethod
    def __call__(
        self,
        request_iterator: Iterable[RequestT],
        timeout: float | None = None,
        metadata: MetadataType | None = None,
        credentials: CallCredentials | None = None,
        wait_for_ready: bool | None = None,
        compression: Compression | None = None,
    ) -> CallIterator[ResponseT]:
        """Starts the call; taking the next response raises RpcError once the call has failed."""
        raise NotImplementedError


class Channel(abc.ABC):
    """A way to a service. In a `with` statement it is closed at the end."""

    @abc.abstractmethod
    def subscribe(self, callback: Callable[[ChannelConnectivity], None], try_to_connect: bool = False) -> None:
        """Has callback(state) called, with the present state and with each new one, on a thread of the library."""
        raise NotImplementedError

    @abc.abstractmethod
    def unsubscribe(self, callback: Callable[[ChannelConnectivity], None]) -> None:
        """Ends what subscribe(callback) began."""
        raise NotImplementedError

    @abc.abstractmethod
    def unary_unary(
        self,
        method: str,
        request_serializer: Callable[[RequestT], bytes] | None = None,
        response_deserializer: Callable[[bytes], ResponseT] | None = None,
        _registered_method: bool | None = False,
    ) -> UnaryUnaryMultiCallable[RequestT, ResponseT]:
        """What calls the method '/package.Service/Method'. Without serializer or deserializer, messages are bytes."""
        raise NotImplementedError

    @abc.abstractmethod
    def unary_stream(
        self,
        method: str,
        request_serializer: Callable[[RequestT], bytes] | None = None,
        response_deserializer: Callable[[bytes], ResponseT] | None = None,
        _registered_method: bool | None = False,
    ) -> UnaryStreamMultiCallable[RequestT, ResponseT]:
        """See unary_unary."""
        raise NotImplementedError

    @abc.abstractmethod
    def stream_unary(
        self,
        method: str,
        request_serializer: Callable[[RequestT], bytes] | None = None,
        response_deserializer: Callable[[bytes], ResponseT] | None = None,
        _registered_method: bool | None = False,
    ) -> StreamUnaryMultiCallable[RequestT, ResponseT]:
        """See unary_unary."""
        raise NotImplementedError

    @abc.abstractmethod
    def stream_stream(
        self,
        method: str,
        request_serializer: Callable[[RequestT], bytes] | None = None,
        response_deserializer: Callable[[bytes], ResponseT] | None = None,
        _registered_method: bool | None = False,
    ) -> StreamStreamMultiCallable[RequestT, ResponseT]:
        """See unary_unary."""
        raise NotImplementedError

    @abc.abstractmethod
    def close(self) -> None:
        """Cancels the calls that go on; later ones raise ValueError."""
        raise NotImplementedError

    def __enter__(self: SelfT) -> SelfT:
        return self

    def __exit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> bool | None:
        self.close()
        return None


class ClientCallDetails(abc.ABC):
    """What is known of a call before it starts. Interceptors may pass on another object with these attributes."""

    method: str
    timeout: float | None
    metadata: MetadataType | None
    credentials: CallCredentials | None
    wait_for_ready: bool | None
    compression: Compression | None


class UnaryUnaryClientInterceptor(abc.ABC):
    """Gets between a program and its unary-unary calls."""

    @abc.abstractmethod
    def intercept_unary_unary(
        self,
        continuation: Callable[[ClientCallDetails, RequestT], CallFuture[ResponseT]],
        client_call_details: ClientCallDetails,
        request: RequestT,
    ) -> CallFuture[ResponseT]:
        """Returns continuation(details, request), or something like it."""
        raise NotImplementedError


class UnaryStreamClientInterceptor(abc.ABC):
    """Gets between a program and its unary-stream calls."""

    @abc.abstractmethod
    def intercept_unary_stream(
        self,
        continuation: Callable[[ClientCallDetails, RequestT], CallIterator[ResponseT]],
        client_call_details: ClientCallDetails,
        request: RequestT,
    ) -> CallIterator[ResponseT]:
        """Returns continuation(details, request), or something like it."""
        raise NotImplementedError


class StreamUnaryClientInterceptor(abc.ABC):
    """Gets between a program and its stream-unary calls."""

    @abc.abstractmethod
    def intercept_stream_unary(
        self,
        continuation: Callable[[ClientCallDetails, Iterator[RequestT]], CallFuture[ResponseT]],
        client_call_details: ClientCallDetails,
        request_iterator: Iterator[RequestT],
    ) -> CallFuture[ResponseT]:
        """Returns continuation(details, request_iterator), or something like it."""
        raise NotImplementedError


class StreamStreamClientInterceptor(abc.ABC):
    """Gets between a program and its stream-stream calls."""

    @abc.abstractmethod
    def intercept_stream_stream(
        self,
        continuation: Callable[[ClientCallDetails, Iterator[RequestT]], CallIterator[ResponseT]],
        client_call_details: ClientCallDetails,
        request_iterator: Iterator[RequestT],
    ) -> CallIterator[ResponseT]:
        """Returns continuation(details, request_iterator), or something like it."""
        raise NotImplementedError


# ---- the server's side


class Status(abc.ABC):
    """A status for abort_with_status()."""

    code: StatusCode
    details: str
    trailing_metadata: MetadataType | None


class ServicerContext(RpcContext):
    """The server's side of a call."""

    if TYPE_CHECKING:

        @abc.abstractmethod
        def time_remaining(self) -> float:
            """Seconds to the deadline; very many if there is none."""

    @abc.abstractmethod
    def invocation_metadata(self) -> ReceivedMetadata:
        """The client's metadata."""
        raise NotImplementedError

    @abc.abstractmethod
    def peer(self) -> str:
        """The client's address: ipv4:127.0.0.1:60056, say."""
        raise NotImplementedError

    @abc.abstractmethod
    def peer_identities(self) -> Iterable[bytes] | None:
        """Who the client is, if it proved that; else None."""
        raise NotImplementedError

    @abc.abstractmethod
    def peer_identity_key(self) -> str | None:
        """The key of auth_context() that has the identities."""
        raise NotImplementedError

    @abc.abstractmethod
    def auth_context(self) -> Mapping[str, Sequence[bytes]]:
        """What is known of the connection's security."""
        raise NotImplementedError

    def set_compression(self, compression: Compression) -> None:
        """How the responses are to be compressed."""
        raise NotImplementedError("set_compression")

    def disable_next_message_compression(self) -> None:
        """The next response goes uncompressed."""
        raise NotImplementedError("disable_next_message_compression")

    @abc.abstractmethod
    def send_initial_metadata(self, initial_metadata: MetadataType) -> None:
        """Sends metadata ahead of the first response; once."""
        raise NotImplementedError

    @abc.abstractmethod
    def set_trailing_metadata(self, trailing_metadata: MetadataType) -> None:
        """The metadata that go with the status."""
        raise NotImplementedError

    def trailing_metadata(self) -> MetadataType | None:
        """What set_trailing_metadata() set."""
        raise NotImplementedError("trailing_metadata")

    @abc.abstractmethod
    def abort(self, code: StatusCode, details: str) -> NoReturn:
        """Raises an exception that ends the call with this status."""
        raise NotImplementedError

    @abc.abstractmethod
    def abort_with_status(self, status: Status) -> NoReturn:
        """The same; any object with the attributes of a Status does."""
        raise NotImplementedError

    @abc.abstractmethod
    def set_code(self, code: StatusCode) -> None:
        """The code that the call ends with when the handler returns."""
        raise NotImplementedError

    @abc.abstractmethod
    def set_details(self, details: str) -> None:
        """The text to the code."""
        raise NotImplementedError

    def code(self) -> StatusCode | None:
        """What set_code() set."""
        raise NotImplementedError("code")

    def details(self) -> str | None:
        """What set_details() set."""
        raise NotImplementedError("details")


class RpcMethodHandler(abc.ABC, Generic[RequestT, ResponseT]):
    """Serves one method: that of the four functions that fits the two flags is there, the others are None."""

    request_streaming: bool
    response_streaming: bool
    request_deserializer: Callable[[bytes], RequestT] | None
    response_serializer: Callable[[ResponseT], bytes] | None
    unary_unary: Callable[[RequestT, ServicerContext], ResponseT] | None
    unary_stream: Callable[[RequestT, ServicerContext], Iterator[ResponseT]] | None
    stream_unary: Callable[[Iterator[RequestT], ServicerContext], ResponseT] | None
    stream_stream: Callable[[Iterator[RequestT], ServicerContext], Iterator[ResponseT]] | None


class HandlerCallDetails(abc.ABC):
    """What a handler is chosen by."""

    method: str
    invocation_metadata: ReceivedMetadata


class GenericRpcHandler(abc.ABC):
    """Finds the handlers of methods."""

    @abc.abstractmethod
    def service(self, handler_call_details: HandlerCallDetails) -> RpcMethodHandler[Any, Any] | None:
        """The method's handler; None if this has none for it."""
        raise NotImplementedError


class ServiceRpcHandler(GenericRpcHandler):
    """Finds the handlers of one service's methods."""

    @abc.abstractmethod
    def service_name(self) -> str:
        """The service's full name."""
        raise NotImplementedError


class ServerInterceptor(abc.ABC):
    """Gets between calls and their handlers."""

    @abc.abstractmethod
    def intercept_service(
        self,
        continuation: Callable[[HandlerCallDetails], RpcMethodHandler[RequestT, ResponseT] | None],
        handler_call_details: HandlerCallDetails,
    ) -> RpcMethodHandler[RequestT, ResponseT] | None:
        """Returns continuation(handler_call_details), or another handler, or None."""
        raise NotImplementedError


class Server(abc.ABC):
    """Serves calls."""

    @abc.abstractmethod
    def add_generic_rpc_handlers(self, generic_rpc_handlers: Iterable[GenericRpcHandler]) -> None:
        """They are asked in this order."""
        raise NotImplementedError

    def add_registered_method_handlers(
        self, service_name: str, method_handlers: Mapping[str, RpcMethodHandler[Any, Any]]
    ) -> None:
        """Handlers by their methods' names; they come before the generic ones."""

    @abc.abstractmethod
    def add_insecure_port(self, address: str) -> int:
        """Serves in plain text; returns the port, which is chosen if the address has port 0."""
        raise NotImplementedError

    @abc.abstractmethod
    def add_secure_port(self, address: str, server_credentials: ServerCredentials) -> int:
        """As add_insecure_port, with credentials."""
        raise NotImplementedError

    @abc.abstractmethod
    def start(self) -> None:
        """Begins to serve; returns at once."""
        raise NotImplementedError

    @abc.abstractmethod
    def stop(self, grace: float | None) -> threading.Event:
        """Takes no more calls, and ends those that go on after `grace` seconds (None: at once). The event is set when
        all is over."""
        raise NotImplementedError

    def wait_for_termination(self, timeout: float | None = None) -> bool:
        """Waits until the server has stopped; True if that took longer than timeout seconds."""
        raise NotImplementedError("wait_for_termination")


for _thing in list(globals().values()):
    if isinstance(_thing, type) and _thing.__module__ == __name__:
        _thing.__module__ = "grpc"
