# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Small things that several modules share."""
from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Callable

from grpc import _api
from grpc._cython import cygrpc as cygrpc

if TYPE_CHECKING:
    from collections.abc import Iterable

    from grpc._typing import ChannelArgumentType

_LOGGER = logging.getLogger(__name__)

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


def option_pairs(options: Iterable[ChannelArgumentType] | None) -> dict[str, Any]:
    """The options as a dict; values of a type that no option has are left out, as are unknown names by who reads it."""
    found = {}
    for pair in options or ():
        key, value = pair
        if isinstance(value, (int, str, bytes)):
            found[decode(key)] = value
    return found


def max_bytes(options: dict[str, Any], name: str) -> int:
    """A limit of messages as libweir has it: 0 is its default."""
    value = options.get(name)
    if value is None:
        return 0
    return 0xFFFFFFFF if value < 0 else min(max(value, 1), 0xFFFFFFFF)
