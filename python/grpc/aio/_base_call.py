# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""What asyncio programs see of a call."""
from __future__ import annotations

import abc
from collections.abc import AsyncIterator, Callable, Generator
from typing import TYPE_CHECKING, Any, Generic

from grpc._api import RequestT, ResponseT, StatusCode

if TYPE_CHECKING:
    from typing import Union

    from grpc._cython.cygrpc import _EOF
    from grpc.aio._metadata import Metadata

    _Read = Union[_EOF, ResponseT]


class RpcContext(abc.ABC):
    """What both sides of a call may ask and tell."""

    @abc.abstractmethod
    def cancelled(self) -> bool:
        """Whether the call was cancelled."""

    @abc.abstractmethod
    def done(self) -> bool:
        """Whether the call is over."""

    @abc.abstractmethod
    def time_remaining(self) -> float | None:
        """Seconds to the deadline; None if there is none."""

    @abc.abstractmethod
    def cancel(self) -> bool:
        """Ends the call; False if it is over."""

    @abc.abstractmethod
    def add_done_callback(self, callback: Callable[[Any], None]) -> None:
        """Has callback(this call) called at the end."""


class Call(RpcContext):
    """The client's side of a call. Each coroutine waits for what it tells."""

    @abc.abstractmethod
    async def initial_metadata(self) -> Metadata:
        """The metadata that came before the first response."""

    @abc.abstractmethod
    async def trailing_metadata(self) -> Metadata:
        """The metadata that came with the status."""

    @abc.abstractmethod
    async def code(self) -> StatusCode:
        """How the call ended."""

    @abc.abstractmethod
    async def details(self) -> str:
        """The text to the code."""

    @abc.abstractmethod
    async def wait_for_connection(self) -> None:
        """Waits until there is a connection; raises AioRpcError if there will be none."""


class UnaryUnaryCall(Call, Generic[RequestT, ResponseT]):
    """One request, one response."""

    @abc.abstractmethod
    def __await__(self) -> Generator[Any, None, ResponseT]:
        """The response; raises AioRpcError."""


class UnaryStreamCall(Call, Generic[RequestT, ResponseT]):
    """One request, a stream of responses: to be iterated over or read, not both."""

    @abc.abstractmethod
    def __aiter__(self) -> AsyncIterator[ResponseT]:
        """The responses; raises AioRpcError."""

    @abc.abstractmethod
    async def read(self) -> _Read[ResponseT]:
        """The next response, or EOF."""


class StreamUnaryCall(Call, Generic[RequestT, ResponseT]):
    """A stream of requests, one response."""

    @abc.abstractmethod
    async def write(self, request: RequestT) -> None:
        """Sends a request."""

    @abc.abstractmethod
    async def done_writing(self) -> None:
        """There are no more requests."""

    @abc.abstractmethod
    def __await__(self) -> Generator[Any, None, ResponseT]:
        """The response; raises AioRpcError."""


class StreamStreamCall(Call, Generic[RequestT, ResponseT]):
    """Streams both ways."""

    @abc.abstractmethod
    def __aiter__(self) -> AsyncIterator[ResponseT]:
        """The responses; raises AioRpcError."""

    @abc.abstractmethod
    async def read(self) -> _Read[ResponseT]:
        """The next response, or EOF."""

    @abc.abstractmethod
    async def write(self, request: RequestT) -> None:
        """Sends a request."""

    @abc.abstractmethod
    async def done_writing(self) -> None:
        """There are no more requests."""
