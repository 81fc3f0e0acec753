# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Calls without a channel of one's own: channels are made as they are needed, and kept for a while."""
from __future__ import annotations

import logging
import os
import threading
import time
from typing import TYPE_CHECKING, Any, Callable

import grpc
from grpc import _auth

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from grpc._api import CallIterator, RequestT, ResponseT
    from grpc._typing import ChannelArgumentType, MetadataType

_LOGGER = logging.getLogger(__name__)


def _seconds(name: str, default: float) -> float:
    """A number from the environment; what is none is the default."""
    text = os.environ.get(name)
    try:
        return float(text) if text else default
    except ValueError:
        _LOGGER.error("%s=%r is not a number; it is taken as %s", name, text, default)
        return default


_EVICTION_PERIOD = _seconds("GRPC_PYTHON_MANAGED_CHANNEL_EVICTION_SECONDS", 600.0)
_MAXIMUM_CHANNELS = int(_seconds("GRPC_PYTHON_MANAGED_CHANNEL_MAXIMUM", 256))
_DEFAULT_TIMEOUT = _seconds("GRPC_PYTHON_DEFAULT_TIMEOUT_SECONDS", 60.0)


def _create_channel(
    target: str, options: Sequence[ChannelArgumentType], channel_credentials: grpc.ChannelCredentials,
    compression: grpc.Compression | None,
) -> grpc.Channel:
    if isinstance(channel_credentials._credentials, _auth.Insecure):
        return grpc.insecure_channel(target, options, compression)
    return grpc.secure_channel(target, channel_credentials, options, compression)


class ChannelCache:
    """Channels by what they were asked for with; those that were not used for a while are dropped."""

    _singleton: ChannelCache | None = None
    _lock = threading.RLock()

    def __init__(self) -> None:
        self._channels: dict[Any, list[Any]] = {}  # key -> [channel, when it was used last]; in the order of use
        self._condition = threading.Condition(self._lock)
        self._evicting = False

    @staticmethod
    def get() -> ChannelCache:
        with ChannelCache._lock:
            if ChannelCache._singleton is None:
                ChannelCache._singleton = ChannelCache()
            return ChannelCache._singleton

    def _evict(self) -> None:
        """The life of a thread: until there is no channel."""
        with self._condition:
            while self._channels:
                oldest = next(iter(self._channels))
                left = self._channels[oldest][1] + _EVICTION_PERIOD - time.monotonic()
                if left > 0:
                    self._condition.wait(left)
                else:
                    del self._channels[oldest]  # its calls keep it alive as long as they run
            self._evicting = False

    def _started(self) -> None:
        if not self._evicting:
            self._evicting = True
            threading.Thread(target=self._evict, name="grpc-channel-eviction", daemon=True).start()

    def get_channel(
        self, target: str, options: Sequence[ChannelArgumentType], channel_credentials: grpc.ChannelCredentials | None,
        insecure: bool, compression: grpc.Compression | None, method: str | None = None,
        _registered_method: bool = False,
    ) -> tuple[grpc.Channel, None]:
        """(channel, None): the second is grpcio's number of a registered method."""
        if insecure and channel_credentials:
            raise ValueError("The insecure option is mutually exclusive with the channel_credentials option."
                             " Please use one or the other.")
        if insecure:
            channel_credentials = _INSECURE
        elif channel_credentials is None:
            channel_credentials = _DEFAULT
        key = target, tuple(options), channel_credentials, compression
        with self._condition:
            found = self._channels.pop(key, None)
            if found is None:
                while len(self._channels) >= max(_MAXIMUM_CHANNELS, 1):
                    self._channels.pop(next(iter(self._channels)))
                found = [_create_channel(target, options, channel_credentials, compression), 0]
            found[1] = time.monotonic()
            self._channels[key] = found
            self._started()
            return found[0], None

    def _test_only_channel_count(self) -> int:
        with self._lock:
            return len(self._channels)


def _after_fork_in_child() -> None:
    """The eviction's thread is the parent's."""
    ChannelCache._lock = threading.RLock()
    cache = ChannelCache._singleton
    if cache is not None:
        cache._condition = threading.Condition(ChannelCache._lock)
        cache._evicting = False


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_after_fork_in_child)

_INSECURE = grpc.ChannelCredentials(_auth.INSECURE)
_DEFAULT = grpc.ssl_channel_credentials()


def _channel_for(
    target: str, options: Sequence[ChannelArgumentType], channel_credentials: grpc.ChannelCredentials | None,
    insecure: bool, compression: grpc.Compression | None,
) -> grpc.Channel:
    return ChannelCache.get().get_channel(target, options, channel_credentials, insecure, compression)[0]


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
    timeout: float | None = _DEFAULT_TIMEOUT,
    metadata: MetadataType | None = None,
    _registered_method: bool | None = False,
) -> ResponseT:
    """A unary-unary call over a channel that is kept for later ones."""
    channel = _channel_for(target, options, channel_credentials, insecure, compression)
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
    timeout: float | None = _DEFAULT_TIMEOUT,
    metadata: MetadataType | None = None,
    _registered_method: bool | None = False,
) -> CallIterator[ResponseT]:
    """A unary-stream call over a channel that is kept for later ones."""
    channel = _channel_for(target, options, channel_credentials, insecure, compression)
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
    timeout: float | None = _DEFAULT_TIMEOUT,
    metadata: MetadataType | None = None,
    _registered_method: bool | None = False,
) -> ResponseT:
    """A stream-unary call over a channel that is kept for later ones."""
    channel = _channel_for(target, options, channel_credentials, insecure, compression)
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
    timeout: float | None = _DEFAULT_TIMEOUT,
    metadata: MetadataType | None = None,
    _registered_method: bool | None = False,
) -> CallIterator[ResponseT]:
    """A stream-stream call over a channel that is kept for later ones."""
    channel = _channel_for(target, options, channel_credentials, insecure, compression)
    call = channel.stream_stream(method, request_serializer, response_deserializer, _registered_method)
    return call(request_iterator, timeout, metadata, call_credentials, wait_for_ready is not False, compression)
