# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Channels of asyncio programs, and what calls methods."""
from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Callable, Generic

from grpc._api import CallCredentials, ChannelConnectivity, Compression, RequestT, ResponseT, SelfT

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Iterable
    from types import TracebackType

    from grpc.aio._base_call import StreamStreamCall, StreamUnaryCall, UnaryStreamCall, UnaryUnaryCall
    from grpc.aio._typing import MetadataType


class UnaryUnaryMultiCallable(abc.ABC, Generic[RequestT, ResponseT]):
    """Calls a unary-unary method. Arguments: see grpc.UnaryUnaryMultiCallable."""

    @abc.abstractmethod
    def __call__(
        self,
        request: RequestT,
        *,
        timeout: float | None = None,
        metadata: MetadataType | None = None,
        credentials: CallCredentials | None = None,
        wait_for_ready: bool | None = None,
        compression: Compression | None = None,
    ) -> UnaryUnaryCall[RequestT, ResponseT]:
        """Starts the call."""


class UnaryStreamMultiCallable(abc.ABC, Generic[RequestT, ResponseT]):
    """Calls a unary-stream method. Arguments: see grpc.UnaryUnaryMultiCallable."""

    @abc.abstractmethod
    def __call__(
        self,
        request: RequestT,
        *,
        timeout: float | None = None,
        metadata: MetadataType | None = None,
        credentials: CallCredentials | None = None,
        wait_for_ready: bool | None = None,
        compression: Compression | None = None,
    ) -> UnaryStreamCall[RequestT, ResponseT]:
        """Starts the call."""


class StreamUnaryMultiCallable(abc.ABC, Generic[RequestT, ResponseT]):
    """Calls a stream-unary method. Arguments: see grpc.UnaryUnaryMultiCallable."""

    @abc.abstractmethod
    def __call__(
        self,
        request_iterator: Iterable[RequestT] | AsyncIterable[RequestT] | None = None,
        timeout: float | None = None,
        metadata: MetadataType | None = None,
        credentials: CallCredentials | None = None,
        wait_for_ready: bool | None = None,
        compression: Compression | None = None,
    ) -> StreamUnaryCall[RequestT, ResponseT]:
        """Starts the call."""


class StreamStreamMultiCallable(abc.ABC, Generic[RequestT, ResponseT]):
    """Calls a stream-stream method. Arguments: see grpc.UnaryUnaryMultiCallable."""

    @abc.abstractmethod
    def __call__(
        self,
        request_iterator: Iterable[RequestT] | AsyncIterable[RequestT] | None = None,
        timeout: float | None = None,
        metadata: MetadataType | None = None,
        credentials: CallCredentials | None = None,
        wait_for_ready: bool | None = None,
        compression: Compression | None = None,
    ) -> StreamStreamCall[RequestT, ResponseT]:
        """Starts the call."""


class Channel(abc.ABC):
    """A way to a service. In an `async with` statement it is closed at the end."""

    @abc.abstractmethod
    async def __aenter__(self: SelfT) -> SelfT:
        """Returns itself."""

    @abc.abstractmethod
    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> bool | None:
        """Closes it."""

    @abc.abstractmethod
    async def close(self, grace: float | None = None) -> None:
        """Takes no more calls, and cancels those that go on after `grace` seconds (None: at once)."""

    @abc.abstractmethod
    def get_state(self, try_to_connect: bool = False) -> ChannelConnectivity:
        """The present state."""

    @abc.abstractmethod
    async def wait_for_state_change(self, last_observed_state: ChannelConnectivity) -> None:
        """Waits until the state is another."""

    @abc.abstractmethod
    async def channel_ready(self) -> None:
        """Connects, and waits until that is done."""

    @abc.abstractmethod
    def unary_unary(
        self,
        method: str,
        request_serializer: Callable[[RequestT], bytes] | None = None,
        response_deserializer: Callable[[bytes], ResponseT] | None = None,
        _registered_method: bool | None = False,
    ) -> UnaryUnaryMultiCallable[RequestT, ResponseT]:
        """What calls the method '/package.Service/Method'. Without serializer or deserializer, messages are bytes."""

    @abc.abstractmethod
    def unary_stream(
        self,
        method: str,
        request_serializer: Callable[[RequestT], bytes] | None = None,
        response_deserializer: Callable[[bytes], ResponseT] | None = None,
        _registered_method: bool | None = False,
    ) -> UnaryStreamMultiCallable[RequestT, ResponseT]:
        """What calls the method '/package.Service/Method'. Without serializer or deserializer, messages are bytes."""

    @abc.abstractmethod
    def stream_unary(
        self,
        method: str,
        request_serializer: Callable[[RequestT], bytes] | None = None,
        response_deserializer: Callable[[bytes], ResponseT] | None = None,
        _registered_method: bool | None = False,
    ) -> StreamUnaryMultiCallable[RequestT, ResponseT]:
        """What calls the method '/package.Service/Method'. Without serializer or deserializer, messages are bytes."""

    @abc.abstractmethod
    def stream_stream(
        self,
        method: str,
        request_serializer: Callable[[RequestT], bytes] | None = None,
        response_deserializer: Callable[[bytes], ResponseT] | None = None,
        _registered_method: bool | None = False,
    ) -> StreamStreamMultiCallable[RequestT, ResponseT]:
        """What calls the method '/package.Service/Method'. Without serializer or deserializer, messages are bytes."""
