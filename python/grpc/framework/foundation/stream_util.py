# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Consumers to build with."""
from __future__ import annotations

import logging
import queue
import threading
from typing import Any, Callable

from grpc.framework.foundation import stream

_LOGGER = logging.getLogger(__name__)
_END = object()


class TransformingConsumer(stream.Consumer):
    """Passes on what the transformation makes of each value."""

    def __init__(self, transformation: Callable[[Any], Any], downstream: stream.Consumer) -> None:
        self._transformation, self._downstream = transformation, downstream

    def consume(self, value: Any) -> None:
        self._downstream.consume(self._transformation(value))

    def terminate(self) -> None:
        self._downstream.terminate()

    def consume_and_terminate(self, value: Any) -> None:
        self._downstream.consume_and_terminate(self._transformation(value))


class IterableConsumer(stream.Consumer):
    """Can be iterated over for what it was given; waits for more until the end."""

    def __init__(self) -> None:
        self._values : queue.Queue[Any] = queue.Queue()

    def consume(self, value: Any) -> None:
        self._values.put(value)

    def terminate(self) -> None:
        self._values.put(_END)

    def consume_and_terminate(self, value: Any) -> None:
        self._values.put(value)
        self._values.put(_END)

    def __iter__(self) -> IterableConsumer:
        return self

    def __next__(self) -> Any:
        value = self._values.get()
        if value is _END:
            self._values.put(_END)
            raise StopIteration()
        return value

    next = __next__


class ThreadSwitchingConsumer(stream.Consumer):
    """Passes values on to the sink on a thread of the pool, in order."""

    def __init__(self, sink: stream.Consumer, pool: Any) -> None:
        self._sink, self._pool = sink, pool
        self._lock = threading.Lock()
        self._waiting: list[tuple[Callable[..., None], tuple[Any, ...]]] = []
        self._spinning = False

    def _spin(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._spinning = False
                    return
                pass_on, args = self._waiting.pop(0)
            try:
                pass_on(*args)
            except Exception:  # the program's code
                _LOGGER.exception("Exception in a consumer!")

    def _add(self, pass_on: Callable[..., None], *args: Any) -> None:
        with self._lock:
            self._waiting.append((pass_on, args))
            if self._spinning:
                return
            self._spinning = True
        self._pool.submit(self._spin)

    def consume(self, value: Any) -> None:
        self._add(self._sink.consume, value)

    def terminate(self) -> None:
        self._add(self._sink.terminate)

    def consume_and_terminate(self, value: Any) -> None:
        self._add(self._sink.consume_and_terminate, value)
