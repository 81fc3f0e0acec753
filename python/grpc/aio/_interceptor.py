# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Interceptors of asyncio programs, of both sides."""
from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any, NamedTuple

import grpc
from grpc._api import CallCredentials, RequestT, ResponseT
from grpc.aio._base_call import StreamStreamCall, StreamUnaryCall, UnaryStreamCall, UnaryUnaryCall

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable
    from typing import Union

    from grpc._api import HandlerCallDetails, RpcMethodHandler

    _Requests = Union[AsyncIterable[RequestT], Iterable[RequestT]]


class _Details(NamedTuple):
    method: str
    timeout: float | None
    metadata: Any  # Metadata, where the synchronous interface has pairs
    credentials: CallCredentials | None
    wait_for_ready: bool | None


class ClientCallDetails(_Details, grpc.ClientCallDetails):
    """What is known of a call before it starts."""


class ClientInterceptor(abc.ABC):
    """The base of the four kinds of client interceptor."""


class UnaryUnaryClientInterceptor(ClientInterceptor):
    """Gets between a program and its unary-unary calls."""

    @abc.abstractmethod
    async def intercept_unary_unary(
        self,
        continuation: Callable[[ClientCallDetails, RequestT], Awaitable[UnaryUnaryCall[RequestT, ResponseT]]],
        client_call_details: ClientCallDetails,
        request: RequestT,
    ) -> ResponseT | UnaryUnaryCall[RequestT, ResponseT]:
        """Returns `await continuation(details, request)`, or something like it."""


class UnaryStreamClientInterceptor(ClientInterceptor):
    """Gets between a program and its unary-stream calls."""

    @abc.abstractmethod
    async def intercept_unary_stream(
        self,
        continuation: Callable[[ClientCallDetails, RequestT], Awaitable[UnaryStreamCall[RequestT, ResponseT]]],
        client_call_details: ClientCallDetails,
        request: RequestT,
    ) -> AsyncIterator[ResponseT] | UnaryStreamCall[RequestT, ResponseT]:
        """Returns `await continuation(details, request)`, or something like it."""


class StreamUnaryClientInterceptor(ClientInterceptor):
    """Gets between a program and its stream-unary calls."""

    @abc.abstractmethod
    async def intercept_stream_unary(
        self,
        continuation: Callable[[ClientCallDetails, _Requests[RequestT]], Awaitable[StreamUnaryCall[RequestT, ResponseT]]],
        client_call_details: ClientCallDetails,
        request_iterator: _Requests[RequestT],
    ) -> ResponseT | StreamUnaryCall[RequestT, ResponseT]:
        """Returns `await continuation(details, request_iterator)`, or something like it."""


class StreamStreamClientInterceptor(ClientInterceptor):
    """Gets between a program and its stream-stream calls."""

    @abc.abstractmethod
    async def intercept_stream_stream(
        self,
        continuation: Callable[[ClientCallDetails, _Requests[RequestT]], Awaitable[StreamStreamCall[RequestT, ResponseT]]],
        client_call_details: ClientCallDetails,
        request_iterator: _Requests[RequestT],
    ) -> AsyncIterator[ResponseT] | StreamStreamCall[RequestT, ResponseT]:
        """Returns `await continuation(details, request_iterator)`, or something like it."""


class ServerInterceptor(abc.ABC):
    """Gets between calls and their handlers."""

    @abc.abstractmethod
    async def intercept_service(
        self,
        continuation: Callable[[HandlerCallDetails], Awaitable[RpcMethodHandler[RequestT, ResponseT] | None]],
        handler_call_details: HandlerCallDetails,
    ) -> RpcMethodHandler[RequestT, ResponseT] | None:
        """Returns `await continuation(handler_call_details)`, or another handler, or None."""
