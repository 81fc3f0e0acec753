# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Servers of asyncio programs, and the contexts of their handlers."""
from __future__ import annotations

import abc
from typing import TYPE_CHECKING, Any, Generic

from grpc._api import Compression, RequestT, ResponseT, StatusCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import NoReturn

    from grpc._api import GenericRpcHandler, RpcMethodHandler, ServerCredentials, Status
    from grpc.aio._metadata import Metadata
    from grpc.aio._typing import MetadataType


class Server(abc.ABC):
    """Serves calls."""

    @abc.abstractmethod
    def add_generic_rpc_handlers(self, generic_rpc_handlers: Iterable[GenericRpcHandler]) -> None:
        """They are asked in this order."""

    def add_registered_method_handlers(
        self, service_name: str, method_handlers: Mapping[str, RpcMethodHandler[Any, Any]]
    ) -> None:
        """Nothing: the generic handlers are enough."""

    @abc.abstractmethod
    def add_insecure_port(self, address: str) -> int:
        """Serves in plain text; returns the port, which is chosen if the address has port 0."""

    @abc.abstractmethod
    def add_secure_port(self, address: str, server_credentials: ServerCredentials) -> int:
        """As add_insecure_port, with credentials."""

    @abc.abstractmethod
    async def start(self) -> None:
        """Begins to serve."""

    @abc.abstractmethod
    async def stop(self, grace: float | None) -> None:
        """Takes no more calls, and ends those that go on after `grace` seconds (None: at once)."""

    @abc.abstractmethod
    async def wait_for_termination(self, timeout: float | None = None) -> bool:
        """Waits until the server has stopped; True if that took longer than timeout seconds."""


class ServicerContext(abc.ABC, Generic[RequestT, ResponseT]):
    """The server's side of a call."""

    @abc.abstractmethod
    async def read(self) -> RequestT:
        """The next request, or EOF."""

    @abc.abstractmethod
    async def write(self, message: ResponseT) -> None:
        """Sends a response."""

    @abc.abstractmethod
    async def send_initial_metadata(self, initial_metadata: MetadataType) -> None:
        """Sends metadata ahead of the first response; once."""

    @abc.abstractmethod
    async def abort(self, code: StatusCode, details: str = "", trailing_metadata: MetadataType = ()) -> NoReturn:
        """Raises an exception that ends the call with this status."""
        raise NotImplementedError

    async def abort_with_status(self, status: Status) -> NoReturn:
        """The same; any object with the attributes of a Status does."""
        raise NotImplementedError("abort_with_status")

    @abc.abstractmethod
    def set_trailing_metadata(self, trailing_metadata: MetadataType) -> None:
        """The metadata that go with the status."""

    @abc.abstractmethod
    def invocation_metadata(self) -> Metadata | None:
        """The client's metadata."""

    @abc.abstractmethod
    def set_code(self, code: StatusCode) -> None:
        """The code that the call ends with when the handler returns."""

    @abc.abstractmethod
    def set_details(self, details: str) -> None:
        """The text to the code."""

    @abc.abstractmethod
    def set_compression(self, compression: Compression) -> None:
        """How the responses are to be compressed."""

    @abc.abstractmethod
    def disable_next_message_compression(self) -> None:
        """The next response goes uncompressed."""

    @abc.abstractmethod
    def peer(self) -> str:
        """The client's address."""

    @abc.abstractmethod
    def peer_identities(self) -> Iterable[bytes] | None:
        """Who the client is, if it proved that; else None."""

    @abc.abstractmethod
    def peer_identity_key(self) -> str | None:
        """The key of auth_context() that has the identities."""

    @abc.abstractmethod
    def auth_context(self) -> Mapping[str, Iterable[bytes]]:
        """What is known of the connection's security."""

    def time_remaining(self) -> float | None:
        """Seconds to the deadline; None if there is none."""
        raise NotImplementedError("time_remaining")

    def trailing_metadata(self) -> Any:
        """What set_trailing_metadata() set."""
        raise NotImplementedError("trailing_metadata")

    def code(self) -> Any:
        """What set_code() set."""
        raise NotImplementedError("code")

    def details(self) -> Any:
        """What set_details() set."""
        raise NotImplementedError("details")

    def add_done_callback(self, callback: Callable[[Any], None]) -> None:
        """Has callback(this context) called at the end."""
        raise NotImplementedError("add_done_callback")

    def cancelled(self) -> bool:
        """Whether the call was cancelled."""
        raise NotImplementedError("cancelled")

    def done(self) -> bool:
        """Whether the call is over."""
        raise NotImplementedError("done")
