# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Builds libweir and weirc with CMake as static libraries and links grpc._weir and grpc_tools._protoc to them.
Everything else: pyproject.toml.

Environment: WEIR_PORTABLE=1      builds for other machines and, from 3.11 on, for all later Pythons: OpenSSL and c-ares
                                  are linked into the extension, which uses Python's stable ABI
             CMAKE_ARGS           more arguments for CMake
             WEIR_CMAKE_BUILD     where CMake builds (a folder that is kept makes the next build quick)
"""
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig

from setuptools import Extension, setup
from setuptools.command.build_ext import build_ext
from setuptools.command.sdist import sdist
from setuptools.errors import SetupError

HERE = pathlib.Path(__file__).resolve().parent
CARRIED = HERE / "libweir"  # in a source distribution, the part of the repository that is needed
TOP = CARRIED if CARRIED.is_dir() else HERE.parent
CARRY = ("CMakeLists.txt", "LICENSE", "cmake", "cmd", "include", "src")
PORTABLE = bool(os.environ.get("WEIR_PORTABLE"))
ABI3 = PORTABLE and sys.version_info >= (3, 11) and not sysconfig.get_config_var("Py_GIL_DISABLED")
BUILD = (HERE / "build" if TOP == CARRIED else TOP / "build/python/setuptools") / ("portable" if PORTABLE else "local")
TARGETS = {"grpc._weir": ["weir_static", "weirpb_static"], "grpc_tools._protoc": ["weirc_main"]}
ARCHIVES = {
    "grpc._weir": ["lib/libweir.a", "lib/libweirpb.a"],
    "grpc_tools._protoc": [f"layers/lib{name}.a" for name in
                           ("weirc_main", "weir_codegen", "weir_protos", "weir_schema", "weir_pb", "weir_base")],
}
# The entries of CMake's cache that name what libweir.a needs. Python's API knows no zstd.
LIBRARIES = ("OPENSSL_SSL_LIBRARY", "OPENSSL_CRYPTO_LIBRARY", "ZLIB_LIBRARY_RELEASE", "CARES_LIBRARY")
OPTIONS = ("-DCMAKE_BUILD_TYPE=Release", "-DWEIR_TESTS=OFF", "-DWEIR_WITH_ZSTD=OFF")

PACKAGES = """
  Debian, Ubuntu: apt-get install {debian}
  Fedora, RHEL:   dnf install {fedora}
  Alpine:         apk add {alpine}
  macOS:          {macos}"""
NO_COMPILER = "weir-grpc needs a C compiler, and there is no {}." + PACKAGES.format(
    debian="gcc libc6-dev", fedora="gcc", alpine="gcc musl-dev linux-headers", macos="xcode-select --install")
NO_PYTHON_H = "weir-grpc needs Python's headers, and there is no {}." + PACKAGES.format(
    debian="python3-dev", fedora="python3-devel", alpine="python3-dev", macos="brew install python3")
NO_CMAKE = "weir-grpc needs CMake 3.22: pip install cmake ninja"
NO_OPENSSL = ("weir-grpc needs OpenSSL 3 with its headers, and CMake did not find it." + PACKAGES.format(
    debian="libssl-dev", fedora="openssl-devel", alpine="openssl-dev", macos="brew install openssl@3")
    + "\nWhere it is somewhere else, OPENSSL_ROOT_DIR=<prefix> tells. CMAKE_ARGS=-DWEIR_WITH_TLS=OFF builds without it.")
NO_ZLIB = ("weir-grpc needs zlib with its headers, and CMake did not find it." + PACKAGES.format(
    debian="zlib1g-dev", fedora="zlib-devel", alpine="zlib-dev", macos="xcode-select --install")
    + "\nCMAKE_ARGS=-DWEIR_WITH_ZLIB=OFF builds without it.")
REQUIRED = (("WEIR_WITH_TLS", "OPENSSL_SSL_LIBRARY", NO_OPENSSL), ("WEIR_WITH_ZLIB", "ZLIB_LIBRARY_RELEASE", NO_ZLIB))
CMAKE_FAILED = "CMake could not build libweir; what it said stands above."


def check_tools():
    compiler = os.environ.get("CC", "cc").split()[0]
    header = pathlib.Path(sysconfig.get_path("include"), "Python.h")
    if not shutil.which(compiler):
        raise SetupError(NO_COMPILER.format(f"`{compiler}`"))
    if not header.exists():
        raise SetupError(NO_PYTHON_H.format(header))
    if not shutil.which("cmake"):
        raise SetupError(NO_CMAKE)


class CMakeBuildExt(build_ext):
    def run(self):
        check_tools()
        self.cmake_build = pathlib.Path(os.environ.get("WEIR_CMAKE_BUILD", BUILD / "cmake"))
        self.cmake("-S", TOP, "-B", self.cmake_build, *(["-G", "Ninja"] if shutil.which("ninja") else []),
                   *OPTIONS, *shlex.split(os.environ.get("CMAKE_ARGS", "")))
        self.libraries_found = self.find_libraries((self.cmake_build / "CMakeCache.txt").read_text())
        super().run()

    def cmake(self, *args):
        self.cmake_build.mkdir(parents=True, exist_ok=True)
        if subprocess.call(["cmake", *map(str, args)]):
            raise SetupError(CMAKE_FAILED)

    def find_libraries(self, cache):
        entries = dict(re.findall(r"^(\w+):\w+=(.+)$", cache, re.M))
        entries = {key: value for key, value in entries.items() if not value.endswith("NOTFOUND")}
        for option, library, words in REQUIRED:
            if entries.get(option) == "ON" and library not in entries:
                raise SetupError(words)
        found = [entries[library] for library in LIBRARIES if library in entries]
        if PORTABLE:
            found = [str(pathlib.Path(library).with_suffix(".a")) for library in found]
            for library in found:
                if not pathlib.Path(library).exists():
                    raise SetupError(f"WEIR_PORTABLE=1 needs {library}, which is not there.")
        return found

    def build_extensions(self):
        linker = getattr(self.compiler, "linker_so", None)
        if linker:  # the place of this machine's Python is nothing that others need
            self.compiler.set_executable("linker_so", [arg for arg in linker if not arg.startswith("-Wl,-rpath")])
        super().build_extensions()

    def build_extension(self, ext):
        self.cmake("--build", self.cmake_build, "--target", *TARGETS[ext.name])
        ext.extra_objects = [str(self.cmake_build / archive) for archive in ARCHIVES[ext.name]]
        if ext.name == "grpc._weir":
            ext.extra_objects += self.libraries_found
            ext.libraries = ["pthread", "dl"] if PORTABLE and sys.platform == "linux" else ["pthread"]
        ext.depends = [*ext.depends, *ext.extra_objects]
        super().build_extension(ext)


class SelfContainedSdist(sdist):
    """A source distribution builds outside the repository, so the library goes with it, in libweir/."""

    def make_release_tree(self, base_dir, files):
        super().make_release_tree(base_dir, files)
        for name in CARRY:
            to = pathlib.Path(base_dir, "libweir", name)
            if (TOP / name).is_file():
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(TOP / name, to)
            else:
                shutil.copytree(TOP / name, to, ignore=shutil.ignore_patterns("*_test.c", "testdata", "__pycache__"))


def extension(name, sources, depends, **kw):
    linux = ["-Wl,--gc-sections", "-Wl,--exclude-libs,ALL", "-Wl,-s"] if sys.platform == "linux" else []
    return Extension(name, sources=sources, depends=depends, include_dirs=[str(TOP / folder) for folder in ("include", "src", "cmd")],
                     define_macros=[("_GNU_SOURCE", ""), *([("Py_LIMITED_API", "0x030b0000")] if ABI3 else [])],
                     py_limited_api=ABI3, extra_link_args=linux,
                     extra_compile_args=["-std=c11", "-O2", "-Wall", "-Wextra", "-Wshadow", "-fvisibility=hidden"], **kw)


def here(*patterns):
    return [str(p.relative_to(HERE)) for pattern in patterns for p in sorted(HERE.glob(pattern))]


BUILD.mkdir(parents=True, exist_ok=True)  # setuptools wants the folder of the .egg-info to be there
setup(
    ext_modules=[
        extension("grpc._weir", here("src/*.c"), here("src/*.h")),
        extension("grpc_tools._protoc", here("grpc_tools/*.c"), []),
    ],
    cmdclass={"build_ext": CMakeBuildExt, "sdist": SelfContainedSdist},
    options={"build": {"build_base": os.path.relpath(BUILD, HERE)},
             "egg_info": {"egg_base": os.path.relpath(BUILD, HERE)},
             **({"bdist_wheel": {"py_limited_api": "cp311"}} if ABI3 else {})},
)
