# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Builds libweir and weirc with CMake as static libraries and links grpc._weir and grpc_tools._protoc to them.
Everything else: pyproject.toml."""
import os
import pathlib
import re
import subprocess

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext

HERE = pathlib.Path(__file__).resolve().parent
TOP = HERE.parent


class CMakeBuildExt(build_ext):
    def build_extension(self, ext):
        build = pathlib.Path(os.environ.get("WEIR_CMAKE_BUILD", pathlib.Path(self.build_temp).resolve() / "weir"))
        self.configure(build)
        subprocess.check_call(["cmake", "--build", str(build), "--target", *TARGETS[ext.name]])
        ext.extra_objects = [str(build / archive) for archive in ARCHIVES[ext.name]]
        if ext.name == "grpc._weir":
            cache = (build / "CMakeCache.txt").read_text()
            ext.libraries = ["pthread"] + [lib for lib, key in LIBRARIES if found(cache, key)]
        super().build_extension(ext)

    def configure(self, build):
        build.mkdir(parents=True, exist_ok=True)
        generator = ["-G", "Ninja"] if has_command("ninja") else []
        subprocess.check_call(["cmake", "-S", str(TOP), "-B", str(build), *generator,
                               "-DCMAKE_BUILD_TYPE=Release", "-DWEIR_TESTS=OFF"])


TARGETS = {"grpc._weir": ["weir_static", "weirpb_static"], "grpc_tools._protoc": ["weirc_main"]}
ARCHIVES = {
    "grpc._weir": ["lib/libweir.a", "lib/libweirpb.a"],
    "grpc_tools._protoc": [f"layers/lib{name}.a" for name in
                           ("weirc_main", "weir_codegen", "weir_schema", "weir_pb", "weir_base")],
}

# What libweir.a needs, and the entry of CMake's cache that tells whether it was found.
LIBRARIES = [
    ("ssl", "OPENSSL_SSL_LIBRARY"),
    ("crypto", "OPENSSL_CRYPTO_LIBRARY"),
    ("z", "ZLIB_LIBRARY_RELEASE"),
    ("zstd", "ZSTD_LIBRARY"),
    ("cares", "CARES_LIBRARY"),
]


def found(cache, key):
    m = re.search(rf"^{key}:\w+=(.*)$", cache, re.M)
    return bool(m) and bool(m.group(1)) and not m.group(1).endswith("NOTFOUND")


def has_command(name):
    return any(os.access(os.path.join(d, name), os.X_OK) for d in os.get_exec_path())


setup(
    ext_modules=[
        Extension(
            "grpc._weir",
            sources=[os.path.relpath(p, HERE) for p in sorted((HERE / "src").glob("*.c"))],
            depends=[os.path.relpath(p, HERE) for p in sorted((HERE / "src").glob("*.h"))],
            include_dirs=[str(TOP / "include"), str(TOP / "src")],
            define_macros=[("_GNU_SOURCE", "")],
            extra_compile_args=["-std=c11", "-O2", "-Wall", "-Wextra", "-Wshadow",
                                "-fvisibility=hidden"],
        ),
        Extension(
            "grpc_tools._protoc",
            sources=["grpc_tools/_protoc.c"],
            depends=[os.path.relpath(TOP / "cmd/weirc/weirc.h", HERE)],
            define_macros=[("_GNU_SOURCE", "")],
            extra_compile_args=["-std=c11", "-O2", "-Wall", "-Wextra", "-Wshadow", "-fvisibility=hidden"],
        ),
    ],
    cmdclass={"build_ext": CMakeBuildExt},
)
