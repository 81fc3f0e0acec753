# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Calling things that may raise."""
from __future__ import annotations

import abc
import collections
import enum
import functools
import logging
from typing import Any, Callable

_LOGGER = logging.getLogger(__name__)


class Outcome(abc.ABC):
    """What became of a call: `kind`, and `return_value` or `exception`."""

    @enum.unique
    class Kind(enum.Enum):
        """Returned, or raised."""

        RETURNED = object()
        RAISED = object()


class _EasyOutcome(collections.namedtuple("_EasyOutcome", ("kind", "return_value", "exception")), Outcome):
    pass


def call_logging_exceptions(behavior: Callable[..., Any], message: str, *args: Any, **kwargs: Any) -> Outcome:
    """Calls behavior; what it raises is logged with the message. The Outcome."""
    try:
        return _EasyOutcome(Outcome.Kind.RETURNED, behavior(*args, **kwargs), None)
    except Exception as error:  # of any kind: it is the program's code
        _LOGGER.exception(message)
        return _EasyOutcome(Outcome.Kind.RAISED, None, error)


def with_exceptions_logged(behavior: Callable[..., Any], message: str) -> Callable[..., Outcome]:
    """The behavior as one that logs what it raises and returns an Outcome."""

    @functools.wraps(behavior)
    def wrapped(*args: Any, **kwargs: Any) -> Outcome:
        return call_logging_exceptions(behavior, message, *args, **kwargs)

    return wrapped
