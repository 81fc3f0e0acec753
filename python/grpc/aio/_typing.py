# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Types of arguments and results of grpc.aio."""
from typing import Any, AsyncIterable, Callable, Iterable, Sequence, Tuple, TypeVar, Union

from grpc._cython.cygrpc import EOF as EOF
from grpc.aio._metadata import Metadata, MetadataKey as MetadataKey, MetadataValue as MetadataValue

RequestType = TypeVar("RequestType")
ResponseType = TypeVar("ResponseType")
SerializingFunction = Callable[[Any], bytes]
DeserializingFunction = Callable[[bytes], Any]
MetadatumType = Tuple[MetadataKey, MetadataValue]
MetadataType = Union[Metadata, Sequence[MetadatumType]]
ChannelArgumentType = Sequence[Tuple[str, Any]]
EOFType = type(EOF)
DoneCallbackType = Callable[[Any], None]
RequestIterableType = Union[Iterable[Any], AsyncIterable[Any]]
ResponseIterableType = AsyncIterable[Any]
