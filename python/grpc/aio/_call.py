# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""The error of asyncio calls."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grpc._api import RpcError, StatusCode

if TYPE_CHECKING:
    from grpc.aio._metadata import Metadata


class AioRpcError(RpcError):
    """What a call that failed raises."""

    def __init__(
        self, code: StatusCode, initial_metadata: Metadata | None = None, trailing_metadata: Metadata | None = None,
        details: str | None = None, debug_error_string: str | None = None,
    ) -> None:
        super().__init__(code, initial_metadata, trailing_metadata, details, debug_error_string)
        self._code = code
        self._details = details
        self._initial_metadata = initial_metadata
        self._trailing_metadata = trailing_metadata
        self._debug_error_string = debug_error_string

    def code(self) -> StatusCode:
        return self._code

    def details(self) -> str | None:
        return self._details

    def initial_metadata(self) -> Any:
        return self._initial_metadata

    def trailing_metadata(self) -> Any:
        return self._trailing_metadata

    def debug_error_string(self) -> str | None:
        return self._debug_error_string

    def __str__(self) -> str:
        return (f"<{self.__class__.__name__} of RPC that terminated with:\n\tstatus = {self._code}\n"
                f'\tdetails = "{self._details}"\n\tdebug_error_string = "{self._debug_error_string}"\n>')

    __repr__ = __str__
