# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Futures of channels, of the interface before 1.0."""
from __future__ import annotations

from typing import Any, Callable

import grpc
from grpc.beta import implementations
from grpc.framework.foundation import future


class _ChannelReadyFuture(future.Future[None]):
    """grpc's, with the exceptions of framework.foundation.future."""

    def __init__(self, ready: grpc.Future[None]) -> None:
        self._ready = ready

    def _ask(self, what: str, timeout: float | None) -> Any:
        try:
            return getattr(self._ready, what)(timeout)
        except grpc.FutureTimeoutError:
            raise future.TimeoutError() from None
        except grpc.FutureCancelledError:
            raise future.CancelledError() from None

    def cancel(self) -> bool:
        return self._ready.cancel()

    def cancelled(self) -> bool:
        return self._ready.cancelled()

    def running(self) -> bool:
        return self._ready.running()

    def done(self) -> bool:
        return self._ready.done()

    def result(self, timeout: float | None = None) -> Any:
        return self._ask("result", timeout)

    def exception(self, timeout: float | None = None) -> Any:
        return self._ask("exception", timeout)

    def traceback(self, timeout: float | None = None) -> Any:
        return self._ask("traceback", timeout)

    def add_done_callback(self, fn: Callable[[Any], Any]) -> None:
        self._ready.add_done_callback(lambda _: fn(self))


def channel_ready_future(channel: implementations.Channel) -> future.Future[None]:
    return _ChannelReadyFuture(grpc.channel_ready_future(channel._channel))
