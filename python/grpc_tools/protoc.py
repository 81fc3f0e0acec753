# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""The compiler's command line, and modules made from .proto files when they are imported.

Once this module is imported, `import a.b_pb2` finds a/b.proto on sys.path and compiles it, unless the environment has
GRPC_PYTHON_DISABLE_DYNAMIC_STUBS.
"""
from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import os
import pathlib
import sys
import threading
from collections.abc import Callable, Sequence
from types import CodeType, ModuleType

from grpc_tools import _protoc_compiler

_PROTO_MODULE_SUFFIX = "_pb2"
_SERVICE_MODULE_SUFFIX = "_pb2_grpc"
_DISABLE_DYNAMIC_STUBS = "GRPC_PYTHON_DISABLE_DYNAMIC_STUBS"

_CodegenFn = Callable[[bytes, Sequence[bytes]], "list[tuple[bytes, bytes]]"]


def main(command_arguments: Sequence[str]) -> int:
    """Runs the compiler as a command line would; the first argument stands for the program's name and is not looked
    at. Returns the exit status."""
    return _protoc_compiler.run_main([os.fsencode(argument) for argument in command_arguments])


def _get_resource_file_name(package: str, resource_name: str) -> str:
    module = sys.modules.get(package) or importlib.import_module(package)
    if not module.__file__:
        raise FileNotFoundError(resource_name)
    return str(pathlib.Path(module.__file__).resolve().parent / resource_name)


def entrypoint() -> None:
    sys.exit(main([*sys.argv, "-I" + _get_resource_file_name("grpc_tools", "_proto")]))


# ---- modules from .proto files ------------------------------------------------------------------------------


def _module_name_to_proto_file(suffix: str, module_name: str) -> str:
    return module_name[: -len(suffix)].replace(".", "/") + ".proto"


def _proto_file_to_module_name(suffix: str, proto_file: str) -> str:
    return os.path.splitext(proto_file)[0].replace("-", "_").replace(os.path.sep, ".").replace("/", ".") + suffix


class ProtoLoader(importlib.abc.Loader):
    """Makes one module. What it imports is found by the same means, so only its own code is run here."""

    def __init__(self, suffix: str, codegen_fn: _CodegenFn, module_name: str, protobuf_path: str, proto_root: str) -> None:
        self._suffix = suffix
        self._codegen_fn = codegen_fn
        self._module_name = module_name
        self._protobuf_path = protobuf_path
        self._proto_root = proto_root

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code(), module.__dict__)

    def _code(self) -> CodeType:
        with _code_lock:
            code = _code.get(self._module_name)
            if code is None:
                files = self._codegen_fn(os.fsencode(self._protobuf_path), [os.fsencode(p) for p in sys.path])
                for name, text in files:
                    module_name = os.path.splitext(os.fsdecode(name))[0].replace("/", ".")
                    _code.setdefault(module_name, compile(text, os.fsdecode(name), "exec"))
                code = _code[self._module_name]
            return code


_code: dict[str, CodeType] = {}
_code_lock = threading.RLock()


class ProtoFinder(importlib.abc.MetaPathFinder):
    def __init__(self, suffix: str, codegen_fn: _CodegenFn) -> None:
        self._suffix = suffix
        self._codegen_fn = codegen_fn

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if not fullname.endswith(self._suffix):
            return None
        filepath = _module_name_to_proto_file(self._suffix, fullname)
        for search_path in sys.path:
            file = os.path.join(search_path, filepath)
            if os.path.isfile(file):
                loader = ProtoLoader(self._suffix, self._codegen_fn, fullname, filepath, search_path)
                return importlib.machinery.ModuleSpec(fullname, loader, origin=file)
        return None


_install_lock = threading.Lock()
_installed = False


def _maybe_install_proto_finders() -> None:
    global _installed
    with _install_lock:
        if _installed:
            return
        sys.meta_path.append(ProtoFinder(_PROTO_MODULE_SUFFIX, _protoc_compiler.get_protos))
        sys.meta_path.append(ProtoFinder(_SERVICE_MODULE_SUFFIX, _protoc_compiler.get_services))
        sys.path.append(_get_resource_file_name("grpc_tools", "_proto"))
        _installed = True


def _protos(protobuf_path: str) -> ModuleType:
    """The _pb2 module of a .proto file, named relative to an entry of sys.path."""
    _maybe_install_proto_finders()
    return importlib.import_module(_proto_file_to_module_name(_PROTO_MODULE_SUFFIX, protobuf_path))


def _services(protobuf_path: str) -> ModuleType:
    """The _pb2_grpc module of a .proto file."""
    _protos(protobuf_path)
    return importlib.import_module(_proto_file_to_module_name(_SERVICE_MODULE_SUFFIX, protobuf_path))


def _protos_and_services(protobuf_path: str) -> tuple[ModuleType, ModuleType]:
    """Both modules of a .proto file."""
    return _protos(protobuf_path), _services(protobuf_path)


if not os.getenv(_DISABLE_DYNAMIC_STUBS):
    _maybe_install_proto_finders()

if __name__ == "__main__":
    entrypoint()
