# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""grpc_tools as its users call it: the command line, main(), the setup.py command, modules made on import."""
import pathlib
import subprocess
import sys
import textwrap
import threading

import pytest
from grpc_tools import _protoc, _protoc_compiler, command, protoc

GREETER = """
syntax = "proto3";
package demo;
// Greets.
service Greeter { rpc Hello(Name) returns (Name); }
message Name { string name = 1; }
"""


@pytest.fixture
def protos(tmp_path):
    (tmp_path / "protos/inner").mkdir(parents=True)
    (tmp_path / "protos/demo.proto").write_text(GREETER)
    (tmp_path / "protos/inner/more.proto").write_text(
        'syntax = "proto3"; import "demo.proto"; import "google/protobuf/empty.proto"; package more;\n'
        "message More { demo.Name name = 1; google.protobuf.Empty empty = 2; }\n"
        "service Side { rpc Go(demo.Name) returns (More); }")
    return tmp_path / "protos"


def python(code, cwd, path=()):
    env_code = f"import sys; sys.path[:0] = {[str(p) for p in path]!r}\n" + textwrap.dedent(code)
    return subprocess.run([sys.executable, "-c", env_code], cwd=cwd, capture_output=True, text=True)


def files(folder):
    return sorted(str(p.relative_to(folder)) for p in folder.rglob("*.py*"))


MADE = ["demo_pb2.py", "demo_pb2.pyi", "demo_pb2_grpc.py"]


def test_command_line(protos, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "grpc_tools.protoc", "-I../protos", "--python_out=.", "--pyi_out=.",
         "--grpc_python_out=.", "../protos/demo.proto"], cwd=out, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert files(out) == MADE
    done = python("import demo_pb2; print(demo_pb2.Name(name='x').SerializeToString())", out)
    assert done.stdout == "b'\\n\\x01x'\n", done.stderr


def test_command_line_fails(tmp_path):
    (tmp_path / "bad.proto").write_text('syntax = "proto3";\nmessage M { int32 a = ; }\n')
    args = [sys.executable, "-m", "grpc_tools.protoc", "-I.", "--python_out=."]
    done = subprocess.run([*args, "bad.proto"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1
    assert done.stderr == "bad.proto:2:23: Expected field number.\n"
    # the folder of the well-known files comes last: without -I, the current folder is not searched
    done = subprocess.run([*args[:3], "--python_out=.", "bad.proto"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 1 and "File does not reside within any path" in done.stderr
    assert files(tmp_path) == []


def test_main(protos, tmp_path):
    argv = ["", f"-I{protos}", f"--python_out={tmp_path}", f"--grpc_python_out={tmp_path}", "demo.proto"]
    assert protoc.main(argv) == 0
    assert files(tmp_path) == ["demo_pb2.py", "demo_pb2_grpc.py"]
    assert protoc.main(["", f"-I{protos}", "--nope=1", "demo.proto"]) == 1
    assert protoc.main(argv) == 0  # nothing was left behind


def test_well_known_files_are_shipped():
    include = pathlib.Path(protoc._get_resource_file_name("grpc_tools", "_proto"))
    assert (include / "google/protobuf/descriptor.proto").is_file()
    assert (include / "google/protobuf/compiler/plugin.proto").is_file()


def test_build_package_protos(protos, capfd):
    command.build_package_protos(str(protos))
    assert files(protos) == [*MADE, "inner/more_pb2.py", "inner/more_pb2.pyi", "inner/more_pb2_grpc.py"]
    (protos / "bad.proto").write_text("nonsense")
    command.build_package_protos(str(protos))
    assert "warning: " in capfd.readouterr().err
    with pytest.raises(Exception, match="error: .* failed"):
        command.build_package_protos(str(protos), strict_mode=True)


def test_setuptools_command(protos):
    import setuptools
    distribution = setuptools.Distribution({"package_dir": {"": str(protos)}, "script_name": "setup.py"})
    build = command.BuildPackageProtos(distribution)
    build.ensure_finalized()
    build.run()
    assert MADE[0] in files(protos)


def test_modules_on_import(protos, tmp_path):
    done = python("""
        from grpc_tools import protoc
        from inner import more_pb2
        import demo_pb2
        m = more_pb2.More(name=demo_pb2.Name(name="x"))
        assert more_pb2.More.FromString(m.SerializeToString()).name.name == "x"
        assert protoc._protos("inner/more.proto") is more_pb2
        assert more_pb2.__spec__.origin.endswith("more.proto")
        try:
            import absent_pb2
        except ModuleNotFoundError:
            print("none")
        """, tmp_path, [protos])
    assert done.stdout == "none\n", done.stderr
    assert files(protos) == []


def test_no_modules_on_import(protos, tmp_path):
    done = python("""
        import os; os.environ["GRPC_PYTHON_DISABLE_DYNAMIC_STUBS"] = "1"
        from grpc_tools import protoc
        import demo_pb2
        """, tmp_path, [protos])
    assert "ModuleNotFoundError" in done.stderr


def test_errors_on_import(tmp_path):
    (tmp_path / "bad.proto").write_text('syntax = "proto3";\nmessage M { int32 a = ; int32 b = ; }\n')
    with pytest.raises(_protoc_compiler.ProtocErrors) as e:
        _protoc_compiler.get_protos(b"bad.proto", [bytes(tmp_path)])
    errors = e.value.errors()
    assert [(x.line, x.column) for x in errors] == [(1, 22), (1, 34)]
    assert errors[0].filename.endswith("bad.proto") and errors[0].message == "Expected field number."
    (tmp_path / "unused.proto").write_text('syntax = "proto3"; import "google/protobuf/any.proto";')
    with pytest.warns(_protoc_compiler.ProtocWarning, match="unused"):
        _protoc_compiler.get_protos(b"unused.proto", [bytes(tmp_path)])


def test_files_in_order_of_imports(protos):
    for fn, suffix in ((_protoc_compiler.get_protos, b"_pb2.py"), (_protoc_compiler.get_services, b"_pb2_grpc.py")):
        made = fn(b"inner/more.proto", [bytes(protos)])
        assert [name for name, _ in made] == [
            b"demo" + suffix, b"google/protobuf/empty" + suffix, b"inner/more" + suffix]
        for name, code in made:
            compile(code, name, "exec")


def test_run_refuses_what_is_no_command_line():
    for bad in (3, ["text"], [b"nul\0"]):
        with pytest.raises((TypeError, ValueError)):
            _protoc.run(bad)
    assert _protoc.run([], capture=True)[0] == 0  # as without arguments: help


def test_threads(protos, tmp_path):
    results = []

    def work(i):
        out = tmp_path / str(i)
        out.mkdir()
        for _ in range(20):
            results.append(_protoc.run([b"", b"-I" + bytes(protos), b"--python_out=" + bytes(out), b"demo.proto"]))

    threads = [threading.Thread(target=work, args=(i,)) for i in range(4)]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert results == [0] * 80
    assert len({p.read_bytes() for p in tmp_path.rglob("demo_pb2.py")}) == 1
