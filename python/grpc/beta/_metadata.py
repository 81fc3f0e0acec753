# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Metadata of then and now: pairs whose keys were bytes once."""
from __future__ import annotations

from typing import Any

from grpc import _common
from grpc._cython.cygrpc import _Metadatum


def _value(key: str, value: Any) -> Any:
    return value if key.endswith("-bin") else _common.decode(value)


def beta(metadata: Any) -> tuple[tuple[Any, Any], ...]:
    """Metadata as then."""
    return tuple((pair[0], pair[1]) for pair in metadata or ())


def unbeta(beta_metadata: Any) -> tuple[_Metadatum, ...]:
    """Metadata as now."""
    if beta_metadata is None:
        return ()
    return tuple(_Metadatum(_common.decode(k), _value(_common.decode(k), v)) for k, v in beta_metadata)
