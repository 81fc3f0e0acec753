# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""gRPC's Python tutorial, to the letter: each command as it is written there, each line that it prints. Then the same
programs, the server and the client each on weir and on grpcio, with the files that either's grpc_tools makes."""
import contextlib
import fcntl
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import sys
import tempfile

import pytest

PROTO = """\
syntax = "proto3";

package helloworld;

// Says hello.
service Greeter {
  rpc SayHello (HelloRequest) returns (HelloReply) {}

  rpc SayHelloStreamReply (HelloRequest) returns (stream HelloReply) {}

  rpc SayHelloBidiStream (stream HelloRequest) returns (stream HelloReply) {}
}

message HelloRequest {
  string name = 1;
}

message HelloReply {
  string message = 1;
}
"""

SERVER = """\
from concurrent import futures
import logging

import grpc
import helloworld_pb2
import helloworld_pb2_grpc


class Greeter(helloworld_pb2_grpc.GreeterServicer):
    def SayHello(self, request, context):
        return helloworld_pb2.HelloReply(message=f"Hello, {request.name}!")


def serve():
    port = "50051"
    server = grpc.server(futures.ThreadPoolExecutor(max_workers=10))
    helloworld_pb2_grpc.add_GreeterServicer_to_server(Greeter(), server)
    server.add_insecure_port("[::]:" + port)
    server.start()
    print("Server started, listening on " + port)
    server.wait_for_termination()


if __name__ == "__main__":
    logging.basicConfig()
    serve()
"""

CLIENT = """\
import logging

import grpc
import helloworld_pb2
import helloworld_pb2_grpc


def run():
    print("Will try to greet world ...")
    with grpc.insecure_channel("localhost:50051") as channel:
        stub = helloworld_pb2_grpc.GreeterStub(channel)
        response = stub.SayHello(helloworld_pb2.HelloRequest(name="you"))
        print("Greeter client received: " + response.message)


if __name__ == "__main__":
    logging.basicConfig()
    run()
"""

# What the tutorial has one add.
PROTO_AGAIN = PROTO.replace("""\
  rpc SayHelloStreamReply""", """\
  rpc SayHelloAgain (HelloRequest) returns (HelloReply) {}

  rpc SayHelloStreamReply""")
SERVER_AGAIN = SERVER.replace("""\


def serve""", """\

    def SayHelloAgain(self, request, context):
        return helloworld_pb2.HelloReply(message=f"Hello again, {request.name}!")


def serve""")
CLIENT_AGAIN = CLIENT.replace("""\


if __name__""", """\
        response = stub.SayHelloAgain(helloworld_pb2.HelloRequest(name="you"))
        print("Greeter client received: " + response.message)


if __name__""")

# And what it leaves to its readers: the streams.
SERVER_STREAMS = SERVER_AGAIN.replace("""\


def serve""", """\

    def SayHelloStreamReply(self, request, context):
        for i in range(3):
            yield helloworld_pb2.HelloReply(message=f"{request.name} {i}")

    def SayHelloBidiStream(self, request_iterator, context):
        for request in request_iterator:
            yield helloworld_pb2.HelloReply(message=f"Hi {request.name}")


def serve""")
CLIENT_STREAMS = CLIENT_AGAIN.replace("""\


if __name__""", """\
        print([reply.message for reply in stub.SayHelloStreamReply(helloworld_pb2.HelloRequest(name="s"))])
        requests = (helloworld_pb2.HelloRequest(name=name) for name in "ab")
        print([reply.message for reply in stub.SayHelloBidiStream(requests)])


if __name__""")

COMPILE = ("python -m grpc_tools.protoc -I../../protos --python_out=. --pyi_out=. --grpc_python_out=. "
           "../../protos/helloworld.proto")
GENERATED = ["helloworld_pb2.py", "helloworld_pb2.pyi", "helloworld_pb2_grpc.py"]
PRINTED = "Will try to greet world ...\nGreeter client received: Hello, you!\n"
PRINTED_AGAIN = PRINTED + "Greeter client received: Hello again, you!\n"
PRINTED_STREAMS = PRINTED_AGAIN + "['s 0', 's 1', 's 2']\n['Hi a', 'Hi b']\n"


def heed_ctrl_c():
    """In the child: SIGINT ends it also where this test runs in the background, which ignores it."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Reader:
    """Somebody at a terminal, in examples/python/helloworld, with an environment activated."""

    def __init__(self, top, venv, port):
        self.here = top / "examples/python/helloworld"
        self.protos = top / "examples/protos"
        self.port = port
        self.env = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "GRPC", "WEIR"))}
        self.env.update(PATH=f"{venv / 'bin'}:{os.environ['PATH']}", VIRTUAL_ENV=str(venv), PYTHONUNBUFFERED="1",
                        PYTHONDONTWRITEBYTECODE="1")
        self.here.mkdir(parents=True, exist_ok=True)
        self.protos.mkdir(exist_ok=True)

    def writes(self, proto, server, client):
        (self.protos / "helloworld.proto").write_text(proto)
        (self.here / "greeter_server.py").write_text(server.replace("50051", self.port))
        (self.here / "greeter_client.py").write_text(client.replace("50051", self.port))

    def types(self, command):
        done = subprocess.run(command, shell=True, cwd=self.here, env=self.env, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0 and done.stderr == "", done.stderr
        return done.stdout

    @contextlib.contextmanager
    def second_terminal(self, command, printed):
        server = subprocess.Popen(command.split(), cwd=self.here, env=self.env, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True, preexec_fn=heed_ctrl_c)
        try:
            line = server.stdout.readline()
            assert line == printed, line + (server.communicate(timeout=10)[1] if line == "" else "")
            yield
        finally:
            server.send_signal(signal.SIGINT)  # Ctrl-C
            rest, errors = server.communicate(timeout=20)
        assert rest == "" and errors.splitlines()[-1] == "KeyboardInterrupt", errors


@pytest.fixture(scope="module")
def port():
    """50051, while nobody else here has it: this test, run elsewhere on the machine, or another server."""
    with open(os.path.join(tempfile.gettempdir(), "port-50051.lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            number = 50051
            for family, address in ((socket.AF_INET, "0.0.0.0"), (socket.AF_INET6, "::")):
                with socket.socket(family) as s:
                    s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    s.bind((address, number))
                    s.listen()
        except OSError:
            with socket.socket() as s:
                s.bind(("127.0.0.1", 0))
                number = s.getsockname()[1]
        yield str(number)


@pytest.fixture(scope="module")
def venv(tmp_path_factory):
    """.venv, with our wheels where the tutorial has grpcio's."""
    wheels = os.environ.get("WEIR_TEST_WHEELS")
    if not wheels:
        pytest.skip("WEIR_TEST_WHEELS names no folder with the wheels")
    top = tmp_path_factory.mktemp("walkthrough")
    subprocess.run([sys.executable, "-m", "venv", ".venv"], cwd=top, check=True)
    done = subprocess.run([".venv/bin/python", "-m", "pip", "--disable-pip-version-check", "install",
                           *pathlib.Path(wheels).glob("*.whl")], cwd=top, capture_output=True, text=True)
    if done.returncode and "No matching distribution found for protobuf" in done.stderr:
        pytest.skip("pip cannot reach an index with protobuf")
    assert done.returncode == 0, done.stderr
    subprocess.run([".venv/bin/python", "-c", "import grpc._weir"], cwd=top, check=True)
    return top / ".venv"


@pytest.fixture(scope="module")
def reader(venv, port):
    return Reader(venv.parent, venv, port)


def test_walkthrough(reader, port):
    greeted = f"Server started, listening on {port}\n"

    reader.writes(PROTO, SERVER, CLIENT)
    assert reader.types(COMPILE) == ""
    assert sorted(p.name for p in reader.here.iterdir()) == ["greeter_client.py", "greeter_server.py", *GENERATED]
    with reader.second_terminal("python greeter_server.py", greeted):
        assert reader.types("python greeter_client.py") == PRINTED

    reader.writes(PROTO_AGAIN, SERVER_AGAIN, CLIENT_AGAIN)
    assert reader.types(COMPILE) == ""
    with reader.second_terminal("python greeter_server.py", greeted):
        assert reader.types("python greeter_client.py") == PRINTED_AGAIN


@pytest.mark.parametrize("generated", ["weir", "grpcio"])
@pytest.mark.parametrize("server", ["weir", "grpcio"])
@pytest.mark.parametrize("client", ["weir", "grpcio"])
def test_combinations(generated, server, client, venv, grpcio, port, tmp_path):
    venvs = {"weir": venv, "grpcio": pathlib.Path(grpcio).parent.parent}
    readers = {name: Reader(tmp_path, where, port) for name, where in venvs.items()}
    readers[generated].writes(PROTO_AGAIN, SERVER_STREAMS, CLIENT_STREAMS)
    assert readers[generated].types(COMPILE) == ""
    with readers[server].second_terminal("python greeter_server.py", f"Server started, listening on {port}\n"):
        assert readers[client].types("python greeter_client.py") == PRINTED_STREAMS
    shutil.rmtree(tmp_path / "examples")
