# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Handlers of the types in face."""
from __future__ import annotations

import collections
from typing import Any, Callable

from grpc.framework.common import cardinality
from grpc.framework.common import style
from grpc.framework.interfaces.face import face

_KINDS = ("unary_unary", "unary_stream", "stream_unary", "stream_stream")
_BEHAVIORS = tuple(f"{kind}_{how}" for how in ("inline", "event") for kind in _KINDS)


_Fields: Any = collections.namedtuple("_Fields", " ".join(("cardinality", "style", *_BEHAVIORS)))


class _MethodImplementation(_Fields, face.MethodImplementation):  # type: ignore[misc]
    pass


def _maker(kind: str, how: str) -> Callable[[Any], face.MethodImplementation]:
    def make(behavior: Any) -> face.MethodImplementation:
        behaviors = [behavior if name == f"{kind}_{how}" else None for name in _BEHAVIORS]
        return _MethodImplementation(
            cardinality.Cardinality[kind.upper()], style.Service[how.upper()], *behaviors)

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
