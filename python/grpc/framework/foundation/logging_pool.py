# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""A thread pool that logs what its functions raise."""
from __future__ import annotations

import logging
from concurrent import futures
from typing import Any, Callable

_LOGGER = logging.getLogger(__name__)


def _wrap(behavior: Callable[..., Any]) -> Callable[..., Any]:
    def logged(*args: Any, **kwargs: Any) -> Any:
        try:
            return behavior(*args, **kwargs)
        except Exception:
            _LOGGER.exception("Unexpected exception from %s executed in logging pool!", behavior)
            raise

    return logged


class _LoggingPool:
    def __init__(self, backing_pool: futures.Executor) -> None:
        self._backing_pool = backing_pool

    def __enter__(self) -> _LoggingPool:
        return self

    def __exit__(self, *exc: object) -> None:
        self._backing_pool.shutdown(wait=True)

    @property
    def _work_queue(self) -> Any:
        """A server that works on this pool asks whether others wait for its threads."""
        return getattr(self._backing_pool, "_work_queue", None)

    @property
    def _max_workers(self) -> Any:
        return getattr(self._backing_pool, "_max_workers", None)

    @property
    def _shutdown(self) -> Any:
        return getattr(self._backing_pool, "_shutdown", False)

    def submit(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> futures.Future[Any]:
        return self._backing_pool.submit(_wrap(fn), *args, **kwargs)

    def map(self, func: Callable[..., Any], *iterables: Any, **kwargs: Any) -> Any:
        return self._backing_pool.map(_wrap(func), *iterables, timeout=kwargs.get("timeout"))

    def shutdown(self, wait: bool = True) -> None:
        self._backing_pool.shutdown(wait=wait)


def pool(max_workers: int) -> _LoggingPool:
    """A thread pool with that many threads."""
    return _LoggingPool(futures.ThreadPoolExecutor(max_workers))
