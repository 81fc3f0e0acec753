import abc as _abc
import typing as _typing
from collections.abc import AsyncIterator as _AsyncIterator, Awaitable as _Awaitable
from collections.abc import Iterable as _Iterable, Iterator as _Iterator, Sequence as _Sequence

import grpc as _grpc
import grpc.aio as _aio

import helloworld_pb2 as helloworld__pb2

_T = _typing.TypeVar("_T")

class _Requests(_Iterator[_T], _AsyncIterator[_T], metaclass=_abc.ABCMeta): ...

class _Context(_grpc.ServicerContext, _aio.ServicerContext[_typing.Any, _typing.Any]):  # type: ignore
    ...

class GreeterStub:
    @_typing.overload
    def __new__(cls, channel: _grpc.Channel) -> GreeterStub: ...
    @_typing.overload
    def __new__(cls, channel: _aio.Channel) -> GreeterAsyncStub: ...
    SayHello: _grpc.UnaryUnaryMultiCallable[helloworld__pb2.HelloRequest, helloworld__pb2.HelloReply]
    SayHelloStreamReply: _grpc.UnaryStreamMultiCallable[helloworld__pb2.HelloRequest, helloworld__pb2.HelloReply]
    SayHelloBidiStream: _grpc.StreamStreamMultiCallable[helloworld__pb2.HelloRequest, helloworld__pb2.HelloReply]

@_typing.type_check_only
class GreeterAsyncStub(GreeterStub):
    SayHello: _aio.UnaryUnaryMultiCallable[helloworld__pb2.HelloRequest, helloworld__pb2.HelloReply]  # type: ignore[assignment]
    SayHelloStreamReply: _aio.UnaryStreamMultiCallable[helloworld__pb2.HelloRequest, helloworld__pb2.HelloReply]  # type: ignore[assignment]
    SayHelloBidiStream: _aio.StreamStreamMultiCallable[helloworld__pb2.HelloRequest, helloworld__pb2.HelloReply]  # type: ignore[assignment]

class GreeterServicer:
    def SayHello(self, request: helloworld__pb2.HelloRequest, context: _Context) -> _typing.Union[helloworld__pb2.HelloReply, _Awaitable[helloworld__pb2.HelloReply]]: ...
    def SayHelloStreamReply(self, request: helloworld__pb2.HelloRequest, context: _Context) -> _typing.Union[_Iterator[helloworld__pb2.HelloReply], _AsyncIterator[helloworld__pb2.HelloReply]]: ...
    def SayHelloBidiStream(self, request_iterator: _Requests[helloworld__pb2.HelloRequest], context: _Context) -> _typing.Union[_Iterator[helloworld__pb2.HelloReply], _AsyncIterator[helloworld__pb2.HelloReply]]: ...

def add_GreeterServicer_to_server(servicer: GreeterServicer, server: _typing.Union[_grpc.Server, _aio.Server]) -> None: ...

class Greeter:
    @staticmethod
    def SayHello(
        request: helloworld__pb2.HelloRequest,
        target: str,
        options: _Sequence[tuple[str, _typing.Any]] = ...,
        channel_credentials: _typing.Optional[_grpc.ChannelCredentials] = ...,
        call_credentials: _typing.Optional[_grpc.CallCredentials] = ...,
        insecure: bool = ...,
        compression: _typing.Optional[_grpc.Compression] = ...,
        wait_for_ready: _typing.Optional[bool] = ...,
        timeout: _typing.Optional[float] = ...,
        metadata: _typing.Optional[_Sequence[tuple[str, _typing.Union[str, bytes]]]] = ...,
    ) -> helloworld__pb2.HelloReply: ...
    @staticmethod
    def SayHelloStreamReply(
        request: helloworld__pb2.HelloRequest,
        target: str,
        options: _Sequence[tuple[str, _typing.Any]] = ...,
        channel_credentials: _typing.Optional[_grpc.ChannelCredentials] = ...,
        call_credentials: _typing.Optional[_grpc.CallCredentials] = ...,
        insecure: bool = ...,
        compression: _typing.Optional[_grpc.Compression] = ...,
        wait_for_ready: _typing.Optional[bool] = ...,
        timeout: _typing.Optional[float] = ...,
        metadata: _typing.Optional[_Sequence[tuple[str, _typing.Union[str, bytes]]]] = ...,
    ) -> _grpc._CallIterator[helloworld__pb2.HelloReply]: ...
    @staticmethod
    def SayHelloBidiStream(
        request_iterator: _Iterable[helloworld__pb2.HelloRequest],
        target: str,
        options: _Sequence[tuple[str, _typing.Any]] = ...,
        channel_credentials: _typing.Optional[_grpc.ChannelCredentials] = ...,
        call_credentials: _typing.Optional[_grpc.CallCredentials] = ...,
        insecure: bool = ...,
        compression: _typing.Optional[_grpc.Compression] = ...,
        wait_for_ready: _typing.Optional[bool] = ...,
        timeout: _typing.Optional[float] = ...,
        metadata: _typing.Optional[_Sequence[tuple[str, _typing.Union[str, bytes]]]] = ...,
    ) -> _grpc._CallIterator[helloworld__pb2.HelloReply]: ...
