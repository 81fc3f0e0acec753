# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Handlers, and the future of a channel that is to become ready."""
import collections
import logging
import threading
import time

from grpc import _api
from grpc import _common

_LOGGER = logging.getLogger(__name__)


class RpcMethodHandler(
    collections.namedtuple(
        "_RpcMethodHandler",
        ("request_streaming", "response_streaming", "request_deserializer", "response_serializer",
         "unary_unary", "unary_stream", "stream_unary", "stream_stream")),
    _api.RpcMethodHandler,
):
    pass


class DictionaryGenericHandler(_api.ServiceRpcHandler):
    def __init__(self, service, method_handlers):
        self._name = service
        self._method_handlers = {
            _common.fully_qualified_method(service, method): handler for method, handler in method_handlers.items()
        }

    def service_name(self):
        return self._name

    def service(self, handler_call_details):
        return self._method_handlers.get(handler_call_details.method)


class _ChannelReadyFuture(_api.Future):
    def __init__(self, channel):
        self._condition = threading.Condition()
        self._channel = channel
        self._matured = False
        self._cancelled = False
        self._callbacks = []

    def _block(self, timeout):
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

    def _end(self, cancelled):
        with self._condition:
            if self._matured or self._cancelled:
                return False
            self._cancelled = cancelled
            self._matured = not cancelled
            self._channel.unsubscribe(self._update)
            self._condition.notify_all()
            callbacks, self._callbacks = self._callbacks, ()
        for callback in callbacks:
            try:
                callback(self)
            except Exception:  # the program's code
                _LOGGER.exception("Exception in a callback!")
        return True

    def _update(self, connectivity):
        if connectivity is _api.ChannelConnectivity.READY:
            self._end(False)

    def cancel(self):
        return self._end(True)

    def cancelled(self):
        return self._cancelled

    def running(self):
        return not self.done()

    def done(self):
        return self._cancelled or self._matured

    def result(self, timeout=None):
        self._block(timeout)

    def exception(self, timeout=None):
        self._block(timeout)

    def traceback(self, timeout=None):
        self._block(timeout)

    def add_done_callback(self, fn):
        with self._condition:
            if not self.done():
                self._callbacks.append(fn)
                return
        fn(self)

    def start(self):
        self._channel.subscribe(self._update, try_to_connect=True)

    def __del__(self):
        if not self.done():
            self._channel.unsubscribe(self._update)


def channel_ready_future(channel):
    future = _ChannelReadyFuture(channel)
    future.start()
    return future


def first_version_is_lower(version1, version2):
    """True if the first of two versions of the form 1.2.3 is the lower one; False if one of them is no version."""
    parts1, parts2 = version1.split("."), version2.split(".")
    try:
        for one, two in zip(parts1[:3], parts2[:3]):
            if int(one) != int(two):
                return int(one) < int(two)
    except ValueError:
        return False
    return len(parts1) < len(parts2)
