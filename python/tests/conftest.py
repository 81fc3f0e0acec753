# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
import os
import pathlib
import sys
from concurrent import futures

import grpc
import pytest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))


def echo(request, context):
    return request


def repeat(request, context):
    for i in range(int(request)):
        yield b"%d" % i


def join(requests, context):
    return b",".join(requests)


def each(requests, context):
    for request in requests:
        yield b"<" + request + b">"


HANDLERS = {
    "Echo": grpc.unary_unary_rpc_method_handler(echo),
    "Repeat": grpc.unary_stream_rpc_method_handler(repeat),
    "Join": grpc.stream_unary_rpc_method_handler(join),
    "Each": grpc.stream_stream_rpc_method_handler(each),
}


@pytest.fixture
def serve():
    """serve(handlers by name, **arguments of grpc.server) -> (server, port); stopped at the end."""
    servers = []

    def up(handlers=None, workers=10, creds=None, address="127.0.0.1:0", **kw):
        server = grpc.server(futures.ThreadPoolExecutor(max_workers=workers), **kw)
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("t.T", handlers or HANDLERS),))
        port = server.add_secure_port(address, creds) if creds else server.add_insecure_port(address)
        server.start()
        servers.append(server)
        return server, port

    yield up
    for server in servers:
        server.stop(None)


@pytest.fixture
def channel(serve):
    _, port = serve()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as ch:
        yield ch


@pytest.fixture(scope="session")
def grpcio():
    """The interpreter of an environment with grpcio itself."""
    python = os.environ.get("WEIR_TEST_GRPCIO")
    if not python:
        pytest.skip("WEIR_TEST_GRPCIO names no interpreter with grpcio")
    return python
