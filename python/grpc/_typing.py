# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Types of arguments."""
from typing import Any, Callable, Iterable, Sequence, Tuple, TypeVar, Union

MetadataKey = str
MetadataValue = Union[str, bytes]
MetadataType = Sequence[Tuple[MetadataKey, MetadataValue]]
ChannelArgumentType = Tuple[str, Any]
RequestType = TypeVar("RequestType")
ResponseType = TypeVar("ResponseType")
SerializingFunction = Callable[[Any], bytes]
DeserializingFunction = Callable[[bytes], Any]
DoneCallbackType = Callable[[Any], None]
NullaryCallbackType = Callable[[], None]
RequestIterableType = Iterable[Any]
ResponseIterableType = Iterable[Any]
