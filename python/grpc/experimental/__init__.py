# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""What may still change."""
from __future__ import annotations

import copy
import functools
import warnings
from typing import Any, Callable, TypeVar

import grpc
from grpc import _auth
from grpc._cython.cygrpc import UsageError as UsageError

_FunctionT = TypeVar("_FunctionT", bound=Callable[..., Any])


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
    return grpc.ChannelCredentials(_auth.INSECURE)


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


def ssl_channel_credentials_with_custom_signer(
    *, private_key_sign_fn: Any, root_certificates: bytes | None = None, certificate_chain: bytes
) -> grpc.ChannelCredentials:
    raise NotImplementedError("weir signs with the key that ssl_channel_credentials is given")


from grpc._simple_stubs import stream_stream, stream_unary, unary_stream, unary_unary  # noqa: E402

__all__ = ("ChannelOptions", "ExperimentalApiWarning", "UsageError", "experimental_api",
           "insecure_channel_credentials", "ssl_channel_credentials_with_custom_signer", "stream_stream",
           "stream_unary", "unary_stream", "unary_unary", "wrap_server_method_handler")
