# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""protos(), services(): modules out of .proto files at run time, by grpc_tools."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any, Callable

if TYPE_CHECKING:
    from types import ModuleType


def _tool(name: str, function: str) -> Callable[[str], Any]:
    try:
        from grpc_tools import protoc

        found: Callable[[str], Any] = getattr(protoc, name)
        return found
    except (ImportError, AttributeError):
        raise NotImplementedError(
            f"Install the grpcio-tools package (1.32.0+) to use the {function} function.") from None


def protos(protobuf_path: str) -> ModuleType:
    module: ModuleType = _tool("_protos", "protos")(protobuf_path)
    return module


def services(protobuf_path: str) -> ModuleType:
    module: ModuleType = _tool("_services", "services")(protobuf_path)
    return module


def protos_and_services(protobuf_path: str) -> tuple[ModuleType, ModuleType]:
    modules: tuple[ModuleType, ModuleType] = _tool("_protos_and_services", "protos_and_services")(protobuf_path)
    return modules
