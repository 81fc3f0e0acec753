# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""What may still change."""
from __future__ import annotations

import copy
import functools
import os
import threading
import time
import warnings
from typing import TYPE_CHECKING, Any, Callable, TypeVar

import grpc
from grpc import _auth
from grpc._cython.cygrpc import UsageError as UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grpc._api import CallIterator, RequestT, ResponseT
    from grpc._typing import ChannelArgumentType, MetadataType

_FunctionT = TypeVar("_FunctionT", bound=Callable[..., Any])

_EVICTION_SECONDS = int(os.environ.get("GRPC_PYTHON_MANAGED_CHANNEL_EVICTION_SECONDS", 600))
_MAXIMUM = int(os.environ.get("GRPC_PYTHON_MANAGED_CHANNEL_MAXIMUM", 256))
_TIMEOUT = float(os.environ.get("GRPC_PYTHON_DEFAULT_TIMEOUT_SECONDS", 60))


class ChannelOptions:
    """Names of options that Python alone knows."""

    SingleThreadedUnaryStream = "SingleThreadedUnaryStream"


class ExperimentalApiWarning(Warning):
    """What is used may change."""


def _warn_experimental(api_name: str, stack_offset: int) -> None:
    warnings.warn(f"'{api_name}' is an experimental API. It is subject to change or removal between minor releases.",
                  ExperimentalApiWarning, stacklevel=stack_offset)


def experimental_api(f: _FunctionT) -> _FunctionT:
    @functools.wraps(f)
    def _wrapper(*args: Any, **kwargs: Any) -> Any:
        _warn_experimental(f.__name__, 3)
        return f(*args, **kwargs)

    return _wrapper  # type: ignore[return-value]


def insecure_channel_credentials() -> grpc.ChannelCredentials:
    return grpc.ChannelCredentials(_auth.Insecure())


def wrap_server_method_handler(wrapper: Callable[[Any], Any], handler: Any) -> Any:
    """The handler with its behaviour wrapped; None for None."""
    if not handler:
        return None
    name = ("stream_" if handler.request_streaming else "unary_") + (
        "stream" if handler.response_streaming else "unary")
    if hasattr(handler, "_replace"):
        return handler._replace(**{name: wrapper(getattr(handler, name))})
    handler = copy.copy(handler)
    setattr(handler, name, wrapper(getattr(handler, name)))
    return handler


# ---- calls without a channel of one's own

_lock = threading.Lock()
_channels: dict[Any, tuple[grpc.Channel, float]] = {}


def _channel(
    target: str, options: Sequence[ChannelArgumentType], channel_credentials: grpc.ChannelCredentials | None,
    insecure: bool, compression: grpc.Compression | None,
) -> grpc.Channel:
    if insecure and channel_credentials is not None:
        raise ValueError("channel_credentials and insecure are mutually exclusive.")
    key = target, tuple(options), channel_credentials, insecure, compression
    now = time.monotonic()
    with _lock:
        for old in [k for k, (_, used) in _channels.items() if now - used > _EVICTION_SECONDS]:
            del _channels[old]
        found = _channels.get(key)
        if found is None:
            if len(_channels) >= _MAXIMUM:
                del _channels[min(_channels, key=lambda k: _channels[k][1])]
            if insecure or (channel_credentials and isinstance(channel_credentials._credentials, _auth.Insecure)):
                channel = grpc.insecure_channel(target, options, compression)
            else:
                channel = grpc.secure_channel(target, channel_credentials or grpc.ssl_channel_credentials(), options,
                                              compression)
        else:
            channel = found[0]
        _channels[key] = channel, now
    return channel


def unary_unary(
    request: RequestT,
    target: str,
    method: str,
    request_serializer: Callable[[RequestT], bytes] | None = None,
    response_deserializer: Callable[[bytes], ResponseT] | None = None,
    options: Sequence[ChannelArgumentType] = (),
    channel_credentials: grpc.ChannelCredentials | None = None,
    insecure: bool = False,
    call_credentials: grpc.CallCredentials | None = None,
    compression: grpc.Compression | None = None,
    wait_for_ready: bool | None = None,
    timeout: float | None = _TIMEOUT,
    metadata: MetadataType | None = None,
    _registered_method: bool | None = False,
) -> ResponseT:
    """A unary-unary call over a channel that is kept for later ones."""
    channel = _channel(target, options, channel_credentials, insecure, compression)
    call = channel.unary_unary(method, request_serializer, response_deserializer, _registered_method)
    return call(request, timeout, metadata, call_credentials, wait_for_ready is not False, compression)


def unary_stream(
    request: RequestT,
    target: str,
    method: str,
    request_serializer: Callable[[RequestT], bytes] | None = None,
    response_deserializer: Callable[[bytes], ResponseT] | None = None,
    options: Sequence[ChannelArgumentType] = (),
    channel_credentials: grpc.ChannelCredentials | None = None,
    insecure: bool = False,
    call_credentials: grpc.CallCredentials | None = None,
    compression: grpc.Compression | None = None,
    wait_for_ready: bool | None = None,
    timeout: float | None = _TIMEOUT,
    metadata: MetadataType | None = None,
    _registered_method: bool | None = False,
) -> CallIterator[ResponseT]:
    """A unary-stream call over a channel that is kept for later ones."""
    channel = _channel(target, options, channel_credentials, insecure, compression)
    call = channel.unary_stream(method, request_serializer, response_deserializer, _registered_method)
    return call(request, timeout, metadata, call_credentials, wait_for_ready is not False, compression)


def stream_unary(
    request_iterator: Iterable[RequestT],
    target: str,
    method: str,
    request_serializer: Callable[[RequestT], bytes] | None = None,
    response_deserializer: Callable[[bytes], ResponseT] | None = None,
    options: Sequence[ChannelArgumentType] = (),
    channel_credentials: grpc.ChannelCredentials | None = None,
    insecure: bool = False,
    call_credentials: grpc.CallCredentials | None = None,
    compression: grpc.Compression | None = None,
    wait_for_ready: bool | None = None,
    timeout: float | None = _TIMEOUT,
    metadata: MetadataType | None = None,
    _registered_method: bool | None = False,
) -> ResponseT:
    """A stream-unary call over a channel that is kept for later ones."""
    channel = _channel(target, options, channel_credentials, insecure, compression)
    call = channel.stream_unary(method, request_serializer, response_deserializer, _registered_method)
    return call(request_iterator, timeout, metadata, call_credentials, wait_for_ready is not False, compression)


def stream_stream(
    request_iterator: Iterable[RequestT],
    target: str,
    method: str,
    request_serializer: Callable[[RequestT], bytes] | None = None,
    response_deserializer: Callable[[bytes], ResponseT] | None = None,
    options: Sequence[ChannelArgumentType] = (),
    channel_credentials: grpc.ChannelCredentials | None = None,
    insecure: bool = False,
    call_credentials: grpc.CallCredentials | None = None,
    compression: grpc.Compression | None = None,
    wait_for_ready: bool | None = None,
    timeout: float | None = _TIMEOUT,
    metadata: MetadataType | None = None,
    _registered_method: bool | None = False,
) -> CallIterator[ResponseT]:
    """A stream-stream call over a channel that is kept for later ones."""
    channel = _channel(target, options, channel_credentials, insecure, compression)
    call = channel.stream_stream(method, request_serializer, response_deserializer, _registered_method)
    return call(request_iterator, timeout, metadata, call_credentials, wait_for_ready is not False, compression)
