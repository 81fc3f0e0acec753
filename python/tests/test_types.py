# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Annotations: of the package as it is installed, and of programs that use it."""
import json
import os
import pathlib
import re
import runpy
import subprocess
import sys

import pytest
from conftest import HERE

pytest.importorskip("mypy", reason="mypy and pyright are not installed here")
TYPING = HERE / "typing"
MISTAKES = [i for i, line in enumerate((TYPING / "misuse.py").read_text().splitlines(), 1) if line.endswith("# mistake")]
# Code of the past, which nobody types any more.
OLD = ("grpc.beta.", "grpc.framework.")


def run(*args):
    bin_ = pathlib.Path(sys.executable).parent
    env = dict(os.environ, VIRTUAL_ENV=str(bin_.parent), PATH=f"{bin_}:{os.environ['PATH']}")
    done = subprocess.run([sys.executable, "-m", *args], cwd=TYPING, env=env, capture_output=True, text=True)
    return done.stdout


def test_mypy_on_the_package():
    out = run("mypy", "--strict", "--cache-dir=/dev/null", "-p", "grpc", "-p", "grpc_tools")
    assert out.startswith("Success"), out


@pytest.mark.parametrize("package", ["grpc", "grpc_tools"])
def test_pyright_knows_each_type(package):
    """All that the package shows has a known type."""
    out = json.loads(run("pyright", "--verifytypes", package, "--ignoreexternal", "--outputjson"))
    symbols = out["typeCompleteness"]["symbols"]
    unknown = [s["name"] for s in symbols if s["isExported"] and not s["isTypeKnown"] and not s["name"].startswith(OLD)]
    assert len(symbols) > (200 if package == "grpc" else 10) and not unknown


def found(report):
    return sorted({int(n) for n in re.findall(r"misuse\.py:(\d+):(?:\d+ -)? error", report)})


def test_mypy_on_programs():
    out = run("mypy", "--strict", "--cache-dir=/dev/null", "sample.py")
    assert out.startswith("Success"), out
    assert found(run("mypy", "--strict", "--cache-dir=/dev/null", "misuse.py")) == MISTAKES


def test_pyright_on_programs():
    out = run("pyright", "--pythonpath", sys.executable, "sample.py")
    assert out.startswith("0 errors, 0 warnings"), out
    assert found(run("pyright", "--pythonpath", sys.executable, "misuse.py")) == MISTAKES


def test_the_sample_is_a_program():
    """Classes are subscripted, details and handlers made when it is run."""
    made = runpy.run_path(str(TYPING / "sample.py"))
    assert set(made["handlers"]) == {"Upper", "Letters", "Join", "Each"}
