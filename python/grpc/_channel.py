# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""The client's side: channels, multicallables, and the objects that stand for calls."""
from __future__ import annotations

import logging
import os
import re
import sys
import threading
import time
import weakref
from typing import TYPE_CHECKING, Any, Callable

from grpc import _api
from grpc import _auth
from grpc import _common
from grpc import _events
from grpc import _grpcio_metadata
from grpc import _weir

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from types import TracebackType
    from typing import NoReturn

    from grpc._typing import ChannelArgumentType, MetadataType, ReceivedMetadata

    _Serializer = Callable[[Any], bytes]
    _Deserializer = Callable[[bytes], Any]
    _FinalStatus = tuple[_api.StatusCode, str]

_LOGGER = logging.getLogger(__name__)

_UNARY_UNARY, _STREAM_UNARY, _UNARY_STREAM, _STREAM_STREAM = range(4)
_WAIT_FOR_READY = 1
_USER_AGENT = f"grpc-python/{_grpcio_metadata.__version__}"
_StatusCode = _api.StatusCode
_OK = _StatusCode.OK
_LIST_ITERATORS: tuple[type, ...] = (type(iter([])), type(iter(())))

_SERIALIZING = (_StatusCode.INTERNAL, "Exception serializing request!")
_DESERIALIZING = (_StatusCode.INTERNAL, "Exception deserializing response!")
_ITERATING = (_StatusCode.UNKNOWN, "Exception iterating requests!")
_CANCELLED = (_StatusCode.CANCELLED, "Locally cancelled by application!")
_INSUFFICIENT = (
    _StatusCode.UNAUTHENTICATED,
    "Established channel does not have a sufficient security level to transfer call credential.",
)


# Why a connection was not made, which gRPC's C core tells in more words.
_REFUSED = re.compile(r"last error: ((?:ipv4|ipv6|unix):\S+): ((?:Connection|Network|No route|Host|No such file)[^(]*?)(?: \([^)]*\))?$")


def _debug(code: _api.StatusCode, details: str) -> str:
    return f"{code.name}:{details}" if details else code.name


def _status_of(call: _weir.Call | _Dead) -> _FinalStatus:
    """(code, details) of a call that has ended."""
    code, details = call.status()
    if details.startswith("received message is larger than the limit ("):
        details = "CLIENT: Received message larger than max (" + details[43:]
    elif details.startswith("metadata ") and " is not legal: " in details:
        details = "Invalid metadata"
    elif code == 4 and details.startswith("Deadline Exceeded "):
        details = "Deadline Exceeded"
    elif code == 14:
        details = _REFUSED.sub(r"last error: UNKNOWN: \1: Failed to connect to remote host: \2", details)
    return _common.status_code(code), details


class _Dead:
    """Stands in for a call that was never made."""

    def __init__(self, code: _api.StatusCode, details: str) -> None:
        self._status = code.value[0], details

    def status(self) -> tuple[int, str]:
        return self._status

    def headers(self) -> ReceivedMetadata:
        return ()

    trailers = headers

    def recv(self) -> None:
        return None

    half_close = recv

    def wait(self, timeout: float | None) -> bool:
        return True

    def ended(self) -> bool:
        return True

    def cancel(self, code: int, details: str) -> None:
        return None

    def time_left(self) -> None:
        return None

    def peer(self) -> str:
        return ""

    def send(self, message: bytes) -> int:
        return self._status[0]

    def on_end(self, events: _weir.Events, tag: Callable[[], object]) -> None:
        events.push(tag)


def _error_text(name: str, code: _api.StatusCode, details: str, debug: str | None) -> str:
    if code is _OK:
        return f'<{name} of RPC that terminated with:\n\tstatus = {code}\n\tdetails = "{details}"\n>'
    return (f'<{name} of RPC that terminated with:\n\tstatus = {code}\n\tdetails = "{details}"\n'
            f'\tdebug_error_string = "{debug}"\n>')


class _InactiveRpcError(_api.RpcError, _api.CallFuture[Any]):
    """What a blocking call that failed raises."""

    def __init__(
        self, code: _api.StatusCode, details: str, initial_metadata: ReceivedMetadata = (),
        trailing_metadata: ReceivedMetadata = (), debug_error_string: str | None = None,
    ) -> None:
        super().__init__(code, details, initial_metadata, trailing_metadata, debug_error_string)
        self._code = code
        self._details = details
        self._initial_metadata = initial_metadata
        self._trailing_metadata = trailing_metadata
        self._debug_error_string = debug_error_string

    @classmethod
    def of(cls, call: _weir.Call | _Dead) -> _InactiveRpcError:
        code, details = _status_of(call)
        return cls(code, details, call.headers(), call.trailers(), _debug(code, details))

    def initial_metadata(self) -> ReceivedMetadata:
        return self._initial_metadata

    def trailing_metadata(self) -> ReceivedMetadata:
        return self._trailing_metadata

    def code(self) -> _api.StatusCode:
        return self._code

    def details(self) -> str:
        return self._details

    def debug_error_string(self) -> str | None:
        return self._debug_error_string

    def __str__(self) -> str:
        return _error_text(self.__class__.__name__, self._code, self._details, self._debug_error_string)

    __repr__ = __str__

    def is_active(self) -> bool:
        return False

    def time_remaining(self) -> float | None:
        return None

    def cancel(self) -> bool:
        return False

    def add_callback(self, callback: Callable[[], None]) -> bool:
        return False

    def cancelled(self) -> bool:
        return False

    def running(self) -> bool:
        return False

    def done(self) -> bool:
        return True

    def result(self, timeout: float | None = None) -> NoReturn:
        raise self

    def exception(self, timeout: float | None = None) -> Exception | None:
        return self

    def traceback(self, timeout: float | None = None) -> TracebackType | None:
        try:
            raise self
        except _api.RpcError:
            return sys.exc_info()[2]

    def add_done_callback(self, fn: Callable[[Any], None]) -> None:
        fn(self)


class _Rendezvous(_api.RpcError, _api.RpcContext):
    """A call under way, or over. Raised, it is its own error."""

    def __init__(
        self, call: _weir.Call | _Dead, response_deserializer: _Deserializer | None, unary_response: bool,
        is_local: bool = False,
    ) -> None:
        super().__init__()
        self._call = call
        self._deserializer = response_deserializer
        self._unary_response = unary_response
        self._lock = threading.RLock()
        self._override: _FinalStatus | None = None  # (code, details) that replace what the call says
        self._is_local = is_local
        self._cancelled = False
        self._response: Any = None
        self._received = False
        self._core: _Core | None = None  # keeps the channel's calls alive as long as this one

    # ---- state

    def _receive(self) -> None:
        """Unary response: takes it, once the call has ended."""
        with self._lock:
            if self._received:
                return
            data = self._call.recv()
            if data is not None and self._final_code() is _OK:
                self._response = _common.deserialize(data, self._deserializer)
                if self._response is None:
                    self._override = _DESERIALIZING
                    self._is_local = True
            self._received = True

    def _end(self, timeout: float | None = None) -> bool:
        """Waits; False if it took too long."""
        if not self._call.wait(timeout):
            return False
        if self._unary_response and not self._received:
            self._receive()
        return True

    def _final_code(self) -> _api.StatusCode:
        return self._override[0] if self._override else _status_of(self._call)[0]

    def _final(self) -> _FinalStatus:
        return self._override or _status_of(self._call)

    def _stop(self, status: _FinalStatus) -> bool:
        """Ends the call for a reason of ours."""
        with self._lock:
            if self._call.ended():
                return False
            self._is_local = True
            self._override = status
        self._call.cancel(status[0].value[0], status[1])
        return True

    # ---- RpcContext, and what Calls share with Futures

    def is_active(self) -> bool:
        return not self._call.ended()

    def time_remaining(self) -> float | None:
        return self._call.time_left()

    def cancel(self) -> bool:
        with self._lock:
            if self._call.ended():
                return False
            self._cancelled = True
        self._stop(_CANCELLED)
        return True

    def add_callback(self, callback: Callable[[], None]) -> bool:
        if self._call.ended():
            return False
        self._call.on_end(_events.queue(), callback)
        return True

    def __iter__(self) -> Iterator[Any]:
        return self

    def next(self) -> Any:
        return self._next()

    def __next__(self) -> Any:
        return self._next()

    def _next(self) -> Any:
        raise NotImplementedError()

    def debug_error_string(self) -> str | None:
        self._end()
        code, details = self._final()
        return None if self._is_local else _debug(code, details)

    def _text(self) -> str:
        if not self._call.ended():
            return f"<{self.__class__.__name__} object>"
        self._end()
        code, details = self._final()
        return _error_text(self.__class__.__name__, code, details,
                           None if self._is_local else _debug(code, details))

    def __repr__(self) -> str:
        return self._text()

    def __str__(self) -> str:
        return self._text()


class _MultiThreadedRendezvous(_Rendezvous, _api.CallFuture[Any], _api.CallIterator[Any]):
    # ---- Call

    def initial_metadata(self) -> ReceivedMetadata:
        return self._call.headers()

    def trailing_metadata(self) -> ReceivedMetadata:
        self._end()
        return self._call.trailers()

    def code(self) -> _api.StatusCode:
        self._end()
        return self._final()[0]

    def details(self) -> str:
        self._end()
        return self._final()[1]

    # ---- Future

    def cancelled(self) -> bool:
        return self._cancelled

    def running(self) -> bool:
        return not self._call.ended()

    def done(self) -> bool:
        return self._call.ended()

    def _await(self, timeout: float | None) -> None:
        if not self._end(timeout):
            raise _api.FutureTimeoutError()

    def result(self, timeout: float | None = None) -> Any:
        self._await(timeout)
        if self._final_code() is _OK:
            return self._response
        if self._cancelled:
            raise _api.FutureCancelledError()
        raise self

    def exception(self, timeout: float | None = None) -> Exception | None:
        self._await(timeout)
        if self._final_code() is _OK:
            return None
        if self._cancelled:
            raise _api.FutureCancelledError()
        return self

    def traceback(self, timeout: float | None = None) -> TracebackType | None:
        error = self.exception(timeout)
        if error is None:
            return None
        try:
            raise error
        except _api.RpcError:
            return sys.exc_info()[2]

    def add_done_callback(self, fn: Callable[[Any], None]) -> None:
        if self._call.ended():
            fn(self)
        else:
            self._call.on_end(_events.queue(), lambda: fn(self))

    # ---- responses

    def _next(self) -> Any:
        data = self._call.recv()
        if data is None:
            self._call.wait(None)
            if self._final_code() is _OK:
                raise StopIteration()
            raise self
        response = _common.deserialize(data, self._deserializer)
        if response is None:
            if not self._stop(_DESERIALIZING):
                self._override = _DESERIALIZING
                self._is_local = True
            raise self
        return response


class _SingleThreadedRendezvous(_MultiThreadedRendezvous):
    """One that is used by one thread only; it does not wait for what that thread has to bring about."""

    def _check(self, what: str) -> None:
        if not self._call.ended():
            from grpc._cython.cygrpc import UsageError

            raise UsageError(
                f"_SingleThreadedRendezvous only supports {what} when the RPC is complete.")

    def result(self, timeout: float | None = None) -> Any:
        self._check("result()")
        return super().result(timeout)

    def code(self) -> _api.StatusCode:
        self._check("code()")
        return super().code()

    def details(self) -> str:
        self._check("details()")
        return super().details()


def _send_requests(
    requests: Iterator[Any], call: _weir.Call, serializer: _Serializer | None, rendezvous: _Rendezvous
) -> None:
    while True:
        try:
            request = next(requests)
        except StopIteration:
            call.half_close()
            return
        except Exception:  # the program's code
            _LOGGER.exception("Exception iterating requests!")
            rendezvous._stop(_ITERATING)
            return
        data = _common.serialize(request, serializer)
        if data is None:
            rendezvous._stop(_SERIALIZING)
            return
        try:
            code = call.send(data)
        except TypeError:
            _LOGGER.exception("A request is not bytes")
            rendezvous._stop(_SERIALIZING)
            return
        del request, data
        if code:
            if code == 8 and not call.ended():
                rendezvous._stop((_StatusCode.RESOURCE_EXHAUSTED, "CLIENT: Sent message larger than max"))
            return


def _consume(
    request_iterator: Iterable[Any], call: _weir.Call, serializer: _Serializer | None, rendezvous: _Rendezvous
) -> None:
    """Sends the requests: on a thread of their own, unless they are all there."""
    try:
        requests = iter(request_iterator)
    except TypeError:
        _LOGGER.exception("Exception iterating requests!")
        rendezvous._stop(_ITERATING)
        return
    if rendezvous._unary_response and isinstance(requests, _LIST_ITERATORS):
        _send_requests(requests, call, serializer, rendezvous)
        return
    threading.Thread(target=_send_requests, args=(requests, call, serializer, rendezvous),
                     name="grpc-requests", daemon=True).start()


class _Lame:
    """Stands in for a channel that cannot be: every call ends at once with the same error."""

    def __init__(self, code: _StatusCode, details: str) -> None:
        self._status = code, details
        self._closed = False

    def unary(self, *args: Any) -> Any:
        if self._closed:
            raise ValueError("Cannot invoke RPC on closed channel!")
        return _Dead(*self._status)

    start = unary

    def state(self, connect: bool, /) -> int:
        return 3  # TRANSIENT_FAILURE

    def watch(self, last: int, seconds: float, /) -> bool:
        time.sleep(seconds)
        return False

    def close(self) -> None:
        self._closed = True


_cores: weakref.WeakSet[_Core] = weakref.WeakSet()
_multicallables: weakref.WeakSet[_MultiCallable] = weakref.WeakSet()
_of_the_parent: list[Any] = []  # what a fork left to the child, which must not touch it: kept, so that nobody does


def _after_fork_in_child() -> None:
    """Channels get connections of their own; calls under way stay the parent's."""
    for core in list(_cores):
        _of_the_parent.append(core.channel)
        core.channel = core._make()
        if core.closed:
            core.channel.close()
    for multicallable in list(_multicallables):
        multicallable._bind()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)


class _Core:
    """A channel's connection to libweir, and what its calls need to know."""

    def __init__(
        self, target: str, pairs: Iterable[ChannelArgumentType], credentials: Any,
        compression: _api.Compression | None,
    ) -> None:
        self.target_text = target
        self.options = options = _common.Options(pairs)
        self.call_credentials: _auth.CompositeCall | None = None
        self.is_secure = False
        self._credentials = self._unpack(credentials)
        authority = options.text("grpc.default_authority") or options.text("grpc.ssl_target_name_override")
        self.authority = authority or target.rpartition("/")[2]
        agents = options.text("grpc.primary_user_agent"), _USER_AGENT, options.text("grpc.secondary_user_agent")
        first = options.number("grpc.initial_reconnect_backoff_ms") or options.number(
            "grpc.min_reconnect_backoff_ms")
        self._settings: dict[str, Any] = {
            "authority": authority or None,
            "user_agent": " ".join(agent for agent in agents if agent),
            "max_recv": options.size("grpc.max_receive_message_length"),
            "max_send": options.size("grpc.max_send_message_length"),
            "min_backoff_ns": first * 1000000,
            "max_backoff_ns": options.number("grpc.max_reconnect_backoff_ms") * 1000000,
            "compression": options.compression(compression),
        }
        self.channel = self._make()
        self.closed = False
        _cores.add(self)
        self.single_threaded = bool(options.get(
            "SingleThreadedUnaryStream", _common.environment_flag("GRPC_SINGLE_THREADED_UNARY_STREAM")))

    def _unpack(self, credentials: Any) -> Any:
        """What connections are made with; None: nothing. Those of calls are put aside."""
        while isinstance(credentials, _auth.CompositeChannel):
            if self.call_credentials is None:
                self.call_credentials = credentials.call
            else:
                self.call_credentials = _auth.CompositeCall((credentials.call, self.call_credentials))
            credentials = credentials.channel
        if credentials is None or isinstance(credentials, _auth.Insecure):
            return None
        self.is_secure = True
        return None if isinstance(credentials, _auth.Local) else credentials

    def _make(self) -> _weir.Channel | _Lame:
        """A channel; as with grpcio, it is its calls that tell if there cannot be one."""
        try:
            creds = self._credentials
            if creds is not None:
                creds = creds.connect(self.options.text("grpc.ssl_target_name_override"))
            return _weir.Channel(self.target_text, creds=creds, **self._settings)
        except _auth.NotAvailable as error:
            return _Lame(_StatusCode.INTERNAL,
                         f"Failed to create channel to '{self.target_text}': weir has no {error} credentials")
        except (RuntimeError, ValueError, OSError) as error:
            return _Lame(_StatusCode.UNAVAILABLE, f"Failed to create channel to '{self.target_text}': {error}")

    def target(self) -> bytes:
        return _common.encode(self.target_text)

    def metadata(
        self, path: bytes, timeout: float | None, metadata: MetadataType | None, credentials: _api.CallCredentials | None
    ) -> MetadataType:
        """The call's metadata with those of its credentials; raises _auth.AuthFailed."""
        if not self.is_secure:
            raise _auth.AuthFailed(*_INSUFFICIENT)
        found = tuple(metadata or ())
        own: Any = credentials and credentials._credentials
        for each in (self.call_credentials, own):
            if each is not None:
                found += tuple(_auth.call_metadata(each, self.authority, path, timeout))
        return found


# As src/channel.c has them: how a call's messages are compressed, instead of what the channel says.
_COMPRESSION_FLAGS = {None: 0, _api.Compression.NoCompression: 2, _api.Compression.Deflate: 1 << 8,
                      _api.Compression.Gzip: 2 << 8}


def _flags(wait_for_ready: bool | None, compression: _api.Compression | None) -> int:
    return (_WAIT_FOR_READY if wait_for_ready else 0) | _COMPRESSION_FLAGS[compression]


class _MultiCallable:
    _kind: int
    _unary_response = False

    def __init__(
        self, core: _Core, method: str | bytes, request_serializer: _Serializer | None,
        response_deserializer: _Deserializer | None,
    ) -> None:
        self._channel = core
        self._method = _common.encode(method)
        self._request_serializer = request_serializer
        self._response_deserializer = response_deserializer
        self._plain = core.call_credentials is None
        self._bind()
        _multicallables.add(self)

    def _bind(self) -> None:
        self._unary: Callable[..., Any] = self._channel.channel.unary
        self._start_call: Callable[..., Any] = self._channel.channel.start
        if not self._method.startswith(b"/"):  # no server has such a method
            self._unary = self._start_call = lambda *args: _Dead(_StatusCode.UNIMPLEMENTED, "Method not found!")

    def _rendezvous(self, call: _weir.Call | _Dead, is_local: bool = False) -> _MultiThreadedRendezvous:
        single = self._kind == _UNARY_STREAM and self._channel.single_threaded
        cls = _SingleThreadedRendezvous if single else _MultiThreadedRendezvous
        rendezvous = cls(call, self._response_deserializer, self._unary_response, is_local)
        rendezvous._core = self._channel
        return rendezvous

    def _begin(
        self, data: bytes | None, timeout: float | None, metadata: MetadataType | None,
        credentials: _api.CallCredentials | None, flags: int,
    ) -> _MultiThreadedRendezvous:
        try:
            if credentials is not None or not self._plain:
                metadata = self._channel.metadata(self._method, timeout, metadata, credentials)
            call = self._start_call(self._method, self._kind, timeout, metadata, flags, data)
        except _auth.AuthFailed as failed:
            return self._rendezvous(_Dead(failed.code, failed.details))
        return self._rendezvous(call)

    def _begin_unary(
        self, request: Any, timeout: float | None, metadata: MetadataType | None,
        credentials: _api.CallCredentials | None, flags: int,
    ) -> _MultiThreadedRendezvous:
        data = _common.serialize(request, self._request_serializer)
        if data is None:
            return self._rendezvous(_Dead(*_SERIALIZING), True)
        return self._begin(data, timeout, metadata, credentials, flags)

    def _begin_stream(
        self, request_iterator: Iterable[Any], timeout: float | None, metadata: MetadataType | None,
        credentials: _api.CallCredentials | None, flags: int,
    ) -> _MultiThreadedRendezvous:
        rendezvous = self._begin(None, timeout, metadata, credentials, flags)
        if not isinstance(rendezvous._call, _Dead):
            _consume(request_iterator, rendezvous._call, self._request_serializer, rendezvous)
        return rendezvous


def _blocking_result(rendezvous: _MultiThreadedRendezvous) -> Any:
    """What a blocking call gives or raises."""
    try:
        rendezvous._end()
    except BaseException:  # an interrupt, say: nobody will want the answer
        rendezvous.cancel()
        raise
    code, details = rendezvous._final()
    if code is _OK:
        return rendezvous._response
    raise _InactiveRpcError(code, details, rendezvous._call.headers(), rendezvous._call.trailers(),
                            rendezvous.debug_error_string())


class _UnaryUnaryMultiCallable(_MultiCallable, _api.UnaryUnaryMultiCallable[Any, Any]):
    _kind = _UNARY_UNARY
    _unary_response = True

    def __call__(
        self, request: Any, timeout: float | None = None, metadata: MetadataType | None = None,
        credentials: _api.CallCredentials | None = None, wait_for_ready: bool | None = None,
        compression: _api.Compression | None = None,
    ) -> Any:
        serializer = self._request_serializer
        if serializer is not None:
            request = _common.serialize(request, serializer)
        if request is None:
            raise _InactiveRpcError(*_SERIALIZING)
        if credentials is not None or not self._plain:
            try:
                metadata = self._channel.metadata(self._method, timeout, metadata, credentials)
            except _auth.AuthFailed as failed:
                raise _InactiveRpcError(failed.code, failed.details, (), (),
                                        _debug(failed.code, failed.details)) from None
        flags = _flags(wait_for_ready, compression) if wait_for_ready or compression is not None else 0
        data = self._unary(self._method, 0, timeout, metadata, flags, request)
        if type(data) is not bytes:
            raise _InactiveRpcError.of(data)
        if self._response_deserializer is None:
            return data
        response = _common.deserialize(data, self._response_deserializer)
        if response is None:
            raise _InactiveRpcError(*_DESERIALIZING)
        return response

    def with_call(
        self, request: Any, timeout: float | None = None, metadata: MetadataType | None = None,
        credentials: _api.CallCredentials | None = None, wait_for_ready: bool | None = None,
        compression: _api.Compression | None = None,
    ) -> Any:
        rendezvous = self._begin_unary(request, timeout, metadata, credentials, _flags(wait_for_ready, compression))
        return _blocking_result(rendezvous), rendezvous

    def future(
        self, request: Any, timeout: float | None = None, metadata: MetadataType | None = None,
        credentials: _api.CallCredentials | None = None, wait_for_ready: bool | None = None,
        compression: _api.Compression | None = None,
    ) -> Any:
        return self._begin_unary(request, timeout, metadata, credentials, _flags(wait_for_ready, compression))


class _UnaryStreamMultiCallable(_MultiCallable, _api.UnaryStreamMultiCallable[Any, Any]):
    _kind = _UNARY_STREAM

    def __call__(
        self, request: Any, timeout: float | None = None, metadata: MetadataType | None = None,
        credentials: _api.CallCredentials | None = None, wait_for_ready: bool | None = None,
        compression: _api.Compression | None = None,
    ) -> Any:
        rendezvous = self._begin_unary(request, timeout, metadata, credentials, _flags(wait_for_ready, compression))
        if rendezvous._is_local:
            raise rendezvous
        return rendezvous


class _StreamUnaryMultiCallable(_MultiCallable, _api.StreamUnaryMultiCallable[Any, Any]):
    _kind = _STREAM_UNARY
    _unary_response = True

    def __call__(
        self, request_iterator: Any, timeout: float | None = None, metadata: MetadataType | None = None,
        credentials: _api.CallCredentials | None = None, wait_for_ready: bool | None = None,
        compression: _api.Compression | None = None,
    ) -> Any:
        return _blocking_result(
            self._begin_stream(request_iterator, timeout, metadata, credentials, _flags(wait_for_ready, compression)))

    def with_call(
        self, request_iterator: Any, timeout: float | None = None, metadata: MetadataType | None = None,
        credentials: _api.CallCredentials | None = None, wait_for_ready: bool | None = None,
        compression: _api.Compression | None = None,
    ) -> Any:
        rendezvous = self._begin_stream(request_iterator, timeout, metadata, credentials, _flags(wait_for_ready, compression))
        return _blocking_result(rendezvous), rendezvous

    def future(
        self, request_iterator: Any, timeout: float | None = None, metadata: MetadataType | None = None,
        credentials: _api.CallCredentials | None = None, wait_for_ready: bool | None = None,
        compression: _api.Compression | None = None,
    ) -> Any:
        return self._begin_stream(request_iterator, timeout, metadata, credentials, _flags(wait_for_ready, compression))


class _StreamStreamMultiCallable(_MultiCallable, _api.StreamStreamMultiCallable[Any, Any]):
    _kind = _STREAM_STREAM

    def __call__(
        self, request_iterator: Any, timeout: float | None = None, metadata: MetadataType | None = None,
        credentials: _api.CallCredentials | None = None, wait_for_ready: bool | None = None,
        compression: _api.Compression | None = None,
    ) -> Any:
        return self._begin_stream(request_iterator, timeout, metadata, credentials, _flags(wait_for_ready, compression))


# ---- connectivity


class _Connectivity:
    """Tells subscribers of the channel's state; its thread lives while there are any."""

    def __init__(self, core: _Core) -> None:
        self._core = core
        self._lock = threading.Lock()
        self._subscribers: list[list[Any]] = []  # [callback, the state it was told last]
        self._connect = False
        self._running = False

    def subscribe(self, callback: Callable[[_api.ChannelConnectivity], None], try_to_connect: bool | None) -> None:
        with self._lock:
            self._subscribers.append([callback, None])
            self._connect = self._connect or bool(try_to_connect)
            if not self._running:
                self._running = True
                threading.Thread(target=self._run, name="grpc-connectivity", daemon=True).start()

    def unsubscribe(self, callback: Callable[[_api.ChannelConnectivity], None]) -> None:
        with self._lock:
            for each in self._subscribers:
                if each[0] == callback:
                    self._subscribers.remove(each)
                    break

    def close(self) -> None:
        with self._lock:
            self._subscribers = []

    def _due(self, state: _api.ChannelConnectivity) -> list[Callable[[_api.ChannelConnectivity], None]] | None:
        with self._lock:
            due = [s for s in self._subscribers if s[1] is not state]
            for each in due:
                each[1] = state
            if not self._subscribers:
                self._running = False
                return None
            return [s[0] for s in due]

    def _run(self) -> None:
        while True:
            with self._lock:
                connect, self._connect = self._connect, False
            number = self._core.channel.state(False)
            state = _common.CYGRPC_CONNECTIVITY_STATE_TO_CHANNEL_CONNECTIVITY[number]
            callbacks = self._due(state)
            if callbacks is None:
                return
            for callback in callbacks:
                try:
                    callback(state)
                except Exception:  # the program's code
                    _LOGGER.exception("Connectivity callback raised an exception!")
            if connect:
                self._core.channel.state(True)
            self._core.channel.watch(number, 0.2)


class Channel(_api.Channel):
    def __init__(
        self, target: str, options: Iterable[ChannelArgumentType], credentials: Any,
        compression: _api.Compression | None,
    ) -> None:
        self._core = _Core(_common.decode(_require_text(target)), options, credentials, compression)
        self._channel = self._core
        self._connectivity = _Connectivity(self._core)

    def subscribe(
        self, callback: Callable[[_api.ChannelConnectivity], None], try_to_connect: bool | None = None
    ) -> None:
        self._connectivity.subscribe(callback, try_to_connect)

    def unsubscribe(self, callback: Callable[[_api.ChannelConnectivity], None]) -> None:
        self._connectivity.unsubscribe(callback)

    def unary_unary(
        self, method: str, request_serializer: Callable[[Any], bytes] | None = None,
        response_deserializer: Callable[[bytes], Any] | None = None, _registered_method: bool | None = False,
    ) -> _api.UnaryUnaryMultiCallable[Any, Any]:
        return _UnaryUnaryMultiCallable(self._core, method, request_serializer, response_deserializer)

    def unary_stream(
        self, method: str, request_serializer: Callable[[Any], bytes] | None = None,
        response_deserializer: Callable[[bytes], Any] | None = None, _registered_method: bool | None = False,
    ) -> _api.UnaryStreamMultiCallable[Any, Any]:
        return _UnaryStreamMultiCallable(self._core, method, request_serializer, response_deserializer)

    def stream_unary(
        self, method: str, request_serializer: Callable[[Any], bytes] | None = None,
        response_deserializer: Callable[[bytes], Any] | None = None, _registered_method: bool | None = False,
    ) -> _api.StreamUnaryMultiCallable[Any, Any]:
        return _StreamUnaryMultiCallable(self._core, method, request_serializer, response_deserializer)

    def stream_stream(
        self, method: str, request_serializer: Callable[[Any], bytes] | None = None,
        response_deserializer: Callable[[bytes], Any] | None = None, _registered_method: bool | None = False,
    ) -> _api.StreamStreamMultiCallable[Any, Any]:
        return _StreamStreamMultiCallable(self._core, method, request_serializer, response_deserializer)

    def close(self) -> None:
        self._connectivity.close()
        self._core.closed = True
        self._core.channel.close()

    def __del__(self) -> None:
        connectivity = getattr(self, "_connectivity", None)
        if connectivity is not None:
            connectivity.close()


def _require_text(target: str) -> str:
    target.encode  # what is no text has none: AttributeError, as ever
    return target
