# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Sessions of TLS that are kept for the next connection."""
from __future__ import annotations

from grpc import _auth


class SSLSessionCache:
    """The value of the channel option `grpc.ssl_session_cache`."""

    def __init__(self, cache: _auth.SessionCache) -> None:
        self._cache = cache

    def __int__(self) -> int:
        return id(self._cache)


def ssl_session_cache_lru(capacity: int) -> SSLSessionCache:
    """A cache of so many sessions."""
    return SSLSessionCache(_auth.SessionCache(capacity))
