# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Operations between two ends, of which calls are one kind."""
import abc
import enum
from typing import Any

from grpc.framework import _abstract


def _interface(name: str, doc: str, methods: str, bases: Any = ()) -> Any:
    return _abstract.interface(__name__, name, doc, methods, bases)


class NoSuchMethodError(Exception):
    """There is no such method."""

    def __init__(self, code: Any, details: Any) -> None:
        super().__init__()
        self.code, self.details = code, details


class Outcome:
    """How an operation ended: `kind`, `code`, `details`."""

    @enum.unique
    class Kind(enum.Enum):
        COMPLETED = "completed"
        CANCELLED = "cancelled"
        EXPIRED = "expired"
        LOCAL_SHUTDOWN = "local shutdown"
        REMOTE_SHUTDOWN = "remote shutdown"
        RECEPTION_FAILURE = "reception failure"
        TRANSMISSION_FAILURE = "transmission failure"
        LOCAL_FAILURE = "local failure"
        REMOTE_FAILURE = "remote failure"


class Completion(abc.ABC):
    """The end of one direction: `terminal_metadata`, `code`, `message`."""


OperationContext = _interface(
    "OperationContext", "An operation as those who serve it see it.",
    "outcome add_termination_callback time_remaining cancel fail")
Operator = _interface("Operator", "Takes what one end gives.", "advance")
ProtocolReceiver = _interface("ProtocolReceiver", "Takes what is peculiar to a protocol.", "context")


class Subscription(abc.ABC):
    """How much one end wants to hear: `kind`, `operator`, `protocol_receiver`, …"""

    @enum.unique
    class Kind(enum.Enum):
        NONE = "none"
        TERMINATION_ONLY = "termination only"
        FULL = "full"


Servicer = _interface("Servicer", "Serves operations.", "service")
End = _interface(
    "End", "Starts and serves operations.", "start stop operate operation_stats add_idle_action")
