# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Small things that several modules share."""
from __future__ import annotations

import logging
import os
import time
from typing import TYPE_CHECKING, Any, Callable, Dict

from grpc import _api
from grpc._cython import cygrpc as cygrpc

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grpc._typing import ChannelArgumentType

_LOGGER = logging.getLogger(__name__)
_ERROR_MESSAGE_PORT_BINDING_FAILED = (
    "Failed to bind to address %s; set GRPC_VERBOSITY=debug environment variable to see detailed error message.")
MAXIMUM_WAIT_TIMEOUT = 0.1

CYGRPC_CONNECTIVITY_STATE_TO_CHANNEL_CONNECTIVITY = {s.value[0]: s for s in _api.ChannelConnectivity}
CYGRPC_STATUS_CODE_TO_STATUS_CODE = {c.value[0]: c for c in _api.StatusCode}
STATUS_CODE_TO_CYGRPC_STATUS_CODE = {c: c.value[0] for c in _api.StatusCode}


def encode(s: str | bytes) -> bytes:
    return s if isinstance(s, bytes) else s.encode("utf8")


def decode(b: str | bytes) -> str:
    return b if isinstance(b, str) else b.decode("utf-8", "replace")


def status_code(number: int) -> _api.StatusCode:
    """The StatusCode; numbers that are none are UNKNOWN."""
    return CYGRPC_STATUS_CODE_TO_STATUS_CODE.get(number, _api.StatusCode.UNKNOWN)


def _transform(message: Any, transformer: Callable[[Any], Any] | None, text: str) -> Any:
    if transformer is None:
        return message
    try:
        return transformer(message)
    except Exception:  # of any kind: it is the program's code
        _LOGGER.exception(text)
        return None


def serialize(message: Any, serializer: Callable[[Any], bytes] | None) -> Any:
    return _transform(message, serializer, "Exception serializing message!")


def deserialize(serialized_message: bytes, deserializer: Callable[[bytes], Any] | None) -> Any:
    return _transform(serialized_message, deserializer, "Exception deserializing message!")


def fully_qualified_method(group: str, method: str) -> str:
    return f"/{group}/{method}"


def wait(
    wait_fn: Callable[..., Any], wait_complete_fn: Callable[[], bool], timeout: float | None = None,
    spin_cb: Callable[[], None] | None = None,
) -> bool:
    """Calls wait_fn(timeout=…) until wait_complete_fn() is true: False; or for `timeout` seconds: True."""
    until = None if timeout is None else time.monotonic() + timeout
    while not wait_complete_fn():
        left = MAXIMUM_WAIT_TIMEOUT if until is None else until - time.monotonic()
        if left <= 0:
            return not wait_complete_fn()
        wait_fn(timeout=min(left, MAXIMUM_WAIT_TIMEOUT))
        if spin_cb is not None:
            spin_cb()
    return False


def validate_port_binding_result(address: str, port: int) -> int:
    if port == 0:
        raise RuntimeError(_ERROR_MESSAGE_PORT_BINDING_FAILED % address)
    return port


def environment_flag(name: str) -> bool:
    return os.environ.get(name, "").lower() in ("1", "true", "yes", "y")


class Options(Dict[str, Any]):
    """The options of a channel or server by name. Values of a type that no option has are left out, as are unknown
    names by who reads them; a value of another type than its option's counts as absent."""

    def __init__(self, pairs: Iterable[ChannelArgumentType] | None) -> None:
        super().__init__()
        for key, value in pairs or ():
            if isinstance(value, (int, str, bytes)):
                self[decode(key)] = value

    def text(self, name: str) -> str | None:
        value = self.get(name)
        return decode(value) if isinstance(value, (str, bytes)) and value else None

    def number(self, name: str) -> int:
        value = self.get(name)
        return value if isinstance(value, int) else 0

    def milliseconds(self, name: str) -> int:
        """In ns, INT_MAX as grpcio has it for ever (-1); 0 if it is not there."""
        value = self.number(name)
        return -1 if value >= 0x7FFFFFFF else max(value, 0) * 1000000

    def compression(self, chosen: _api.Compression | None) -> int:
        """The number of what an argument or the option chooses; what is none is no compression."""
        number = self.number("grpc.default_compression_algorithm") if chosen is None else int(chosen)
        return number if number in (1, 2) else 0

    def size(self, name: str) -> int:
        """A limit of messages as libweir has it: 0 is its default."""
        value = self.get(name)
        if not isinstance(value, int):
            return 0
        return 0xFFFFFFFF if value < 0 else min(max(value, 1), 0xFFFFFFFF)
