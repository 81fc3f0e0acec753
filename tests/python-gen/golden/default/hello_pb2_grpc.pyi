import abc as _abc
import typing as _typing
from collections.abc import AsyncIterator as _AsyncIterator, Awaitable as _Awaitable
from collections.abc import Iterable as _Iterable, Iterator as _Iterator, Sequence as _Sequence

import grpc as _grpc
import grpc.aio as _aio

from google.protobuf import timestamp_pb2 as google_dot_protobuf_dot_timestamp__pb2
import hello_pb2 as hello__pb2
from sub import class_x_pb2 as sub_dot_class__x__pb2

_T = _typing.TypeVar("_T")

class _Requests(_Iterator[_T], _AsyncIterator[_T], metaclass=_abc.ABCMeta): ...

class _Context(_grpc.ServicerContext, _aio.ServicerContext[_typing.Any, _typing.Any]):  # type: ignore
    ...

class GreeterStub:
    @_typing.overload
    def __new__(cls, channel: _grpc.Channel) -> GreeterStub: ...
    @_typing.overload
    def __new__(cls, channel: _aio.Channel) -> GreeterAsyncStub: ...
    SayHello: _grpc.UnaryUnaryMultiCallable[hello__pb2.Req, google_dot_protobuf_dot_timestamp__pb2.Timestamp]
    S2: _grpc.StreamStreamMultiCallable[hello__pb2.Req, sub_dot_class__x__pb2.T]
    S4: _grpc.UnaryStreamMultiCallable[hello__pb2.Req, hello__pb2.Req]

@_typing.type_check_only
class GreeterAsyncStub(GreeterStub):
    SayHello: _aio.UnaryUnaryMultiCallable[hello__pb2.Req, google_dot_protobuf_dot_timestamp__pb2.Timestamp]  # type: ignore[assignment]
    S2: _aio.StreamStreamMultiCallable[hello__pb2.Req, sub_dot_class__x__pb2.T]  # type: ignore[assignment]
    S4: _aio.UnaryStreamMultiCallable[hello__pb2.Req, hello__pb2.Req]  # type: ignore[assignment]

class GreeterServicer:
    def SayHello(self, request: hello__pb2.Req, context: _Context) -> _typing.Union[google_dot_protobuf_dot_timestamp__pb2.Timestamp, _Awaitable[google_dot_protobuf_dot_timestamp__pb2.Timestamp]]: ...
    def S2(self, request_iterator: _Requests[hello__pb2.Req], context: _Context) -> _typing.Union[_Iterator[sub_dot_class__x__pb2.T], _AsyncIterator[sub_dot_class__x__pb2.T]]: ...
    def S4(self, request: hello__pb2.Req, context: _Context) -> _typing.Union[_Iterator[hello__pb2.Req], _AsyncIterator[hello__pb2.Req]]: ...

def add_GreeterServicer_to_server(servicer: GreeterServicer, server: _typing.Union[_grpc.Server, _aio.Server]) -> None: ...

class Greeter:
    @staticmethod
    def SayHello(
        request: hello__pb2.Req,
        target: str,
        options: _Sequence[tuple[str, _typing.Any]] = ...,
        channel_credentials: _typing.Optional[_grpc.ChannelCredentials] = ...,
        call_credentials: _typing.Optional[_grpc.CallCredentials] = ...,
        insecure: bool = ...,
        compression: _typing.Optional[_grpc.Compression] = ...,
        wait_for_ready: _typing.Optional[bool] = ...,
        timeout: _typing.Optional[float] = ...,
        metadata: _typing.Optional[_Sequence[tuple[str, _typing.Union[str, bytes]]]] = ...,
    ) -> google_dot_protobuf_dot_timestamp__pb2.Timestamp: ...
    @staticmethod
    def S2(
        request_iterator: _Iterable[hello__pb2.Req],
        target: str,
        options: _Sequence[tuple[str, _typing.Any]] = ...,
        channel_credentials: _typing.Optional[_grpc.ChannelCredentials] = ...,
        call_credentials: _typing.Optional[_grpc.CallCredentials] = ...,
        insecure: bool = ...,
        compression: _typing.Optional[_grpc.Compression] = ...,
        wait_for_ready: _typing.Optional[bool] = ...,
        timeout: _typing.Optional[float] = ...,
        metadata: _typing.Optional[_Sequence[tuple[str, _typing.Union[str, bytes]]]] = ...,
    ) -> _grpc._CallIterator[sub_dot_class__x__pb2.T]: ...
    @staticmethod
    def S4(
        request: hello__pb2.Req,
        target: str,
        options: _Sequence[tuple[str, _typing.Any]] = ...,
        channel_credentials: _typing.Optional[_grpc.ChannelCredentials] = ...,
        call_credentials: _typing.Optional[_grpc.CallCredentials] = ...,
        insecure: bool = ...,
        compression: _typing.Optional[_grpc.Compression] = ...,
        wait_for_ready: _typing.Optional[bool] = ...,
        timeout: _typing.Optional[float] = ...,
        metadata: _typing.Optional[_Sequence[tuple[str, _typing.Union[str, bytes]]]] = ...,
    ) -> _grpc._CallIterator[hello__pb2.Req]: ...
