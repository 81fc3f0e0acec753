# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Handlers of the types in face."""
from __future__ import annotations

from typing import Any, Callable, NamedTuple

from grpc.framework.common import cardinality
from grpc.framework.common import style
from grpc.framework.interfaces.face import face


class _MethodImplementation(NamedTuple):
    cardinality: cardinality.Cardinality
    style: style.Service
    unary_unary_inline: Any = None
    unary_stream_inline: Any = None
    stream_unary_inline: Any = None
    stream_stream_inline: Any = None
    unary_unary_event: Any = None
    unary_stream_event: Any = None
    stream_unary_event: Any = None
    stream_stream_event: Any = None


face.MethodImplementation.register(_MethodImplementation)


def _maker(kind: str, how: str) -> Callable[[Any], Any]:
    def make(behavior: Any) -> Any:
        return _MethodImplementation(
            cardinality.Cardinality[kind.upper()], style.Service[how.upper()], **{f"{kind}_{how}": behavior})

    make.__name__ = make.__qualname__ = f"{kind}_{how}"
    make.__doc__ = f"A {kind.replace('_', '-')} handler, {how}."
    return make


unary_unary_inline = _maker("unary_unary", "inline")
unary_stream_inline = _maker("unary_stream", "inline")
stream_unary_inline = _maker("stream_unary", "inline")
stream_stream_inline = _maker("stream_stream", "inline")
unary_unary_event = _maker("unary_unary", "event")
unary_stream_event = _maker("unary_stream", "event")
stream_unary_event = _maker("stream_unary", "event")
stream_stream_event = _maker("stream_stream", "event")
