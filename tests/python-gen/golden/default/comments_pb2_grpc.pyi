import abc as _abc
import typing as _typing
from collections.abc import AsyncIterator as _AsyncIterator, Awaitable as _Awaitable
from collections.abc import Iterable as _Iterable, Iterator as _Iterator, Sequence as _Sequence

import grpc as _grpc
import grpc.aio as _aio

import comments_pb2 as comments__pb2

_T = _typing.TypeVar("_T")

class _Requests(_Iterator[_T], _AsyncIterator[_T], metaclass=_abc.ABCMeta): ...

class _Context(_grpc.ServicerContext, _aio.ServicerContext[_typing.Any, _typing.Any]):  # type: ignore
    ...

class TalkStub:
    @_typing.overload
    def __new__(cls, channel: _grpc.Channel) -> TalkStub: ...
    @_typing.overload
    def __new__(cls, channel: _aio.Channel) -> TalkAsyncStub: ...
    Plain: _grpc.UnaryUnaryMultiCallable[comments__pb2.M, comments__pb2.M]
    Block: _grpc.UnaryUnaryMultiCallable[comments__pb2.M, comments__pb2.M]
    Tabs: _grpc.UnaryUnaryMultiCallable[comments__pb2.M, comments__pb2.M]

@_typing.type_check_only
class TalkAsyncStub(TalkStub):
    Plain: _aio.UnaryUnaryMultiCallable[comments__pb2.M, comments__pb2.M]  # type: ignore[assignment]
    Block: _aio.UnaryUnaryMultiCallable[comments__pb2.M, comments__pb2.M]  # type: ignore[assignment]
    Tabs: _aio.UnaryUnaryMultiCallable[comments__pb2.M, comments__pb2.M]  # type: ignore[assignment]

class TalkServicer:
    def Plain(self, request: comments__pb2.M, context: _Context) -> _typing.Union[comments__pb2.M, _Awaitable[comments__pb2.M]]: ...
    def Block(self, request: comments__pb2.M, context: _Context) -> _typing.Union[comments__pb2.M, _Awaitable[comments__pb2.M]]: ...
    def Tabs(self, request: comments__pb2.M, context: _Context) -> _typing.Union[comments__pb2.M, _Awaitable[comments__pb2.M]]: ...

def add_TalkServicer_to_server(servicer: TalkServicer, server: _typing.Union[_grpc.Server, _aio.Server]) -> None: ...

class Talk:
    @staticmethod
    def Plain(
        request: comments__pb2.M,
        target: str,
        options: _Sequence[tuple[str, _typing.Any]] = ...,
        channel_credentials: _typing.Optional[_grpc.ChannelCredentials] = ...,
        call_credentials: _typing.Optional[_grpc.CallCredentials] = ...,
        insecure: bool = ...,
        compression: _typing.Optional[_grpc.Compression] = ...,
        wait_for_ready: _typing.Optional[bool] = ...,
        timeout: _typing.Optional[float] = ...,
        metadata: _typing.Optional[_Sequence[tuple[str, _typing.Union[str, bytes]]]] = ...,
    ) -> comments__pb2.M: ...
    @staticmethod
    def Block(
        request: comments__pb2.M,
        target: str,
        options: _Sequence[tuple[str, _typing.Any]] = ...,
        channel_credentials: _typing.Optional[_grpc.ChannelCredentials] = ...,
        call_credentials: _typing.Optional[_grpc.CallCredentials] = ...,
        insecure: bool = ...,
        compression: _typing.Optional[_grpc.Compression] = ...,
        wait_for_ready: _typing.Optional[bool] = ...,
        timeout: _typing.Optional[float] = ...,
        metadata: _typing.Optional[_Sequence[tuple[str, _typing.Union[str, bytes]]]] = ...,
    ) -> comments__pb2.M: ...
    @staticmethod
    def Tabs(
        request: comments__pb2.M,
        target: str,
        options: _Sequence[tuple[str, _typing.Any]] = ...,
        channel_credentials: _typing.Optional[_grpc.ChannelCredentials] = ...,
        call_credentials: _typing.Optional[_grpc.CallCredentials] = ...,
        insecure: bool = ...,
        compression: _typing.Optional[_grpc.Compression] = ...,
        wait_for_ready: _typing.Optional[bool] = ...,
        timeout: _typing.Optional[float] = ...,
        metadata: _typing.Optional[_Sequence[tuple[str, _typing.Union[str, bytes]]]] = ...,
    ) -> comments__pb2.M: ...

class QuietStub:
    @_typing.overload
    def __new__(cls, channel: _grpc.Channel) -> QuietStub: ...
    @_typing.overload
    def __new__(cls, channel: _aio.Channel) -> QuietAsyncStub: ...
    NoComment: _grpc.UnaryUnaryMultiCallable[comments__pb2.M, comments__pb2.M]

@_typing.type_check_only
class QuietAsyncStub(QuietStub):
    NoComment: _aio.UnaryUnaryMultiCallable[comments__pb2.M, comments__pb2.M]  # type: ignore[assignment]

class QuietServicer:
    def NoComment(self, request: comments__pb2.M, context: _Context) -> _typing.Union[comments__pb2.M, _Awaitable[comments__pb2.M]]: ...

def add_QuietServicer_to_server(servicer: QuietServicer, server: _typing.Union[_grpc.Server, _aio.Server]) -> None: ...

class Quiet:
    @staticmethod
    def NoComment(
        request: comments__pb2.M,
        target: str,
        options: _Sequence[tuple[str, _typing.Any]] = ...,
        channel_credentials: _typing.Optional[_grpc.ChannelCredentials] = ...,
        call_credentials: _typing.Optional[_grpc.CallCredentials] = ...,
        insecure: bool = ...,
        compression: _typing.Optional[_grpc.Compression] = ...,
        wait_for_ready: _typing.Optional[bool] = ...,
        timeout: _typing.Optional[float] = ...,
        metadata: _typing.Optional[_Sequence[tuple[str, _typing.Union[str, bytes]]]] = ...,
    ) -> comments__pb2.M: ...
