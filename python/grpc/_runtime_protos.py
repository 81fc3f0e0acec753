# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""protos(), services(): modules out of .proto files at run time, by grpc_tools."""


def _tool(name, function):
    try:
        from grpc_tools import protoc

        return getattr(protoc, name)
    except (ImportError, AttributeError):
        raise NotImplementedError(
            f"Install the grpcio-tools package (1.32.0+) to use the {function} function.") from None


def protos(protobuf_path):
    return _tool("_protos", "protos")(protobuf_path)


def services(protobuf_path):
    return _tool("_services", "services")(protobuf_path)


def protos_and_services(protobuf_path):
    return _tool("_protos_and_services", "protos_and_services")(protobuf_path)
