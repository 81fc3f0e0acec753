# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""The server's side: calls go from libweir to handlers on the program's executor, and back."""
from __future__ import annotations

import concurrent.futures.thread as _pool_module
import contextvars
import logging
import socket
import threading
import time
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

from grpc import _api
from grpc import _auth
from grpc import _common
from grpc import _events
from grpc import _interceptor
from grpc import _utilities
from grpc import _weir

if TYPE_CHECKING:
    import concurrent.futures
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import NoReturn

    from grpc._typing import ChannelArgumentType, MetadataType, ReceivedMetadata

    _Handler = _api.RpcMethodHandler[Any, Any]

_LOGGER = logging.getLogger(__name__)

_StatusCode = _api.StatusCode
_OK = _StatusCode.OK
_NO_DEADLINE = float(2**63)
_LINGER = 0.1  # seconds that the last idle worker waits before it looks whether the executor shuts down
_LINGER_MORE = 0.003  # the other workers
_SLOW = 0.0005  # seconds of a batch that are worth a thought


class _Details(NamedTuple):
    method: str
    invocation_metadata: ReceivedMetadata


class _HandlerCallDetails(_Details, _api.HandlerCallDetails):
    pass


class _Aborted(Exception):
    """Ends the serving of a call that is over already."""


def _text(details: Any) -> bytes:
    if details is None:
        return b""
    return details if isinstance(details, bytes) else str(details).encode("utf-8", "surrogateescape")


class _Context(_api.ServicerContext):
    __slots__ = ("_call", "_code", "_details", "_trailing", "_headers_gone", "_aborted", "_callbacks",
                 "_lock", "_over")

    def __init__(self, call: _weir.Call) -> None:
        self._call = call
        self._code: _api.StatusCode | None = None
        self._details: str | None = None
        self._trailing: MetadataType | None = None
        self._headers_gone = self._aborted = self._over = False
        self._callbacks: list[Callable[[], None]] | None = None
        self._lock: threading.Lock | None = None

    # ---- RpcContext

    def is_active(self) -> bool:
        return not self._over and not self._call.is_cancelled()

    def time_remaining(self) -> float:
        left = self._call.time_left()
        return max(_NO_DEADLINE - time.time(), 0) if left is None else left

    def cancel(self) -> None:
        self._call.cancel(1, "the server cancelled the call")

    def add_callback(self, callback: Callable[[], None]) -> bool:
        if self._lock is None:
            self._lock = threading.Lock()
        with self._lock:
            if self._over:
                return False
            if self._callbacks is None:
                if self._call.is_cancelled():
                    self._over = True
                    return False
                self._callbacks = []
                self._call.on_end(_events.queue(), self._end)
            self._callbacks.append(callback)
        return True

    def _end(self) -> None:
        """Once: the call is over, in whatever way."""
        if self._lock is None:
            self._over = True
            return
        with self._lock:
            self._over = True
            callbacks, self._callbacks = self._callbacks, None
        for callback in callbacks or ():
            try:
                callback()
            except Exception:  # the program's code
                _LOGGER.exception("Exception calling callback!")

    # ---- what the client sent

    def invocation_metadata(self) -> ReceivedMetadata:
        return self._call.headers()

    def peer(self) -> str:
        return self._call.peer().replace("[", "%5B").replace("]", "%5D")

    def peer_identities(self) -> Iterable[bytes] | None:
        return None

    def peer_identity_key(self) -> str | None:
        return None

    def auth_context(self) -> Mapping[str, Sequence[bytes]]:
        if not self._call.is_secure():
            return {"transport_security_type": [b"insecure"], "security_level": [b"TSI_SECURITY_NONE"]}
        return {"transport_security_type": [b"ssl"], "security_level": [b"TSI_PRIVACY_AND_INTEGRITY"]}

    # ---- what it gets

    def set_compression(self, compression: _api.Compression) -> None:
        """For what the client accepts; without effect once the headers have gone."""
        if compression is not None:
            self._call.set_compression(int(compression))

    def disable_next_message_compression(self) -> None:
        self._call.next_plain()

    def send_initial_metadata(self, initial_metadata: MetadataType) -> None:
        if self._call.is_cancelled():
            raise _api.RpcError()
        if self._headers_gone:
            raise ValueError("Initial metadata no longer allowed!")
        self._headers_gone = True
        if self._call.send_headers(initial_metadata) == 3:
            raise ValueError(f"metadata was invalid: {initial_metadata!r}")

    def set_trailing_metadata(self, trailing_metadata: MetadataType) -> None:
        self._trailing = trailing_metadata

    def trailing_metadata(self) -> MetadataType | None:
        return self._trailing

    def abort(self, code: _api.StatusCode, details: str) -> NoReturn:
        if code is _OK:
            _LOGGER.error("abort() called with StatusCode.OK; returning UNKNOWN")
            code, details = _StatusCode.UNKNOWN, ""
        self._code, self._details = code, details
        self._aborted = True
        raise Exception()

    def abort_with_status(self, status: _api.Status) -> NoReturn:
        self._trailing = status.trailing_metadata
        self.abort(status.code, status.details)

    def set_code(self, code: _api.StatusCode) -> None:
        self._code = code

    def code(self) -> _api.StatusCode | None:
        return self._code

    def set_details(self, details: str) -> None:
        self._details = details

    def details(self) -> str | None:
        return self._details

    # ---- the end

    def _finish(self, code: _api.StatusCode | None, details: str | None, message: bytes | None = None) -> None:
        if self._trailing and self._call.set_trailers(self._trailing):
            _LOGGER.error("metadata was invalid: %r", self._trailing)
            code, details, message = _StatusCode.INTERNAL, "Invalid metadata", None
        number = code.value[0] if isinstance(code, _StatusCode) else 2
        try:
            self._call.complete(number, _text(details), message)
        except TypeError:
            _LOGGER.exception("A response is not bytes")
            self._call.complete(13, b"Failed to serialize response!", None)
        self._end()

    def _finish_well(self, message: bytes | None = None) -> None:
        """After the handler returned."""
        if self._code is None and self._trailing is None and message is not None:
            try:
                self._call.complete(0, _text(self._details), message)
                self._end()
                return
            except TypeError:
                pass  # told below
        self._finish(_OK if self._code is None else self._code, self._details, message)

    def _finish_failed(self, error: Exception, what: str) -> None:
        """After the handler raised."""
        if self._aborted:
            self._finish(self._code, self._details)
        elif isinstance(error, _Aborted) or (isinstance(error, _api.RpcError) and self._call.is_cancelled()):
            self._finish(_StatusCode.CANCELLED, "RPC Aborted")
        else:
            details = f"{what}: {error}"
            _LOGGER.error(details, exc_info=error)
            self._finish(_StatusCode.UNKNOWN, details)


class _RequestIterator:
    def __init__(
        self, call: _weir.Call, deserializer: Callable[[bytes], Any] | None, context: _Context
    ) -> None:
        self._call, self._deserializer, self._context = call, deserializer, context

    def __iter__(self) -> Iterator[Any]:
        return self

    def __next__(self) -> Any:
        data = self._call.recv()
        if data is None:
            if self._context._over or self._call.is_cancelled():
                raise _api.RpcError()
            raise StopIteration()
        request = _common.deserialize(data, self._deserializer)
        if request is None:
            self._context._finish(_StatusCode.INTERNAL, "Exception deserializing request!")
            raise _Aborted()
        return request

    next = __next__


# ---- serving one call


def _take_request(call: _weir.Call, handler: _Handler, context: _Context) -> Any:
    """The one request; None if there is none that can be used (the call is ended then)."""
    data = call.recv()
    if data is None:
        path = call.method()
        context._finish(_StatusCode.UNIMPLEMENTED, f'"{path}" requires exactly one request message.')
        return None
    if handler.request_deserializer is None:
        return data
    request = _common.deserialize(data, handler.request_deserializer)
    if request is None:
        context._finish(_StatusCode.INTERNAL, "Exception deserializing request!")
    return request


def _respond_once(
    call: _weir.Call, handler: _Handler, context: _Context, behavior: Callable[..., Any], request: Any
) -> None:
    try:
        response = behavior(request, context)
    except Exception as error:  # the program's code
        context._finish_failed(error, "Exception calling application")
        return
    if handler.response_serializer is not None:
        response = _common.serialize(response, handler.response_serializer)
    if response is None:
        context._finish(_StatusCode.INTERNAL, "Failed to serialize response!")
    else:
        context._finish_well(response)


def _send_response(call: _weir.Call, handler: _Handler, context: _Context, response: Any) -> bool:
    """False if no more can be sent."""
    if handler.response_serializer is not None:
        response = _common.serialize(response, handler.response_serializer)
    try:
        if response is not None:
            context._headers_gone = True
            code = call.send(response)
            if code == 8:
                context._finish(_StatusCode.RESOURCE_EXHAUSTED, "SERVER: Sent message larger than max")
            return code == 0
    except TypeError:
        _LOGGER.exception("A response is not bytes")
    context._finish(_StatusCode.INTERNAL, "Failed to serialize response!")
    return False


def _respond_many(
    call: _weir.Call, handler: _Handler, context: _Context, behavior: Callable[..., Any], request: Any
) -> None:
    try:
        responses = behavior(request, context)
    except Exception as error:  # the program's code
        context._finish_failed(error, "Exception calling application")
        return
    try:
        if not hasattr(responses, "__next__"):
            responses = iter(responses)
        for response in responses:
            if not _send_response(call, handler, context, response):
                break
        else:
            context._finish_well()
            return
    except Exception as error:  # the program's code
        context._finish_failed(error, "Exception iterating responses")
        return
    finally:
        close = getattr(responses, "close", None)
        if close is not None and context._over:
            try:
                close()
            except Exception:  # the program's code
                _LOGGER.exception("Exception closing responses!")
    if not context._over:
        context._finish(_StatusCode.CANCELLED, "the call was cancelled")


def _serve_handler(call: _weir.Call, handler: _Handler, context: _Context) -> None:
    if handler.request_streaming:
        request = _RequestIterator(call, handler.request_deserializer, context)
    else:
        request = _take_request(call, handler, context)
        if request is None:
            return
    if handler.response_streaming:
        behavior: Any = handler.stream_stream if handler.request_streaming else handler.unary_stream
        _respond_many(call, handler, context, behavior, request)
    else:
        behavior = handler.stream_unary if handler.request_streaming else handler.unary_unary
        _respond_once(call, handler, context, behavior, request)


class _State:
    """What outlives the Server object while calls run."""

    def __init__(
        self, thread_pool: concurrent.futures.Executor, core: _weir.Server,
        generic_handlers: Iterable[_api.GenericRpcHandler], pipeline: _interceptor._ServicePipeline | None,
    ) -> None:
        self.pool = thread_pool
        self.queue = getattr(thread_pool, "_work_queue", None)
        self.limit = getattr(thread_pool, "_max_workers", None)
        self.core = core
        self.generic_handlers = list(generic_handlers)
        self.registered: dict[str, _Handler] = {}
        self.pipeline = pipeline
        self.lingers: object | None = None  # the worker that waits for long
        self.terminated = threading.Event()
        self.started = self.stopping = False
        self.lock = threading.Lock()

    # ---- which handler

    def lookup(self, details: _api.HandlerCallDetails) -> _Handler | None:
        handler = self.registered.get(details.method)
        if handler is not None:
            return handler
        for generic in self.generic_handlers:
            handler = generic.service(details)
            if handler is not None:
                return handler
        return None

    def find(self, call: _weir.Call, path: str) -> _Handler | None:
        if self.pipeline is None:
            handler = self.registered.get(path)
            if handler is not None:
                return handler
            if all(type(g) is _utilities.DictionaryGenericHandler for g in self.generic_handlers):
                generic: Any
                for generic in self.generic_handlers:
                    handler = generic._method_handlers.get(path)
                    if handler is not None:
                        return handler  # type: ignore[no-any-return]
                return None
        details = _HandlerCallDetails(path, call.headers())
        if self.pipeline is None:
            return self.lookup(details)
        return self.pipeline.execute(self.lookup, details)

    # ---- serving

    def serve(self, call: _weir.Call) -> None:
        context = _Context(call)
        try:
            handler = self.find(call, call.method())
        except Exception as error:  # the program's code
            _LOGGER.error("Exception servicing handler: %s", error, exc_info=error)
            context._finish(_StatusCode.UNKNOWN, "Error in service handler!")
            return
        if handler is None:
            context._finish(_StatusCode.UNIMPLEMENTED, "Method not found!")
            return
        _serve_handler(call, handler, context)

    def _goes_on(self, me: object) -> bool:
        """Whether an idle worker goes on waiting."""
        return (self.lingers is me and not self.stopping and not _pool_module._shutdown
                and not getattr(self.pool, "_shutdown", False) and self.limit != 1)

    def _next(self, me: object) -> _weir.Call | None:
        call = self.core.take(0)
        if call is not None:
            return call
        if self.queue is not None and not self.queue.empty():
            return None
        if self.lingers is None:
            self.lingers = me
        if self.lingers is not me:
            return self.core.take(_LINGER_MORE)
        while call is None and self._goes_on(me):
            call = self.core.take(_LINGER)
        return call

    def work(self) -> None:
        """A worker's life: on a thread of the executor."""
        me = object()
        wall, cpu = time.perf_counter(), time.thread_time()
        take, serve = self.core.take, self.serve
        try:
            while True:
                n = 0
                call = take(0)
                while call is not None:
                    contextvars.Context().run(serve, call)
                    n += 1
                    if n == 64 and self.queue is not None and not self.queue.empty():
                        return  # others want this thread too
                    call = take(0)
                now = time.perf_counter()
                if n and now - wall > _SLOW and now - wall > 3 * (time.thread_time() - cpu):
                    self.core.set_slow(True)
                call = self._next(me)
                if call is None:
                    return
                wall, cpu = time.perf_counter(), time.thread_time()
                contextvars.Context().run(serve, call)
        except Exception:
            _LOGGER.exception("Exception serving a call!")
        finally:
            if self.lingers is me:
                self.lingers = None
            call = None
            self.core.worker_done()

    def dispatch(self) -> None:
        """The dispatcher's life: on a thread of its own."""
        while True:
            need = self.core.need()
            if need < 0:
                return
            for i in range(need):
                try:
                    self.pool.submit(self.work)
                except RuntimeError:  # the executor was shut down
                    for _ in range(i, need):
                        self.core.worker_done()
                    self.refuse()
                    break

    def refuse(self) -> None:
        """Nobody will serve the calls that wait."""
        call = self.core.take(0)
        while call is not None:
            call.complete(14, b"cannot schedule new futures after shutdown", None)
            call = self.core.take(0)

    # ---- the end

    def stop(self, grace: float | None) -> threading.Event:
        with self.lock:
            first = not self.stopping
            self.stopping = True
        self.core.drain()
        if grace is None:
            self._cancel()
            self.terminated.wait(5.0)
        elif first or not self.terminated.is_set():
            threading.Thread(target=self._stop_after, args=(grace,), name="grpc-server-stop", daemon=True).start()
        return self.terminated

    def _stop_after(self, grace: float) -> None:
        until = time.monotonic() + grace
        while not self.core.is_idle() and time.monotonic() < until and not self.terminated.is_set():
            time.sleep(min(0.01, max(until - time.monotonic(), 0)))
        self._cancel()

    def _cancel(self) -> None:
        if not self.terminated.is_set():
            self.core.cancel_all()
            self.terminated.set()


def _addresses(address: str) -> list[str]:
    """What to listen on, in libweir's terms: literal addresses."""
    if address.startswith("unix:"):
        return [address]
    for prefix in ("dns:///", "dns:", "ipv4:", "ipv6:"):
        if address.startswith(prefix):
            address = address[len(prefix):]
            break
    host, colon, port = address.rpartition(":")
    if not colon or not port.isdigit():
        raise ValueError(address)
    host = host.strip("[]") or "::"
    found: list[str] = []
    for family, _, _, _, sockaddr in socket.getaddrinfo(host, int(port), type=socket.SOCK_STREAM,
                                                        flags=socket.AI_PASSIVE):
        if family in (socket.AF_INET, socket.AF_INET6):
            text = f"[{sockaddr[0]}]" if family == socket.AF_INET6 else str(sockaddr[0])
            if text not in found:
                found.append(text)
    return [f"{text}:{port}" for text in found]


class _Server(_api.Server):
    def __init__(
        self, thread_pool: concurrent.futures.Executor, generic_handlers: Sequence[_api.GenericRpcHandler],
        interceptors: Sequence[_api.ServerInterceptor], options: Iterable[ChannelArgumentType],
        maximum_concurrent_rpcs: int | None, compression: _api.Compression | None, xds: bool,
    ) -> None:
        if xds:
            raise NotImplementedError("weir has no xDS server")
        given = _common.Options(options)
        core = _weir.Server(
            max_workers=getattr(thread_pool, "_max_workers", None) or 0,
            max_concurrent=maximum_concurrent_rpcs or 0,
            max_recv=given.size("grpc.max_receive_message_length"),
            max_send=given.size("grpc.max_send_message_length"),
            max_streams=max(given.number("grpc.max_concurrent_streams"), 0),
            max_metadata=max(given.number("grpc.max_metadata_size"), 0),
            reuse_port=bool(given.get("grpc.so_reuseport", 1)),
            compression=given.compression(compression))
        self._state = _State(thread_pool, core, generic_handlers, _interceptor.service_pipeline(interceptors))

    def add_generic_rpc_handlers(self, generic_rpc_handlers: Iterable[_api.GenericRpcHandler]) -> None:
        for handler in generic_rpc_handlers:
            if not callable(getattr(handler, "service", None)):
                raise AttributeError(
                    '"{}" must conform to grpc.GenericRpcHandler type but does not have "service" method!'.format(
                        handler))
        self._state.generic_handlers.extend(generic_rpc_handlers)

    def add_registered_method_handlers(self, service_name: str, method_handlers: Mapping[str, _Handler]) -> None:
        if self._state.started:
            return
        for method, handler in method_handlers.items():
            self._state.registered[_common.fully_qualified_method(service_name, method)] = handler

    def _listen(self, address: str | bytes, spec: Any) -> int:
        address = _common.decode(address)
        port = 0
        try:
            creds = None if spec is None else spec.listen()
            for i, each in enumerate(_addresses(address)):
                if i and port and each.endswith(":0"):
                    each = f"{each[:-1]}{port}"
                try:
                    port = self._state.core.listen(each, creds) or port or 1
                except RuntimeError:
                    if not port:
                        raise
        except (RuntimeError, ValueError, OSError) as error:
            raise RuntimeError(_common._ERROR_MESSAGE_PORT_BINDING_FAILED % address) from error
        return port

    def add_insecure_port(self, address: str) -> int:
        return self._listen(address, None)

    def add_secure_port(self, address: str, server_credentials: _api.ServerCredentials) -> int:
        spec = server_credentials._credentials
        if isinstance(spec, (_auth.Insecure, _auth.Local)):
            spec = None
        return self._listen(address, spec)

    def start(self) -> None:
        state = self._state
        with state.lock:
            if state.started:
                raise ValueError("Cannot start already-started server!" if not state.stopping
                                 else "the server has already started")
            state.started = True
        state.core.start()
        threading.Thread(target=state.dispatch, name="grpc-server", daemon=True).start()

    def wait_for_termination(self, timeout: float | None = None) -> bool:
        return not self._state.terminated.wait(timeout)

    def stop(self, grace: float | None) -> threading.Event:
        return self._state.stop(grace)

    def __del__(self) -> None:
        state = getattr(self, "_state", None)
        if state is not None and state.started and not state.terminated.is_set():
            state.stopping = True
            state.core.drain()
            state._cancel()


def create_server(
    thread_pool: concurrent.futures.Executor, generic_rpc_handlers: Sequence[_api.GenericRpcHandler],
    interceptors: Sequence[_api.ServerInterceptor], options: Iterable[ChannelArgumentType],
    maximum_concurrent_rpcs: int | None, compression: _api.Compression | None, xds: bool,
) -> _Server:
    for handler in generic_rpc_handlers:
        if not callable(getattr(handler, "service", None)):
            raise AttributeError(
                '"{}" must conform to grpc.GenericRpcHandler type but does not have "service" method!'.format(handler))
    for interceptor in interceptors:
        if not hasattr(interceptor, "intercept_service"):
            raise TypeError("Interceptor must be a ServerInterceptor")
    return _Server(thread_pool, generic_rpc_handlers, interceptors, options, maximum_concurrent_rpcs, compression, xds)
