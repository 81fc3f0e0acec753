# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Types of arguments and results."""
from typing import TYPE_CHECKING, Any, Callable, Iterable, Sequence, Tuple, TypeVar, Union

if TYPE_CHECKING:
    from grpc._cython.cygrpc import _Metadatum

MetadataKey = str
MetadataValue = Union[str, bytes]
MetadataType = Sequence[Tuple[MetadataKey, MetadataValue]]  # what programs give
ReceivedMetadata = Tuple["_Metadatum", ...]  # what they get: pairs with the names key and value
ChannelArgumentType = Tuple[str, Any]
RequestType = TypeVar("RequestType")
ResponseType = TypeVar("ResponseType")
SerializingFunction = Callable[[Any], bytes]
DeserializingFunction = Callable[[bytes], Any]
DoneCallbackType = Callable[[Any], None]
NullaryCallbackType = Callable[[], None]
RequestIterableType = Iterable[Any]
ResponseIterableType = Iterable[Any]
