# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""The thread that runs callbacks: started when there is something to call back."""
from __future__ import annotations

import logging
import os
import threading

from grpc import _weir

_LOGGER = logging.getLogger(__name__)
_lock = threading.Lock()
_events: _weir.Events | None = None


def _run(events: _weir.Events) -> None:
    while True:
        for tag in events.take(3600.0):
            try:
                tag()
            except Exception:  # the program's code
                _LOGGER.exception("Exception in a callback!")
            del tag


def _after_fork_in_child() -> None:
    """The thread is the parent's; the next who needs one starts another."""
    global _lock, _events
    _of_the_parent.append(_events)
    _lock, _events = threading.Lock(), None


_of_the_parent: list[_weir.Events | None] = []
if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)


def queue() -> _weir.Events:
    """Where callables are put that are to be called on the thread."""
    global _events
    if _events is None:
        with _lock:
            if _events is None:
                events = _weir.Events()
                threading.Thread(target=_run, args=(events,), name="grpc-callbacks", daemon=True).start()
                _events = events
    return _events
