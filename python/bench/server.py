# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""A server with 10 workers: echoes, and streams. Prints its port; ends with its input."""
import sys
from concurrent import futures

import grpc


def echo(request, context):
    return request


def many(request, context):
    for _ in range(int(request.split()[0])):
        yield request


def each(requests, context):
    yield from requests


server = grpc.server(futures.ThreadPoolExecutor(max_workers=10))
server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler("helloworld.Greeter", {
    "SayHello": grpc.unary_unary_rpc_method_handler(echo),
    "Many": grpc.unary_stream_rpc_method_handler(many),
    "Each": grpc.stream_stream_rpc_method_handler(each),
}),))
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, flush=True)
sys.stdin.read()
server.stop(None)
