import abc as _abc
import typing as _typing
from collections.abc import AsyncIterator as _AsyncIterator, Awaitable as _Awaitable
from collections.abc import Iterable as _Iterable, Iterator as _Iterator, Sequence as _Sequence

import grpc as _grpc
import grpc.aio as _aio

import options_pb2 as options__pb2

_T = _typing.TypeVar("_T")

class _Requests(_Iterator[_T], _AsyncIterator[_T], metaclass=_abc.ABCMeta): ...

class _Context(_grpc.ServicerContext, _aio.ServicerContext[_typing.Any, _typing.Any]):  # type: ignore
    ...

class SStub:
    @_typing.overload
    def __new__(cls, channel: _grpc.Channel) -> SStub: ...
    @_typing.overload
    def __new__(cls, channel: _aio.Channel) -> SAsyncStub: ...
    M: _grpc.UnaryUnaryMultiCallable[options__pb2.A, options__pb2.A]
    N: _grpc.UnaryUnaryMultiCallable[options__pb2.A, options__pb2.A]

@_typing.type_check_only
class SAsyncStub(SStub):
    M: _aio.UnaryUnaryMultiCallable[options__pb2.A, options__pb2.A]  # type: ignore[assignment]
    N: _aio.UnaryUnaryMultiCallable[options__pb2.A, options__pb2.A]  # type: ignore[assignment]

class SServicer:
    def M(self, request: options__pb2.A, context: _Context) -> _typing.Union[options__pb2.A, _Awaitable[options__pb2.A]]: ...
    def N(self, request: options__pb2.A, context: _Context) -> _typing.Union[options__pb2.A, _Awaitable[options__pb2.A]]: ...

def add_SServicer_to_server(servicer: SServicer, server: _typing.Union[_grpc.Server, _aio.Server]) -> None: ...

class S:
    @staticmethod
    def M(
        request: options__pb2.A,
        target: str,
        options: _Sequence[tuple[str, _typing.Any]] = ...,
        channel_credentials: _typing.Optional[_grpc.ChannelCredentials] = ...,
        call_credentials: _typing.Optional[_grpc.CallCredentials] = ...,
        insecure: bool = ...,
        compression: _typing.Optional[_grpc.Compression] = ...,
        wait_for_ready: _typing.Optional[bool] = ...,
        timeout: _typing.Optional[float] = ...,
        metadata: _typing.Optional[_Sequence[tuple[str, _typing.Union[str, bytes]]]] = ...,
    ) -> options__pb2.A: ...
    @staticmethod
    def N(
        request: options__pb2.A,
        target: str,
        options: _Sequence[tuple[str, _typing.Any]] = ...,
        channel_credentials: _typing.Optional[_grpc.ChannelCredentials] = ...,
        call_credentials: _typing.Optional[_grpc.CallCredentials] = ...,
        insecure: bool = ...,
        compression: _typing.Optional[_grpc.Compression] = ...,
        wait_for_ready: _typing.Optional[bool] = ...,
        timeout: _typing.Optional[float] = ...,
        metadata: _typing.Optional[_Sequence[tuple[str, _typing.Union[str, bytes]]]] = ...,
    ) -> options__pb2.A: ...
