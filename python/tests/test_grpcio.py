# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Against grpcio itself: the same situations, with the client or the server of either; and what generated code does."""
import os
import re
import subprocess
import sys

import pytest
from conftest import HERE

OURS = sys.executable

# Where we differ, and mean to; or where grpcio's own answer depends on which of two things comes first.
MEANT = {
    "timeout str",  # the exception's text
    "upper key",  # debug_error_string
    "ctx",  # localhost is tried as IPv4 and IPv6 in another order
    "iter raises",  # how many responses came before
    "future timeout",
    "cancel stream",  # a callback that is added after the end
    "non bytes",  # the exception's text
    "closing",  # sometimes "Stream removed (Channel closed!)", for a stream
    "recv max",  # the same
    "deadline",  # our server's reset may be faster than its client's clock
    "no service",  # a space
    "secure insecure",  # a clear error instead of none
    "states",
    "already started",
}


def sections(text):
    text = re.sub(r"0x[0-9a-f]+", "0x", text)
    parts = re.split(r"^== (.*)\n", text, flags=re.M)
    return dict(zip(parts[1::2], parts[2::2]))


def run(python, *args, **kw):
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH" or python == OURS}
    return subprocess.Popen([python, str(HERE / "situations.py"), *args], env=env, text=True, stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **kw)


def situations(server, client):
    s = run(server, "serve")
    try:
        c = run(client, "call", s.stdout.readline().strip())
        return sections(c.communicate(timeout=60)[0])
    finally:
        s.communicate(timeout=20)


@pytest.fixture(scope="module")
def theirs(grpcio):
    return situations(grpcio, grpcio)


@pytest.mark.parametrize("which", ["client", "server", "both"])
def test_situations(grpcio, theirs, which):
    ours = situations(grpcio if which == "client" else OURS, grpcio if which == "server" else OURS)
    assert len(theirs) > 50
    assert ours.keys() == theirs.keys()
    differ = [name for name in theirs if theirs[name] != ours[name] and name not in MEANT]
    assert not differ, [(name, theirs[name], ours[name]) for name in differ]


def test_api(grpcio):
    """What can be seen without a call."""
    theirs = sections(run(grpcio, "both").communicate(timeout=60)[0])
    ours = sections(run(OURS, "both").communicate(timeout=60)[0])
    differ = [name for name in theirs if theirs[name] != ours.get(name) and name not in MEANT]
    assert not differ, [(name, theirs[name], ours.get(name)) for name in differ]


GREETER_SERVER = """
from concurrent import futures
import sys
import grpc
import helloworld_pb2
import helloworld_pb2_grpc


class Greeter(helloworld_pb2_grpc.GreeterServicer):
    def SayHello(self, request, context):
        return helloworld_pb2.HelloReply(message="Hello, %s!" % request.name)

    def SayHelloStreamReply(self, request, context):
        for i in range(3):
            yield helloworld_pb2.HelloReply(message="%s %d" % (request.name, i))

    def SayHelloBidiStream(self, requests, context):
        for request in requests:
            yield helloworld_pb2.HelloReply(message="Hi %s" % request.name)


port = "PORT"
server = grpc.server(futures.ThreadPoolExecutor(max_workers=10))
helloworld_pb2_grpc.add_GreeterServicer_to_server(Greeter(), server)
server.add_insecure_port("[::]:" + port)
server.start()
print("Server started, listening on " + port, flush=True)
server.wait_for_termination()
"""

GREETER_CLIENT = """
import grpc
import helloworld_pb2
import helloworld_pb2_grpc

print("Will try to greet world ...")
with grpc.insecure_channel("localhost:PORT") as channel:
    stub = helloworld_pb2_grpc.GreeterStub(channel)
    response = stub.SayHello(helloworld_pb2.HelloRequest(name="you"))
    print("Greeter client received: " + response.message)
    print([r.message for r in stub.SayHelloStreamReply(helloworld_pb2.HelloRequest(name="s"))])
    names = (helloworld_pb2.HelloRequest(name=n) for n in "ab")
    print([r.message for r in stub.SayHelloBidiStream(names)])
"""

EXPECTED = """Will try to greet world ...
Greeter client received: Hello, you!
['s 0', 's 1', 's 2']
['Hi a', 'Hi b']
"""


@pytest.fixture(scope="module", params=["ours", "grpcio-tools"])
def generated(request, grpcio, tmp_path_factory):
    where = tmp_path_factory.mktemp("helloworld")
    if request.param == "ours":
        pytest.importorskip("grpc_tools._protoc")
    subprocess.run([OURS if request.param == "ours" else grpcio, "-m", "grpc_tools.protoc", f"-I{HERE}/protos", f"--python_out={where}",
                    f"--pyi_out={where}", f"--grpc_python_out={where}", f"{HERE}/protos/helloworld.proto"], check=True)
    return where


def free_port():
    import socket

    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return str(s.getsockname()[1])


@pytest.mark.parametrize("server", ["ours", "grpcio"])
@pytest.mark.parametrize("client", ["ours", "grpcio"])
def test_helloworld(grpcio, generated, server, client):
    """The tutorial, with files that either side's grpc_tools generated."""
    python = {"ours": OURS, "grpcio": grpcio}
    port = free_port()
    (generated / "server.py").write_text(GREETER_SERVER.replace("PORT", port))
    (generated / "client.py").write_text(GREETER_CLIENT.replace("PORT", port))
    env = {which: {k: v for k, v in os.environ.items() if k != "PYTHONPATH" or which == "ours"} for which in python}
    s = subprocess.Popen([python[server], "server.py"], cwd=generated, env=env[server], stdout=subprocess.PIPE,
                         text=True)
    try:
        assert s.stdout.readline() == f"Server started, listening on {port}\n"
        out = subprocess.run([python[client], "client.py"], cwd=generated, env=env[client], capture_output=True,
                             text=True, timeout=20)
        assert out.stdout == EXPECTED, out.stderr
    finally:
        s.terminate()
        s.wait(10)
