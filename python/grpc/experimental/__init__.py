# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""What may still change."""
import copy
import functools
import threading
import time
import warnings

import grpc
from grpc import _auth
from grpc._cython.cygrpc import UsageError  # noqa: F401

_EVICTION_SECONDS = 600
_MAXIMUM = 256


class ChannelOptions:
    """Names of options that Python alone knows."""

    SingleThreadedUnaryStream = "SingleThreadedUnaryStream"


class ExperimentalApiWarning(Warning):
    """What is used may change."""


def _warn_experimental(api_name, stack_offset):
    warnings.warn(f"'{api_name}' is an experimental API. It is subject to change or removal between minor releases.",
                  ExperimentalApiWarning, stacklevel=stack_offset)


def experimental_api(f):
    @functools.wraps(f)
    def _wrapper(*args, **kwargs):
        _warn_experimental(f.__name__, 3)
        return f(*args, **kwargs)

    return _wrapper


def insecure_channel_credentials():
    return grpc.ChannelCredentials(_auth.Insecure())


def wrap_server_method_handler(wrapper, handler):
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
_channels = {}


def _channel(target, options, channel_credentials, insecure, compression):
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


def _make(kind):
    def call(request, target, method, request_serializer=None, response_deserializer=None, options=(),
             channel_credentials=None, insecure=False, call_credentials=None, compression=None, wait_for_ready=None,
             timeout=60.0, metadata=None, _registered_method=False):
        channel = _channel(target, options, channel_credentials, insecure, compression)
        multicallable = getattr(channel, kind)(
            method, request_serializer, response_deserializer, _registered_method=_registered_method)
        return multicallable(request, timeout=timeout, metadata=metadata, credentials=call_credentials,
                             wait_for_ready=True if wait_for_ready is None else wait_for_ready,
                             compression=compression)

    call.__name__ = call.__qualname__ = kind
    call.__doc__ = f"A {kind.replace('_', '-')} call over a channel that is kept for later ones."
    return call


unary_unary = _make("unary_unary")
unary_stream = _make("unary_stream")
stream_unary = _make("stream_unary")
stream_stream = _make("stream_stream")
