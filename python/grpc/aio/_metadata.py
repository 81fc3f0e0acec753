# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Metadata of asyncio calls."""
from __future__ import annotations

from collections.abc import Collection, ItemsView, Iterator, KeysView, ValuesView
from typing import Any, ClassVar, Tuple, Union

MetadataKey = str
MetadataValue = Union[str, bytes]


class Metadata(Collection[Tuple[MetadataKey, MetadataValue]]):
    """Pairs, those of a key together; a key may have several values. [key] is about the first of them."""

    def __init__(self, *args: tuple[MetadataKey, MetadataValue]) -> None:
        self._metadata: dict[MetadataKey, list[MetadataValue]] = {}
        for key, value in args:
            self.add(key, value)

    @classmethod
    def from_tuple(cls, raw_metadata: tuple[tuple[MetadataKey, MetadataValue], ...] | None) -> Metadata:
        return cls(*(raw_metadata or ()))

    def add(self, key: MetadataKey, value: MetadataValue) -> None:
        self._metadata.setdefault(key, []).append(value)

    def __len__(self) -> int:
        return sum(map(len, self._metadata.values()))

    def __getitem__(self, key: MetadataKey) -> MetadataValue:
        return self._metadata[key][0]

    def __setitem__(self, key: MetadataKey, value: MetadataValue) -> None:
        self._metadata.setdefault(key, [value])[0] = value

    def __delitem__(self, key: MetadataKey) -> None:
        values = self._metadata[key]
        del values[0]
        if not values:
            del self._metadata[key]

    def delete_all(self, key: MetadataKey) -> None:
        del self._metadata[key]

    def __iter__(self) -> Iterator[tuple[MetadataKey, MetadataValue]]:
        for key, values in self._metadata.items():
            for value in values:
                yield key, value

    def keys(self) -> KeysView[MetadataKey]:
        return self._metadata.keys()

    def values(self) -> ValuesView[list[MetadataValue]]:
        return self._metadata.values()

    def items(self) -> ItemsView[MetadataKey, list[MetadataValue]]:
        return self._metadata.items()

    def get(self, key: MetadataKey, default: Any = None) -> Any:
        return self._metadata[key][0] if key in self._metadata else default

    def get_all(self, key: MetadataKey) -> list[MetadataValue]:
        return self._metadata.get(key, [])

    def set_all(self, key: MetadataKey, values: list[MetadataValue]) -> None:
        self._metadata[key] = values

    def __contains__(self, key: object) -> bool:
        return key in self._metadata

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Metadata):
            return self._metadata == other._metadata
        if isinstance(other, tuple):
            return tuple(self) == other
        return NotImplemented

    __hash__: ClassVar[None]  # type: ignore[assignment]

    def __add__(self, other: Any) -> Metadata:
        if isinstance(other, (Metadata, tuple)):
            return Metadata(*self, *other)
        return NotImplemented

    def __repr__(self) -> str:
        return f"Metadata({tuple(self)!r})"
