# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""What programs see of gRPC: codes, states, and the abstract classes. The package's top level shows it."""
import abc
import enum

from grpc._cython import cygrpc

_CODES = [(code.name.upper(), (int(code), code.name.replace("_", " "))) for code in cygrpc.StatusCode]
_STATES = [(s.name.upper(), (int(s), s.name.replace("_", " "))) for s in cygrpc.ConnectivityState]

StatusCode = enum.unique(enum.Enum("StatusCode", _CODES, module="grpc"))
StatusCode.__doc__ = "How a call ended."
ChannelConnectivity = enum.unique(enum.Enum("ChannelConnectivity", _STATES, module="grpc"))
ChannelConnectivity.__doc__ = "The state of a channel."


@enum.unique
class Compression(enum.IntEnum):
    """How messages are to be compressed."""

    NoCompression = 0
    Deflate = 1
    Gzip = 2


@enum.unique
class LocalConnectionType(enum.Enum):
    """Kinds of connection that local credentials are for."""

    UDS = 0
    LOCAL_TCP = 1


class FutureTimeoutError(Exception):
    """A Future's method did not get an answer in time."""


class FutureCancelledError(Exception):
    """What the Future stands for was cancelled."""


class RpcError(Exception):
    """The base of what calls raise."""


def _interface(name, doc, methods, bases=(), extra=None):
    """An abstract class whose methods must all be overridden."""

    def method(method_name):
        def unimplemented(self, *args, **kwargs):
            raise NotImplementedError(f"{name}.{method_name}")

        unimplemented.__name__ = method_name
        unimplemented.__qualname__ = f"{name}.{method_name}"
        return abc.abstractmethod(unimplemented)

    body = {"__doc__": doc, "__module__": "grpc", **{m: method(m) for m in methods.split()}}
    body.update(extra or {})
    return abc.ABCMeta(name, bases, body)


def _optional(name):
    """A method that implementations may have."""

    def unimplemented(self, *args, **kwargs):
        raise NotImplementedError(name)

    unimplemented.__name__ = name
    return unimplemented


Future = _interface(
    "Future", "A computation that goes on elsewhere.",
    "cancel cancelled running done result exception traceback add_done_callback")
RpcContext = _interface(
    "RpcContext", "What both sides of a call may ask and tell.",
    "is_active time_remaining cancel add_callback")
Call = _interface(
    "Call", "The client's side of a call.",
    "initial_metadata trailing_metadata code details", (RpcContext,))
ClientCallDetails = _interface("ClientCallDetails", "What is known of a call before it starts.", "")
UnaryUnaryClientInterceptor = _interface(
    "UnaryUnaryClientInterceptor", "Gets between a program and its unary-unary calls.", "intercept_unary_unary")
UnaryStreamClientInterceptor = _interface(
    "UnaryStreamClientInterceptor", "Gets between a program and its unary-stream calls.", "intercept_unary_stream")
StreamUnaryClientInterceptor = _interface(
    "StreamUnaryClientInterceptor", "Gets between a program and its stream-unary calls.", "intercept_stream_unary")
StreamStreamClientInterceptor = _interface(
    "StreamStreamClientInterceptor", "Gets between a program and its stream-stream calls.",
    "intercept_stream_stream")
UnaryUnaryMultiCallable = _interface(
    "UnaryUnaryMultiCallable", "Calls a unary-unary method.", "__call__ with_call future")
UnaryStreamMultiCallable = _interface("UnaryStreamMultiCallable", "Calls a unary-stream method.", "__call__")
StreamUnaryMultiCallable = _interface(
    "StreamUnaryMultiCallable", "Calls a stream-unary method.", "__call__ with_call future")
StreamStreamMultiCallable = _interface("StreamStreamMultiCallable", "Calls a stream-stream method.", "__call__")


def _exit(self, exc_type, exc_val, exc_tb):
    self.close()
    return False


Channel = _interface(
    "Channel", "A way to a service.",
    "subscribe unsubscribe unary_unary unary_stream stream_unary stream_stream close", (),
    {"__enter__": lambda self: self, "__exit__": _exit})
ServicerContext = _interface(
    "ServicerContext", "The server's side of a call.",
    "invocation_metadata peer peer_identities peer_identity_key auth_context send_initial_metadata"
    " set_trailing_metadata abort abort_with_status set_code set_details", (RpcContext,),
    {m: _optional(m) for m in
     ("set_compression", "disable_next_message_compression", "trailing_metadata", "code", "details")})
Server = _interface(
    "Server", "Serves calls.",
    "add_generic_rpc_handlers add_insecure_port add_secure_port start stop", (),
    {"add_registered_method_handlers": lambda self, service_name, method_handlers: None,
     "wait_for_termination": _optional("wait_for_termination")})
HandlerCallDetails = _interface("HandlerCallDetails", "What a handler is chosen by: method, invocation_metadata.", "")
GenericRpcHandler = _interface("GenericRpcHandler", "Finds the handlers of methods.", "service")
ServiceRpcHandler = _interface(
    "ServiceRpcHandler", "Finds the handlers of one service's methods.", "service_name", (GenericRpcHandler,))
ServerInterceptor = _interface("ServerInterceptor", "Gets between calls and their handlers.", "intercept_service")
RpcMethodHandler = _interface("RpcMethodHandler", "Serves one method.", "")
Status = _interface("Status", "A status: code, details, trailing_metadata.", "")
AuthMetadataContext = _interface("AuthMetadataContext", "service_url and method_name of a call.", "")
AuthMetadataPluginCallback = _interface(
    "AuthMetadataPluginCallback", "Takes a plugin's metadata, or its error.", "",
    (), {"__call__": _optional("__call__")})
AuthMetadataPlugin = _interface(
    "AuthMetadataPlugin", "Gives metadata that tell who calls.", "",
    (), {"__call__": _optional("__call__")})


class CallCredentials:
    """Who makes a call."""

    def __init__(self, credentials):
        self._credentials = credentials


class ChannelCredentials:
    """Who makes connections, and whom to trust."""

    def __init__(self, credentials):
        self._credentials = credentials


class ServerCredentials:
    """Who a server is, and whom it trusts."""

    def __init__(self, credentials):
        self._credentials = credentials


class ServerCertificateConfiguration:
    """Keys and certificates of a server."""

    def __init__(self, certificate_configuration):
        self._certificate_configuration = certificate_configuration


for _thing in list(globals().values()):
    if isinstance(_thing, type) and _thing.__module__ == __name__:
        _thing.__module__ = "grpc"
