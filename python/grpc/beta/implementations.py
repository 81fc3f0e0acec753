# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Channels and credentials of the interface before 1.0. Its stubs and servers are not there: code generated for them
is from 2016; grpcio-tools, or weirc, makes what the present interface takes."""
from __future__ import annotations

from typing import Any, Callable, NamedTuple

import grpc
from grpc import _auth

ChannelCredentials = grpc.ChannelCredentials
CallCredentials = grpc.CallCredentials
ssl_channel_credentials = grpc.ssl_channel_credentials
ssl_server_credentials = grpc.ssl_server_credentials
metadata_call_credentials = grpc.metadata_call_credentials
access_token_call_credentials = grpc.access_token_call_credentials
composite_call_credentials = grpc.composite_call_credentials
composite_channel_credentials = grpc.composite_channel_credentials
ServerCredentials = grpc.ServerCredentials


def google_call_credentials(credentials: Any) -> grpc.CallCredentials:
    """Call credentials from what google-auth (or oauth2client before it) has."""
    return grpc.metadata_call_credentials(_auth.GoogleCallCredentials(credentials))


class Channel:
    """A channel, whose state can be watched."""

    def __init__(self, channel: Any) -> None:
        self._channel = channel

    def subscribe(self, callback: Any, try_to_connect: Any = None) -> None:
        self._channel.subscribe(callback, try_to_connect=try_to_connect)

    def unsubscribe(self, callback: Any) -> None:
        self._channel.unsubscribe(callback)


def _target(host: str, port: int | None) -> str:
    return host if port is None else f"{host}:{port}"


def insecure_channel(host: str, port: int | None) -> Channel:
    return Channel(grpc.insecure_channel(_target(host, port)))


def secure_channel(host: str, port: int | None, channel_credentials: grpc.ChannelCredentials) -> Channel:
    return Channel(grpc.secure_channel(_target(host, port), channel_credentials))


class StubOptions(NamedTuple):
    """How a stub is to be."""

    host: Any = None
    request_serializers: Any = None
    response_deserializers: Any = None
    metadata_transformer: Any = None
    thread_pool: Any = None
    thread_pool_size: Any = None


stub_options = StubOptions


class ServerOptions(NamedTuple):
    """How a server is to be."""

    multi_method_implementation: Any = None
    request_deserializers: Any = None
    response_serializers: Any = None
    thread_pool: Any = None
    thread_pool_size: Any = None
    default_timeout: Any = None
    maximum_timeout: Any = None


server_options = ServerOptions


def _gone(name: str) -> Callable[..., Any]:
    def gone(*args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(
            f"grpc.beta.implementations.{name}: weir has the present interface only; generate the code anew")

    gone.__name__ = gone.__qualname__ = name
    return gone


generic_stub = _gone("generic_stub")
dynamic_stub = _gone("dynamic_stub")
server = _gone("server")
