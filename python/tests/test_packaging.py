# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""The package as it is built and installed by others: from a source distribution, away from the repository."""
import os
import pathlib
import subprocess
import sys
import zipfile

import pytest
from conftest import HERE

SOURCES = HERE.parent
CALL = """
from concurrent import futures
import grpc, grpc_tools.protoc, sys
server = grpc.server(futures.ThreadPoolExecutor(1))
echo = grpc.unary_unary_rpc_method_handler(lambda request, context: request)
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("t.T", {"Echo": echo}),))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
    assert channel.unary_unary("/t.T/Echo")(b"x") == b"x"
grpc.secure_channel("localhost:1", grpc.ssl_channel_credentials()).close()
server.stop(None)
assert grpc_tools.protoc.main(["", "--version"]) == 0
sys.stdout.flush()
import importlib.metadata as m
print(m.version("weir-grpc"), grpc.__file__)
"""


def run(*args, **kw):
    return subprocess.run([str(a) for a in args], capture_output=True, text=True, **kw)


def quiet_pip(python):
    return [python, "-m", "pip", "-q", "--disable-pip-version-check"]


@pytest.fixture(scope="module")
def sdist(tmp_path_factory):
    if not (SOURCES / "setup.py").exists():
        pytest.skip("the sources are not beside the tests")
    out = tmp_path_factory.mktemp("sdist")
    code = f"import backend; backend.build_sdist({str(out)!r})"
    env = dict(os.environ, PYTHONPATH=str(SOURCES))
    done = run(sys.executable, "-c", code, cwd=SOURCES, env=env)
    assert done.returncode == 0, done.stderr
    (made,) = out.iterdir()
    return made


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """The interpreter of an environment with nothing in it."""
    where = tmp_path_factory.mktemp("fresh") / "venv"
    subprocess.run([sys.executable, "-m", "venv", where], check=True)
    return where / "bin/python"


def test_sdist_builds_by_itself(sdist, fresh, tmp_path):
    """Outside the repository; as a portable wheel, so that this way of building is tried too."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("WEIR_", "PYTHON"))}
    env.update(WEIR_PORTABLE="1")
    done = run(*quiet_pip(fresh), "wheel", "--no-deps", "-w", tmp_path, sdist, cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stderr
    (wheel,) = tmp_path.glob("*.whl")
    assert ("-abi3-" in wheel.name) == (sys.version_info >= (3, 11))
    assert run(*quiet_pip(fresh), "install", wheel, cwd=tmp_path).returncode == 0
    done = run(fresh, "-W", "error", "-c", CALL, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    line = done.stdout.splitlines()[-1]
    assert line.split()[0] == wheel.name.split("-")[1] and str(fresh.parent.parent) in line

    extension = next(pathlib.Path(line.split()[1]).parent.glob("_weir*.so"))
    needed = run("readelf", "-d", extension)
    if needed.returncode == 0:
        assert "libc.so" in needed.stdout or "libc.musl" in needed.stdout
        assert "libssl" not in needed.stdout and "PATH" not in needed.stdout


@pytest.mark.parametrize("env,said", [
    ({"CMAKE_ARGS": "-DCMAKE_DISABLE_FIND_PACKAGE_OpenSSL=ON"}, "apt-get install libssl-dev"),
    ({"CMAKE_ARGS": "-DCMAKE_DISABLE_FIND_PACKAGE_ZLIB=ON"}, "apt-get install zlib1g-dev"),
    ({"CC": "no-such-compiler"}, "there is no `no-such-compiler`"),
])
def test_what_is_missing_is_named(env, said, tmp_path):
    if not (SOURCES / "setup.py").exists():
        pytest.skip("the sources are not beside the tests")
    env = dict(os.environ, WEIR_CMAKE_BUILD=str(tmp_path / "cmake"), **env)
    done = run(sys.executable, "setup.py", "-q", "build_ext", cwd=SOURCES, env=env)
    assert done.returncode == 1
    assert said in done.stderr and "Traceback" not in done.stderr, done.stderr


@pytest.fixture
def wheels():
    found = os.environ.get("WEIR_TEST_WHEELS")
    if not found:
        pytest.skip("WEIR_TEST_WHEELS names no folder with the wheels")
    return pathlib.Path(found)


def test_what_is_in_the_wheel(wheels):
    (wheel,) = wheels.glob("weir_grpc-*.whl")
    with zipfile.ZipFile(wheel) as z:
        names = z.namelist()
        metadata = z.read(next(n for n in names if n.endswith(".dist-info/METADATA"))).decode()
    for wanted in ("grpc/py.typed", "grpc/_weir.pyi", "grpc_tools/py.typed", "grpc_tools/_proto/google/protobuf/any.proto",
                   "grpc_tools/_proto/google/protobuf/compiler/plugin.proto"):
        assert wanted in names
    assert {n.split("/")[0] for n in names if ".dist-info" not in n} == {"grpc", "grpc_tools"}
    assert [line for line in metadata.splitlines() if line.startswith("Requires-Dist")] == ["Requires-Dist: protobuf>=3.20"]
    assert wheel.stat().st_size < 1_000_000  # grpcio and grpcio-tools have 10 MB


def test_shims(wheels, fresh):
    """pip takes our wheels in place of grpcio and grpcio-tools, and is content with them."""
    pip = quiet_pip(fresh)
    done = run(*pip, "install", "--find-links", wheels, "--no-index", "--no-deps", "grpcio", "grpcio-tools", "weir-grpc")
    assert done.returncode == 0, done.stderr
    done = run(fresh, "-c", "import importlib.metadata as m; print(m.version('grpcio').split('+')[0])\n"
                            "import grpc; print(grpc.__version__)")
    stands_for, is_like = done.stdout.split()
    assert stands_for == is_like
