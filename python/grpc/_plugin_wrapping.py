# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Call credentials from plugins."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from grpc import _auth
from grpc._auth import _AuthMetadataContext as _AuthMetadataContext

if TYPE_CHECKING:
    import grpc


def metadata_plugin_call_credentials(metadata_plugin: Any, name: str | None) -> grpc.CallCredentials:
    import grpc

    return grpc.CallCredentials(_auth.Plugin(metadata_plugin, name))
