# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Handlers, and the future of a channel that is to become ready."""
from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING, Any, Callable, NamedTuple

from grpc import _api
from grpc import _common

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType

_LOGGER = logging.getLogger(__name__)


class _RpcMethodHandler(NamedTuple):
    request_streaming: bool
    response_streaming: bool
    request_deserializer: Callable[[bytes], Any] | None
    response_serializer: Callable[[Any], bytes] | None
    unary_unary: Callable[[Any, _api.ServicerContext], Any] | None
    unary_stream: Callable[[Any, _api.ServicerContext], Iterator[Any]] | None
    stream_unary: Callable[[Iterator[Any], _api.ServicerContext], Any] | None
    stream_stream: Callable[[Iterator[Any], _api.ServicerContext], Iterator[Any]] | None


class RpcMethodHandler(_RpcMethodHandler, _api.RpcMethodHandler[Any, Any]):
    pass


class DictionaryGenericHandler(_api.ServiceRpcHandler):
    def __init__(self, service: str, method_handlers: Mapping[str, _api.RpcMethodHandler[Any, Any]]) -> None:
        self._name = service
        self._method_handlers = {
            _common.fully_qualified_method(service, method): handler for method, handler in method_handlers.items()
        }

    def service_name(self) -> str:
        return self._name

    def service(self, handler_call_details: _api.HandlerCallDetails) -> _api.RpcMethodHandler[Any, Any] | None:
        return self._method_handlers.get(handler_call_details.method)


class _ChannelReadyFuture(_api.Future[None]):
    def __init__(self, channel: _api.Channel) -> None:
        self._condition = threading.Condition()
        self._channel = channel
        self._matured = False
        self._cancelled = False
        self._callbacks: list[Callable[[Any], None]] = []

    def _block(self, timeout: float | None) -> None:
        until = None if timeout is None else time.monotonic() + timeout
        with self._condition:
            while True:
                if self._cancelled:
                    raise _api.FutureCancelledError()
                if self._matured:
                    return
                left = None if until is None else until - time.monotonic()
                if left is not None and left <= 0:
                    raise _api.FutureTimeoutError()
                self._condition.wait(left)

    def _end(self, cancelled: bool) -> bool:
        with self._condition:
            if self._matured or self._cancelled:
                return False
            self._cancelled = cancelled
            self._matured = not cancelled
            self._channel.unsubscribe(self._update)
            self._condition.notify_all()
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            try:
                callback(self)
            except Exception:  # the program's code
                _LOGGER.exception("Exception in a callback!")
        return True

    def _update(self, connectivity: _api.ChannelConnectivity) -> None:
        if connectivity is _api.ChannelConnectivity.READY:
            self._end(False)

    def cancel(self) -> bool:
        return self._end(True)

    def cancelled(self) -> bool:
        return self._cancelled

    def running(self) -> bool:
        return not self.done()

    def done(self) -> bool:
        return self._cancelled or self._matured

    def result(self, timeout: float | None = None) -> None:
        self._block(timeout)

    def exception(self, timeout: float | None = None) -> None:
        self._block(timeout)

    def traceback(self, timeout: float | None = None) -> None:
        self._block(timeout)

    def add_done_callback(self, fn: Callable[[Any], None]) -> None:
        with self._condition:
            if not self.done():
                self._callbacks.append(fn)
                return
        fn(self)

    def start(self) -> None:
        self._channel.subscribe(self._update, try_to_connect=True)

    def __del__(self) -> None:
        if not self.done():
            self._channel.unsubscribe(self._update)


def channel_ready_future(channel: _api.Channel) -> _ChannelReadyFuture:
    future = _ChannelReadyFuture(channel)
    future.start()
    return future


def first_version_is_lower(version1: str, version2: str) -> bool:
    """True if the first of two versions of the form 1.2.3 is the lower one; False if one of them is no version."""
    parts1, parts2 = version1.split("."), version2.split(".")
    try:
        for one, two in zip(parts1[:3], parts2[:3]):
            if int(one) != int(two):
                return int(one) < int(two)
    except ValueError:
        return False
    return len(parts1) < len(parts2)
