# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Gives access to the generated modules, which protoc names grpc.testing.*: inside grpcio's own package `grpc`."""
import os

import grpc

grpc.__path__.append(os.path.join(os.environ["WEIR_INTEROP_GEN"], "grpc"))

from grpc.testing import empty_pb2, messages_pb2, test_pb2_grpc  # noqa: E402,F401

ECHO_INITIAL = "x-grpc-test-echo-initial"
ECHO_TRAILING = "x-grpc-test-echo-trailing-bin"


def flag_bool(text):
    if text.lower() not in ("true", "false"):
        raise ValueError(text)
    return text.lower() == "true"


def read(path):
    with open(path, "rb") as f:
        return f.read()
