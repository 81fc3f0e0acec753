# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""grpcio's side of the interop tests: the server."""
import argparse
import signal
import socket
import threading
import time
import uuid
from concurrent import futures

import grpc

from gen import ECHO_INITIAL, ECHO_TRAILING, empty_pb2, flag_bool, messages_pb2, read, test_pb2_grpc

STATUS = {code.value[0]: code for code in grpc.StatusCode}
SERVER_ID = str(uuid.uuid4())


def echo_metadata(context):
    for key, value in context.invocation_metadata():
        if key == ECHO_INITIAL:
            context.send_initial_metadata(((key, value),))
        elif key == ECHO_TRAILING:
            context.set_trailing_metadata(((key, value),))


def echo_status(request, context):
    if request.HasField("response_status") and request.response_status.code != 0:
        context.abort(STATUS[request.response_status.code], request.response_status.message)


def payload(request, size, context):
    if request.response_type != messages_pb2.COMPRESSABLE:
        context.abort(grpc.StatusCode.INVALID_ARGUMENT, "response_type %d is not supported" % request.response_type)
    return messages_pb2.Payload(type=messages_pb2.COMPRESSABLE, body=bytes(size))


def outputs(request, context):
    """The answers one StreamingOutputCallRequest asks for; they come before its status."""
    for wanted in request.response_parameters:
        time.sleep(wanted.interval_us / 1e6)
        if not wanted.compressed.value:
            context.disable_next_message_compression()
        yield messages_pb2.StreamingOutputCallResponse(payload=payload(request, wanted.size, context))
    echo_status(request, context)


class TestService(test_pb2_grpc.TestServiceServicer):
    def EmptyCall(self, request, context):
        echo_metadata(context)
        return empty_pb2.Empty()

    def UnaryCall(self, request, context):
        if request.response_compressed.value:
            context.set_compression(grpc.Compression.Gzip)
        echo_metadata(context)
        echo_status(request, context)
        response = messages_pb2.SimpleResponse(payload=payload(request, request.response_size, context))
        if request.fill_server_id:
            response.server_id = SERVER_ID
            response.hostname = socket.gethostname()
        return response

    def StreamingOutputCall(self, request, context):
        if any(wanted.compressed.value for wanted in request.response_parameters):
            context.set_compression(grpc.Compression.Gzip)
        echo_metadata(context)
        yield from outputs(request, context)

    def StreamingInputCall(self, request_iterator, context):
        echo_metadata(context)
        total = sum(len(request.payload.body) for request in request_iterator)
        return messages_pb2.StreamingInputCallResponse(aggregated_payload_size=total)

    def FullDuplexCall(self, request_iterator, context):
        echo_metadata(context)
        for request in request_iterator:
            yield from outputs(request, context)

    def HalfDuplexCall(self, request_iterator, context):
        echo_metadata(context)
        for request in list(request_iterator):
            yield from outputs(request, context)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, default=10000)
    parser.add_argument("--use_tls", type=flag_bool, default=False)
    parser.add_argument("--tls_cert_file")
    parser.add_argument("--tls_key_file")
    args = parser.parse_args()

    server = grpc.server(futures.ThreadPoolExecutor(max_workers=32), options=(("grpc.so_reuseport", 0),))
    test_pb2_grpc.add_TestServiceServicer_to_server(TestService(), server)
    address = "127.0.0.1:%d" % args.port
    if args.use_tls:
        pair = (read(args.tls_key_file), read(args.tls_cert_file))
        server.add_secure_port(address, grpc.ssl_server_credentials((pair,)))
    else:
        server.add_insecure_port(address)
    server.start()
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    stop.wait()
    server.stop(1).wait()


if __name__ == "__main__":
    main()
