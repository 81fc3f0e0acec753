# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""For setup.py: all .proto files below a folder, compiled to where they lie."""
from __future__ import annotations

import os
import sys
from typing import ClassVar

import setuptools

from grpc_tools import protoc


def _proto_files(root: str) -> list[str]:
    return sorted(
        os.path.join(folder, name) for folder, _, names in os.walk(root) for name in names if name.endswith(".proto"))


def build_package_protos(package_root: str, strict_mode: bool = False) -> None:
    """Makes _pb2.py, _pb2.pyi and _pb2_grpc.py beside each .proto below package_root. A file that does not compile is
    a warning; with strict_mode, an exception."""
    include = protoc._get_resource_file_name("grpc_tools", "_proto")
    for proto_file in _proto_files(package_root):
        command = [
            "grpc_tools.protoc",
            f"--proto_path={package_root}",
            f"--proto_path={include}",
            f"--python_out={package_root}",
            f"--pyi_out={package_root}",
            f"--grpc_python_out={package_root}",
            proto_file,
        ]
        if protoc.main(command) == 0:
            continue
        if strict_mode:
            raise Exception(f"error: {command} failed")
        sys.stderr.write(f"warning: {command} failed\n")


class BuildPackageProtos(setuptools.Command):
    """`python setup.py build_proto_modules`, where a project's setup.py says so."""

    description = "build grpc protobuf modules"
    user_options: ClassVar[list[tuple[str, str, str]] | list[tuple[str, str | None, str]]] = [
        ("strict-mode", "s", "exit with non-zero value if the proto compiling fails."),
    ]

    def initialize_options(self) -> None:
        self.strict_mode = False

    def finalize_options(self) -> None:
        pass

    def run(self) -> None:
        # One folder of sources, as setuptools' package_dir names it.
        folders = self.distribution.package_dir or {}
        build_package_protos(folders[""], bool(self.strict_mode))
