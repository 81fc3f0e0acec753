# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Interceptors, of both sides."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable, NamedTuple

from grpc import _api

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from types import TracebackType

    from grpc._typing import MetadataType, ReceivedMetadata

    _Handler = _api.RpcMethodHandler[Any, Any]
    _Lookup = Callable[[_api.HandlerCallDetails], "_Handler | None"]


class _ServicePipeline:
    def __init__(self, interceptors: Iterable[_api.ServerInterceptor]) -> None:
        self.interceptors = tuple(interceptors)

    def execute(self, thunk: _Lookup, context: _api.HandlerCallDetails) -> _Handler | None:
        def at(i: int) -> _Lookup:
            if i == len(self.interceptors):
                return thunk
            return lambda details: self.interceptors[i].intercept_service(at(i + 1), details)

        return at(0)(context)


def service_pipeline(interceptors: Sequence[_api.ServerInterceptor]) -> _ServicePipeline | None:
    return _ServicePipeline(interceptors) if interceptors else None


class _Details(NamedTuple):
    method: str
    timeout: float | None
    metadata: MetadataType | None
    credentials: _api.CallCredentials | None
    wait_for_ready: bool | None
    compression: _api.Compression | None


class _ClientCallDetails(_Details, _api.ClientCallDetails):
    pass


def _unwrap(new: Any, old: _ClientCallDetails) -> tuple[Any, ...]:
    """The details that an interceptor passed on; what they lack is as it was."""
    return tuple(getattr(new, field, getattr(old, field)) for field in _Details._fields)


class _FailureOutcome(_api.RpcError, _api.CallFuture[Any], _api.CallIterator[Any]):
    """An interceptor's own exception, as an outcome."""

    def __init__(self, exception: Exception, traceback: TracebackType | None) -> None:
        super().__init__()
        self._exception, self._traceback = exception, traceback

    def initial_metadata(self) -> Any:
        return None

    def trailing_metadata(self) -> Any:
        return None

    def code(self) -> _api.StatusCode:
        return _api.StatusCode.INTERNAL

    def details(self) -> str:
        return "Exception raised while intercepting the RPC"

    def cancel(self) -> bool:
        return False

    def cancelled(self) -> bool:
        return False

    def running(self) -> bool:
        return False

    def is_active(self) -> bool:
        return False

    def time_remaining(self) -> None:
        return None

    def add_callback(self, callback: Callable[[], None]) -> bool:
        return False

    def done(self) -> bool:
        return True

    def result(self, timeout: float | None = None) -> Any:
        raise self._exception

    def exception(self, timeout: float | None = None) -> Exception | None:
        return self._exception

    def traceback(self, timeout: float | None = None) -> TracebackType | None:
        return self._traceback

    def add_done_callback(self, fn: Callable[[Any], None]) -> None:
        fn(self)

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        raise self._exception

    next = __next__


class _UnaryOutcome(_api.CallFuture[Any]):
    """A response that is there, and its call."""

    def __init__(self, response: Any, call: _api.Call) -> None:
        self._response, self._call = response, call

    def initial_metadata(self) -> ReceivedMetadata:
        return self._call.initial_metadata()

    def trailing_metadata(self) -> ReceivedMetadata:
        return self._call.trailing_metadata()

    def code(self) -> _api.StatusCode:
        return self._call.code()

    def details(self) -> str:
        return self._call.details()

    def is_active(self) -> bool:
        return self._call.is_active()

    def time_remaining(self) -> float | None:
        return self._call.time_remaining()

    def cancel(self) -> Any:
        return self._call.cancel()

    def add_callback(self, callback: Callable[[], None]) -> bool:
        return self._call.add_callback(callback)

    def cancelled(self) -> bool:
        return False

    def running(self) -> bool:
        return False

    def done(self) -> bool:
        return True

    def result(self, timeout: float | None = None) -> Any:
        return self._response

    def exception(self, timeout: float | None = None) -> Exception | None:
        return None

    def traceback(self, timeout: float | None = None) -> TracebackType | None:
        return None

    def add_done_callback(self, fn: Callable[[Any], None]) -> None:
        fn(self)


def _failure(error: Exception) -> _FailureOutcome:
    return _FailureOutcome(error, error.__traceback__)


class _Intercepted:
    """A multicallable with an interceptor before it."""

    def __init__(self, thunk: Callable[[str], Any], method: str, interceptor: Any) -> None:
        self._thunk, self._method, self._interceptor = thunk, method, interceptor

    def _details(
        self, timeout: float | None, metadata: MetadataType | None, credentials: _api.CallCredentials | None,
        wait_for_ready: bool | None, compression: _api.Compression | None,
    ) -> _ClientCallDetails:
        return _ClientCallDetails(self._method, timeout, metadata, credentials, wait_for_ready, compression)

    def _intercept(
        self, intercept: Callable[..., Any], go: Callable[[Any, Any, dict[str, Any]], Any],
        details: _ClientCallDetails, request: Any,
    ) -> Any:
        """go(callable, request, arguments): what becomes of a call."""

        def continuation(new_details: _api.ClientCallDetails, new_request: Any) -> Any:
            method, timeout, metadata, credentials, wait_for_ready, compression = _unwrap(new_details, details)
            arguments = {"timeout": timeout, "metadata": metadata, "credentials": credentials,
                         "wait_for_ready": wait_for_ready, "compression": compression}
            return go(self._thunk(method), new_request, arguments)

        return intercept(continuation, details, request)


def _go_blocking(callable_: Any, request: Any, arguments: dict[str, Any]) -> Any:
    try:
        response, call = callable_.with_call(request, **arguments)
        return _UnaryOutcome(response, call)
    except _api.RpcError as error:
        return error
    except Exception as error:
        return _failure(error)


def _go_future(callable_: Any, request: Any, arguments: dict[str, Any]) -> Any:
    return callable_.future(request, **arguments)


def _go_stream(callable_: Any, request: Any, arguments: dict[str, Any]) -> Any:
    return callable_(request, **arguments)


class _UnaryUnaryMultiCallable(_Intercepted, _api.UnaryUnaryMultiCallable[Any, Any]):
    def __call__(
        self, request: Any, timeout: float | None = None, metadata: MetadataType | None = None,
        credentials: _api.CallCredentials | None = None, wait_for_ready: bool | None = None,
        compression: _api.Compression | None = None,
    ) -> Any:
        return self.with_call(request, timeout, metadata, credentials, wait_for_ready, compression)[0]

    def with_call(
        self, request: Any, timeout: float | None = None, metadata: MetadataType | None = None,
        credentials: _api.CallCredentials | None = None, wait_for_ready: bool | None = None,
        compression: _api.Compression | None = None,
    ) -> tuple[Any, Any]:
        details = self._details(timeout, metadata, credentials, wait_for_ready, compression)
        call = self._intercept(self._interceptor.intercept_unary_unary, _go_blocking, details, request)
        return call.result(), call

    def future(
        self, request: Any, timeout: float | None = None, metadata: MetadataType | None = None,
        credentials: _api.CallCredentials | None = None, wait_for_ready: bool | None = None,
        compression: _api.Compression | None = None,
    ) -> Any:
        details = self._details(timeout, metadata, credentials, wait_for_ready, compression)
        try:
            return self._intercept(self._interceptor.intercept_unary_unary, _go_future, details, request)
        except Exception as error:
            return _failure(error)


class _StreamUnaryMultiCallable(_Intercepted, _api.StreamUnaryMultiCallable[Any, Any]):
    def __call__(
        self, request_iterator: Iterable[Any], timeout: float | None = None, metadata: MetadataType | None = None,
        credentials: _api.CallCredentials | None = None, wait_for_ready: bool | None = None,
        compression: _api.Compression | None = None,
    ) -> Any:
        return self.with_call(request_iterator, timeout, metadata, credentials, wait_for_ready, compression)[0]

    def with_call(
        self, request_iterator: Iterable[Any], timeout: float | None = None, metadata: MetadataType | None = None,
        credentials: _api.CallCredentials | None = None, wait_for_ready: bool | None = None,
        compression: _api.Compression | None = None,
    ) -> tuple[Any, Any]:
        details = self._details(timeout, metadata, credentials, wait_for_ready, compression)
        call = self._intercept(self._interceptor.intercept_stream_unary, _go_blocking, details, request_iterator)
        return call.result(), call

    def future(
        self, request_iterator: Iterable[Any], timeout: float | None = None, metadata: MetadataType | None = None,
        credentials: _api.CallCredentials | None = None, wait_for_ready: bool | None = None,
        compression: _api.Compression | None = None,
    ) -> Any:
        details = self._details(timeout, metadata, credentials, wait_for_ready, compression)
        try:
            return self._intercept(self._interceptor.intercept_stream_unary, _go_future, details, request_iterator)
        except Exception as error:
            return _failure(error)


class _UnaryStreamMultiCallable(_Intercepted, _api.UnaryStreamMultiCallable[Any, Any]):
    def __call__(
        self, request: Any, timeout: float | None = None, metadata: MetadataType | None = None,
        credentials: _api.CallCredentials | None = None, wait_for_ready: bool | None = None,
        compression: _api.Compression | None = None,
    ) -> Any:
        details = self._details(timeout, metadata, credentials, wait_for_ready, compression)
        try:
            return self._intercept(self._interceptor.intercept_unary_stream, _go_stream, details, request)
        except Exception as error:
            return _failure(error)


class _StreamStreamMultiCallable(_Intercepted, _api.StreamStreamMultiCallable[Any, Any]):
    def __call__(
        self, request_iterator: Iterable[Any], timeout: float | None = None, metadata: MetadataType | None = None,
        credentials: _api.CallCredentials | None = None, wait_for_ready: bool | None = None,
        compression: _api.Compression | None = None,
    ) -> Any:
        details = self._details(timeout, metadata, credentials, wait_for_ready, compression)
        try:
            return self._intercept(self._interceptor.intercept_stream_stream, _go_stream, details, request_iterator)
        except Exception as error:
            return _failure(error)


class _Channel(_api.Channel):
    def __init__(self, channel: _api.Channel, interceptor: Any) -> None:
        self._channel, self._interceptor = channel, interceptor

    def subscribe(self, callback: Callable[[_api.ChannelConnectivity], None], try_to_connect: bool = False) -> None:
        self._channel.subscribe(callback, try_to_connect=try_to_connect)

    def unsubscribe(self, callback: Callable[[_api.ChannelConnectivity], None]) -> None:
        self._channel.unsubscribe(callback)

    def _make(
        self, name: str, interface: type[Any], wrapper: Callable[..., Any], method: str,
        request_serializer: Callable[[Any], bytes] | None, response_deserializer: Callable[[bytes], Any] | None,
        registered: bool | None,
    ) -> Any:
        def thunk(m: str) -> Any:
            return getattr(self._channel, name)(
                m, request_serializer, response_deserializer, _registered_method=registered)

        return wrapper(thunk, method, self._interceptor) if isinstance(self._interceptor, interface) else thunk(method)

    def unary_unary(
        self, method: str, request_serializer: Callable[[Any], bytes] | None = None,
        response_deserializer: Callable[[bytes], Any] | None = None, _registered_method: bool | None = False,
    ) -> _api.UnaryUnaryMultiCallable[Any, Any]:
        made: _api.UnaryUnaryMultiCallable[Any, Any] = self._make("unary_unary", _api.UnaryUnaryClientInterceptor, _UnaryUnaryMultiCallable, method,
                          request_serializer, response_deserializer, _registered_method)
        return made

    def unary_stream(
        self, method: str, request_serializer: Callable[[Any], bytes] | None = None,
        response_deserializer: Callable[[bytes], Any] | None = None, _registered_method: bool | None = False,
    ) -> _api.UnaryStreamMultiCallable[Any, Any]:
        made: _api.UnaryStreamMultiCallable[Any, Any] = self._make("unary_stream", _api.UnaryStreamClientInterceptor, _UnaryStreamMultiCallable, method,
                          request_serializer, response_deserializer, _registered_method)
        return made

    def stream_unary(
        self, method: str, request_serializer: Callable[[Any], bytes] | None = None,
        response_deserializer: Callable[[bytes], Any] | None = None, _registered_method: bool | None = False,
    ) -> _api.StreamUnaryMultiCallable[Any, Any]:
        made: _api.StreamUnaryMultiCallable[Any, Any] = self._make("stream_unary", _api.StreamUnaryClientInterceptor, _StreamUnaryMultiCallable, method,
                          request_serializer, response_deserializer, _registered_method)
        return made

    def stream_stream(
        self, method: str, request_serializer: Callable[[Any], bytes] | None = None,
        response_deserializer: Callable[[bytes], Any] | None = None, _registered_method: bool | None = False,
    ) -> _api.StreamStreamMultiCallable[Any, Any]:
        made: _api.StreamStreamMultiCallable[Any, Any] = self._make("stream_stream", _api.StreamStreamClientInterceptor, _StreamStreamMultiCallable, method,
                          request_serializer, response_deserializer, _registered_method)
        return made

    def close(self) -> None:
        self._channel.close()


_CLIENT_INTERCEPTORS = (
    _api.UnaryUnaryClientInterceptor,
    _api.UnaryStreamClientInterceptor,
    _api.StreamUnaryClientInterceptor,
    _api.StreamStreamClientInterceptor,
)


def intercept_channel(channel: _api.Channel, *interceptors: Any) -> _api.Channel:
    for interceptor in reversed(interceptors):
        if not isinstance(interceptor, _CLIENT_INTERCEPTORS):
            raise TypeError(
                "interceptor must be "
                "grpc.UnaryUnaryClientInterceptor or "
                "grpc.UnaryStreamClientInterceptor or "
                "grpc.StreamUnaryClientInterceptor or "
                "grpc.StreamStreamClientInterceptor"
            )
        channel = _Channel(channel, interceptor)
    return channel
