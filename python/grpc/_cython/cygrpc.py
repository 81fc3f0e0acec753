# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Names that packages import from grpcio's extension module."""
from __future__ import annotations

import enum
from typing import NamedTuple

from grpc import _weir


class StatusCode(enum.IntEnum):
    ok = 0
    cancelled = 1
    unknown = 2
    invalid_argument = 3
    deadline_exceeded = 4
    not_found = 5
    already_exists = 6
    permission_denied = 7
    resource_exhausted = 8
    failed_precondition = 9
    aborted = 10
    out_of_range = 11
    unimplemented = 12
    internal = 13
    unavailable = 14
    data_loss = 15
    unauthenticated = 16


class ConnectivityState(enum.IntEnum):
    idle = 0
    connecting = 1
    ready = 2
    transient_failure = 3
    shutdown = 4


class CompressionAlgorithm(enum.IntEnum):
    none = 0
    deflate = 1
    gzip = 2


class CompressionLevel(enum.IntEnum):
    none = 0
    low = 1
    medium = 2
    high = 3


class LocalConnectionType(enum.IntEnum):
    uds = 0
    local_tcp = 1


class InitialMetadataFlags:
    wait_for_ready = 0x20
    wait_for_ready_explicitly_set = 0x80
    used_mask = 0xA4


class WriteFlag:
    buffer_hint = 1
    no_compress = 2


class ChannelArgKey:
    enable_census = b"grpc.census"
    http2_initial_sequence_number = b"grpc.http2.initial_sequence_number"
    max_concurrent_streams = b"grpc.max_concurrent_streams"
    max_receive_message_length = b"grpc.max_receive_message_length"
    max_send_message_length = b"grpc.max_send_message_length"
    primary_user_agent_string = b"grpc.primary_user_agent"
    secondary_user_agent_string = b"grpc.secondary_user_agent"
    ssl_session_cache = b"grpc.ssl_session_cache"
    ssl_target_name_override = b"grpc.ssl_target_name_override"
    default_authority = b"grpc.default_authority"


GRPC_COMPRESSION_CHANNEL_DEFAULT_ALGORITHM = "grpc.default_compression_algorithm"
GRPC_COMPRESSION_REQUEST_ALGORITHM_MD_KEY = "grpc-internal-encoding-request"


def compression_algorithm_name(algorithm: int) -> bytes:
    return (b"identity", b"deflate", b"gzip")[algorithm]


class _Metadatum(NamedTuple):
    """A pair of metadata that came from the peer."""

    key: str
    value: str | bytes


_weir.set_metadatum(_Metadatum)


class BaseError(Exception):
    """The base of errors of the runtime."""


class UsageError(BaseError):
    """The API is used in a way it cannot be."""


class InternalError(BaseError):
    """The runtime is wrong about itself."""


class AbortError(BaseError):
    """A handler aborted its call."""


class _EOF:
    """What reading an asyncio stream gives at its end."""

    def __bool__(self) -> bool:
        return False

    def __len__(self) -> int:
        return 0

    def __repr__(self) -> str:
        return "<grpc.aio.EOF>"


EOF = _EOF()


def get_deadline_from_context() -> None:
    return None


def is_fork_support_enabled() -> bool:
    """Forking is fine at any time: channels of the child connect anew."""
    return True
