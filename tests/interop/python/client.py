# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""grpcio's side of the interop tests: the client. One function a case; each checks what the case promises."""
import argparse
import queue
import sys
import time

import grpc

from gen import ECHO_INITIAL, ECHO_TRAILING, empty_pb2, flag_bool, messages_pb2, read, test_pb2_grpc

REQUEST_SIZES = (27182, 8, 1828, 45904)
RESPONSE_SIZES = (31415, 9, 2653, 58979)
CALL_LIMIT_S = 20  # a case never hangs: every call that is not about deadlines has this one
CASES = {}


def case(function):
    CASES[function.__name__] = function
    return function


def check(what, got, want):
    if got != want:
        raise AssertionError("%s: got %r, want %r" % (what, got, want))


def simple_request(request_size=271828, response_size=314159, **more):
    return messages_pb2.SimpleRequest(
        response_type=messages_pb2.COMPRESSABLE,
        response_size=response_size,
        payload=messages_pb2.Payload(body=bytes(request_size)),
        **more,
    )


def stream_request(response_size, request_size, interval_us=0):
    return messages_pb2.StreamingOutputCallRequest(
        response_type=messages_pb2.COMPRESSABLE,
        response_parameters=(messages_pb2.ResponseParameters(size=response_size, interval_us=interval_us),),
        payload=messages_pb2.Payload(body=bytes(request_size)),
    )


def check_payload(message, size):
    check("payload type", message.payload.type, messages_pb2.COMPRESSABLE)
    check("payload size", len(message.payload.body), size)
    check("payload is zeros", message.payload.body.count(0), size)


def check_end(call, code, details=None):
    check("status", call.code(), code)
    if details is not None:
        check("status message", call.details(), details)


def must_fail(start, code):
    """Runs `start`, which makes a call and waits for it, and gives back the error."""
    try:
        start()
    except grpc.RpcError as error:
        check("status", error.code(), code)
        return error
    raise AssertionError("the call succeeded, want %s" % code)


class Sender:
    """Requests of a bidirectional call, sent when the test says so."""

    def __init__(self):
        self._queue = queue.Queue()

    def __iter__(self):
        return iter(self._queue.get, None)

    def send(self, request):
        self._queue.put(request)

    def end(self):
        self._queue.put(None)


def full_duplex(stub, **more):
    sender = Sender()
    return sender, stub.FullDuplexCall(iter(sender), **{"timeout": CALL_LIMIT_S, **more})


@case
def empty_unary(stub, _):
    check("response", stub.EmptyCall(empty_pb2.Empty(), timeout=CALL_LIMIT_S), empty_pb2.Empty())


@case
def large_unary(stub, _):
    check_payload(stub.UnaryCall(simple_request(), timeout=CALL_LIMIT_S), 314159)


@case
def client_streaming(stub, _):
    requests = (
        messages_pb2.StreamingInputCallRequest(payload=messages_pb2.Payload(body=bytes(size)))
        for size in REQUEST_SIZES
    )
    response = stub.StreamingInputCall(requests, timeout=CALL_LIMIT_S)
    check("aggregated_payload_size", response.aggregated_payload_size, sum(REQUEST_SIZES))


@case
def server_streaming(stub, _):
    request = messages_pb2.StreamingOutputCallRequest(
        response_type=messages_pb2.COMPRESSABLE,
        response_parameters=[messages_pb2.ResponseParameters(size=size) for size in RESPONSE_SIZES],
    )
    responses = list(stub.StreamingOutputCall(request, timeout=CALL_LIMIT_S))
    check("number of responses", len(responses), len(RESPONSE_SIZES))
    for response, size in zip(responses, RESPONSE_SIZES):
        check_payload(response, size)


@case
def client_compressed_unary(stub, _):
    def call(expected, compression):
        request = simple_request(expect_compressed=messages_pb2.BoolValue(value=expected))
        return stub.UnaryCall(request, timeout=CALL_LIMIT_S, compression=compression)

    must_fail(lambda: call(True, grpc.Compression.NoCompression), grpc.StatusCode.INVALID_ARGUMENT)
    check_payload(call(True, grpc.Compression.Gzip), 314159)
    check_payload(call(True, grpc.Compression.Deflate), 314159)
    check_payload(call(False, grpc.Compression.NoCompression), 314159)


@case
def server_compressed_unary(stub, _):  # grpcio does not show whether it was
    for compressed in (True, False):
        request = simple_request(response_compressed=messages_pb2.BoolValue(value=compressed))
        check_payload(stub.UnaryCall(request, timeout=CALL_LIMIT_S), 314159)


@case
def server_compressed_streaming(stub, _):
    wanted = ((31415, True), (92653, False))
    request = messages_pb2.StreamingOutputCallRequest(
        response_parameters=[
            messages_pb2.ResponseParameters(size=size, compressed=messages_pb2.BoolValue(value=compressed))
            for size, compressed in wanted
        ]
    )
    responses = list(stub.StreamingOutputCall(request, timeout=CALL_LIMIT_S))
    check("number of responses", len(responses), 2)
    for response, (size, _) in zip(responses, wanted):
        check_payload(response, size)


@case
def ping_pong(stub, _):
    sender, call = full_duplex(stub)
    for request_size, response_size in zip(REQUEST_SIZES, RESPONSE_SIZES):
        sender.send(stream_request(response_size, request_size))
        check_payload(next(call), response_size)
    sender.end()
    check("responses after half-close", list(call), [])
    check_end(call, grpc.StatusCode.OK)


@case
def half_duplex(stub, _):
    requests = [stream_request(*sizes) for sizes in zip(RESPONSE_SIZES, REQUEST_SIZES)]
    responses = list(stub.HalfDuplexCall(iter(requests), timeout=CALL_LIMIT_S))
    check("number of responses", len(responses), len(RESPONSE_SIZES))
    for response, size in zip(responses, RESPONSE_SIZES):
        check_payload(response, size)


@case
def empty_stream(stub, _):
    sender, call = full_duplex(stub)
    sender.end()
    check("responses", list(call), [])
    check_end(call, grpc.StatusCode.OK)


@case
def timeout_on_sleeping_server(stub, _):
    sender, call = full_duplex(stub, timeout=0.001)
    sender.send(stream_request(31415, 27182, interval_us=1000000))
    must_fail(lambda: next(call), grpc.StatusCode.DEADLINE_EXCEEDED)
    sender.end()


@case
def cancel_after_begin(stub, _):
    sender = Sender()
    call = stub.StreamingInputCall.future(iter(sender), timeout=CALL_LIMIT_S)
    call.cancel()
    check("cancelled", call.cancelled(), True)
    check_end(call, grpc.StatusCode.CANCELLED)
    sender.end()


@case
def cancel_after_first_response(stub, _):
    sender, call = full_duplex(stub)
    sender.send(stream_request(31415, 27182))
    check_payload(next(call), 31415)
    call.cancel()
    must_fail(lambda: next(call), grpc.StatusCode.CANCELLED)
    sender.end()


@case
def status_code_and_message(stub, _):
    text = "test status message"
    status = messages_pb2.EchoStatus(code=grpc.StatusCode.UNKNOWN.value[0], message=text)
    error = must_fail(
        lambda: stub.UnaryCall(messages_pb2.SimpleRequest(response_status=status), timeout=CALL_LIMIT_S),
        grpc.StatusCode.UNKNOWN,
    )
    check("status message", error.details(), text)
    sender, call = full_duplex(stub)
    sender.send(messages_pb2.StreamingOutputCallRequest(response_status=status))
    sender.end()
    error = must_fail(lambda: next(call), grpc.StatusCode.UNKNOWN)
    check("status message", error.details(), text)


@case
def special_status_message(stub, _):
    text = "\t\ntest with whitespace\r\nand Unicode BMP \u263a and non-BMP \U0001f608\t\n"
    status = messages_pb2.EchoStatus(code=grpc.StatusCode.UNKNOWN.value[0], message=text)
    error = must_fail(
        lambda: stub.UnaryCall(messages_pb2.SimpleRequest(response_status=status), timeout=CALL_LIMIT_S),
        grpc.StatusCode.UNKNOWN,
    )
    check("status message", error.details(), text)


@case
def custom_metadata(stub, _):
    initial = (ECHO_INITIAL, "test_initial_metadata_value")
    trailing = (ECHO_TRAILING, b"\xab\xab\xab")

    def check_echo(call):
        check("initial metadata", dict(call.initial_metadata()).get(initial[0]), initial[1])
        check("trailing metadata", dict(call.trailing_metadata()).get(trailing[0]), trailing[1])

    metadata = (initial, trailing)
    response, call = stub.UnaryCall.with_call(simple_request(), metadata=metadata, timeout=CALL_LIMIT_S)
    check_payload(response, 314159)
    check_echo(call)
    sender, call = full_duplex(stub, metadata=metadata)
    sender.send(stream_request(314159, 271828))
    check_payload(next(call), 314159)
    sender.end()
    check("responses after half-close", list(call), [])
    check_echo(call)


@case
def unimplemented_method(stub, _):
    must_fail(
        lambda: stub.UnimplementedCall(empty_pb2.Empty(), timeout=CALL_LIMIT_S), grpc.StatusCode.UNIMPLEMENTED
    )


@case
def unimplemented_service(_, open_channel):
    with open_channel() as channel:
        stub = test_pb2_grpc.UnimplementedServiceStub(channel)
        must_fail(
            lambda: stub.UnimplementedCall(empty_pb2.Empty(), timeout=CALL_LIMIT_S), grpc.StatusCode.UNIMPLEMENTED
        )


@case
def pick_first_unary(stub, _):
    request = simple_request(1, 1, fill_server_id=True)
    ids = {stub.UnaryCall(request, timeout=CALL_LIMIT_S).server_id for _ in range(100)}
    check("number of server ids", len(ids), 1)
    check("server id is empty", ids == {""}, False)


def soak(one_call):
    for i in range(10):
        start = time.monotonic()
        one_call()
        check("call %d within a second" % i, time.monotonic() - start < 1, True)


@case
def rpc_soak(stub, _):
    soak(lambda: large_unary(stub, None))


@case
def channel_soak(_, open_channel):
    def one_call():
        with open_channel() as channel:
            large_unary(test_pb2_grpc.TestServiceStub(channel), None)

    soak(one_call)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--server_host", default="localhost")
    parser.add_argument("--server_port", type=int, default=10000)
    parser.add_argument("--server_host_override")
    parser.add_argument("--test_case", default="large_unary", choices=sorted(CASES))
    parser.add_argument("--use_tls", type=flag_bool, default=False)
    parser.add_argument("--use_test_ca", type=flag_bool, default=False)
    parser.add_argument("--ca_file")
    args = parser.parse_args()
    target = "%s:%d" % (args.server_host, args.server_port)
    options = [("grpc.use_local_subchannel_pool", 1)]  # a new channel means a new connection
    if args.server_host_override:
        options.append(("grpc.ssl_target_name_override", args.server_host_override))

    def open_channel():
        if not args.use_tls:
            return grpc.insecure_channel(target, options)
        roots = read(args.ca_file) if args.use_test_ca else None
        return grpc.secure_channel(target, grpc.ssl_channel_credentials(roots), options)

    try:
        with open_channel() as channel:
            CASES[args.test_case](test_pb2_grpc.TestServiceStub(channel), open_channel)
    except (AssertionError, grpc.RpcError, StopIteration) as error:
        sys.exit("%s: %s" % (args.test_case, error or "the stream ended early"))


if __name__ == "__main__":
    main()
