# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Names of the interface before 1.0."""
from __future__ import annotations

from typing import Any

import grpc
from grpc.framework import _abstract

ChannelConnectivity = grpc.ChannelConnectivity
ChannelConnectivity.FATAL_FAILURE = ChannelConnectivity.SHUTDOWN  # type: ignore[attr-defined]
StatusCode = grpc.StatusCode


class GRPCCallOptions:
    """What only gRPC's calls have."""

    def __init__(self, disable_compression: bool, subcall_of: Any, credentials: grpc.CallCredentials | None) -> None:
        self.disable_compression, self.subcall_of, self.credentials = disable_compression, subcall_of, credentials


def grpc_call_options(
    disable_compression: bool = False, credentials: grpc.CallCredentials | None = None
) -> GRPCCallOptions:
    return GRPCCallOptions(disable_compression, None, credentials)


GRPCAuthMetadataContext = grpc.AuthMetadataContext
GRPCAuthMetadataPluginCallback = grpc.AuthMetadataPluginCallback
GRPCAuthMetadataPlugin = grpc.AuthMetadataPlugin


def _interface(name: str, doc: str, methods: str) -> Any:
    return _abstract.interface(__name__, name, doc, methods)


GRPCServicerContext = _interface(
    "GRPCServicerContext", "What only gRPC's server side has.", "peer disable_next_response_compression")
GRPCInvocationContext = _interface(
    "GRPCInvocationContext", "What only gRPC's client side has.", "disable_next_request_compression")
Server = _interface("Server", "Serves calls.", "add_insecure_port add_secure_port start stop")
