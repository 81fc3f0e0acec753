# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""How messages are compressed: names and numbers."""
from __future__ import annotations

from typing import TYPE_CHECKING

from grpc._api import Compression
from grpc._cython import cygrpc

if TYPE_CHECKING:
    from grpc._typing import MetadataType

NoCompression = Compression.NoCompression
Deflate = Compression.Deflate
Gzip = Compression.Gzip

_NAMES = {Compression.NoCompression: "identity", Compression.Deflate: "deflate", Compression.Gzip: "gzip"}


def compression_algorithm_to_metadata(compression: Compression) -> tuple[str, str]:
    """The pair of metadata that grpcio asks for an algorithm with."""
    return cygrpc.GRPC_COMPRESSION_REQUEST_ALGORITHM_MD_KEY, _NAMES[compression]


def augment_metadata(metadata: MetadataType | None, compression: Compression | None) -> MetadataType | None:
    """The metadata with that pair; None if there is nothing."""
    if not metadata and not compression:
        return None
    found = tuple(metadata or ())
    return (*found, compression_algorithm_to_metadata(compression)) if compression else found


def create_channel_option(compression: Compression | None) -> tuple[tuple[str, int], ...]:
    """The options that ask for an algorithm."""
    return ((cygrpc.GRPC_COMPRESSION_CHANNEL_DEFAULT_ALGORITHM, int(compression)),) if compression else ()
