# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""The compiler as functions: whole command lines, and one file with its imports to Python code in memory."""
from __future__ import annotations

import os
import re
import tempfile
import warnings
from collections.abc import Iterator, Sequence

from grpc_tools import _protoc


class ProtocError(Exception):
    """What is wrong at one place; line and column from 0, -1 where there is none."""

    def __init__(self, filename: str, line: int, column: int, message: str) -> None:
        super().__init__(filename, line, column, message)
        self.filename, self.line, self.column, self.message = filename, line, column, message

    def __repr__(self) -> str:
        return f"ProtocError(filename={self.filename!r}, line={self.line}, column={self.column}, message={self.message!r})"

    def __str__(self) -> str:
        place = f":{self.line + 1}:{self.column + 1}" if self.line >= 0 else ""
        return f"{self.filename}{place}: {self.message}"


class ProtocErrors(Exception):
    """All that is wrong with a file and its imports."""

    def __init__(self, errors: Sequence[ProtocError]) -> None:
        super().__init__(tuple(errors))
        self._errors = tuple(errors)

    def errors(self) -> tuple[ProtocError, ...]:
        return self._errors

    def __repr__(self) -> str:
        return f"ProtocErrors[{', '.join(map(repr, self._errors))}]"

    def __str__(self) -> str:
        return "\n".join(map(str, self._errors))


class ProtocWarning(Warning):
    pass


def run_main(args: Sequence[bytes]) -> int:
    """Obeys a command line and returns the exit status; messages go to standard error."""
    return _protoc.run(args)


def get_protos(path: bytes, include_paths: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
    """Names and code of the _pb2 modules of a file and all it imports, each after those it needs."""
    return _generate(path, include_paths, "--python_out=", "_pb2.py")


def get_services(path: bytes, include_paths: Sequence[bytes]) -> list[tuple[bytes, bytes]]:
    """The same for the _pb2_grpc modules."""
    return _generate(path, include_paths, "--grpc_python_out=", "_pb2_grpc.py")


def _generate(path: bytes, include_paths: Sequence[bytes], flag: str, suffix: str) -> list[tuple[bytes, bytes]]:
    includes = [b"-I" + p for p in include_paths if os.path.isdir(p or b".") and b":" not in p and b"=" not in p]
    includes = [i if len(i) > 2 else b"-I." for i in includes]
    with tempfile.TemporaryDirectory() as folder:
        closure = os.path.join(folder, "closure")
        _run([*includes, b"--include_imports", b"-o" + os.fsencode(closure), path])
        with open(closure, "rb") as f:
            names = list(_file_names(f.read()))
        out = os.path.join(folder, "out")
        os.mkdir(out)
        _run([*includes, os.fsencode(flag + out), *names])
        return [_read(out, name, suffix) for name in names]


def _read(folder: str, proto_name: bytes, suffix: str) -> tuple[bytes, bytes]:
    stem = re.sub(rb"\.proto(devel)?$", b"", proto_name).replace(b"-", b"_").replace(b".", b"/")
    name = os.fsdecode(stem) + suffix
    with open(os.path.join(folder, name), "rb") as f:
        return os.fsencode(name), f.read()


_LINE = re.compile(r"(?P<file>.*?)(?::(?P<line>\d+):(?P<column>\d+))?: (?P<warning>warning: |note: )?(?P<message>.*)", re.S)


def _run(args: Sequence[bytes]) -> None:
    status, text = _protoc.run([b"weirc", *args], capture=True)
    errors = []
    for line in text.decode(errors="replace").splitlines():
        m = _LINE.match(line)
        error = ProtocError(m["file"], int(m["line"] or 0) - 1, int(m["column"] or 0) - 1, m["message"]) if m else None
        if error and m and m["warning"]:
            warnings.warn(str(error), ProtocWarning, stacklevel=4)
        else:
            errors.append(error or ProtocError("", -1, -1, line))
    if status:
        raise ProtocErrors(errors)


def _file_names(descriptor_set: bytes) -> Iterator[bytes]:
    """The names in a FileDescriptorSet: field 1 of each of its fields 1."""
    for file in _fields_1(descriptor_set):
        yield next(_fields_1(file))


def _fields_1(data: bytes) -> Iterator[bytes]:
    """The length-delimited fields 1 of a message that has none of another kind before them."""
    at = 0
    while at < len(data) and data[at] == 0x0A:
        at, length, shift = at + 1, 0, 0
        while True:
            byte = data[at]
            at, length, shift = at + 1, length | (byte & 0x7F) << shift, shift + 7
            if byte < 0x80:
                break
        yield data[at:at + length]
        at += length
