# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""The .proto compiler: `python -m grpc_tools.protoc`, `grpc_tools.protoc.main(argv)`, `grpc_tools.command`."""
