# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""What a type checker has to find."""
import grpc


class Gate(grpc.ServerInterceptor):
    def intercept_service(self, continuation: int, handler_call_details: int) -> int:  # mistake
        return 1


def handler(request: bytes, context: grpc.ServicerContext) -> bytes:
    context.set_code(5)  # mistake
    context.set_trailing_metadata({"a": "b"})  # mistake
    return context.peer()  # mistake


def call(channel: grpc.Channel) -> int:
    echo = channel.unary_unary("/t.T/Echo", str.encode, bytes.decode)
    echo(b"x")  # mistake
    echo("x", timeout="1")  # mistake
    return echo("x")  # mistake


channel = grpc.insecure_channel(5)  # mistake
grpc.ssl_channel_credentials("text")  # mistake
grpc.intercept_channel(channel, Gate())  # mistake
