import abc as _abc
import typing as _typing
from collections.abc import AsyncIterator as _AsyncIterator, Awaitable as _Awaitable
from collections.abc import Iterable as _Iterable, Iterator as _Iterator, Sequence as _Sequence

import grpc as _grpc
import grpc.aio as _aio

import generic_pb2 as generic__pb2
import options_pb2 as options__pb2

_T = _typing.TypeVar("_T")

class _Requests(_Iterator[_T], _AsyncIterator[_T], metaclass=_abc.ABCMeta): ...

class _Context(_grpc.ServicerContext, _aio.ServicerContext[_typing.Any, _typing.Any]):  # type: ignore
    ...

class OldStub:
    @_typing.overload
    def __new__(cls, channel: _grpc.Channel) -> OldStub: ...
    @_typing.overload
    def __new__(cls, channel: _aio.Channel) -> OldAsyncStub: ...
    X: _grpc.UnaryUnaryMultiCallable[generic__pb2.Q, options__pb2.A]

@_typing.type_check_only
class OldAsyncStub(OldStub):
    X: _aio.UnaryUnaryMultiCallable[generic__pb2.Q, options__pb2.A]  # type: ignore[assignment]

class OldServicer:
    def X(self, request: generic__pb2.Q, context: _Context) -> _typing.Union[options__pb2.A, _Awaitable[options__pb2.A]]: ...

def add_OldServicer_to_server(servicer: OldServicer, server: _typing.Union[_grpc.Server, _aio.Server]) -> None: ...

class Old:
    @staticmethod
    def X(
        request: generic__pb2.Q,
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

class EmptyStub:
    @_typing.overload
    def __new__(cls, channel: _grpc.Channel) -> EmptyStub: ...
    @_typing.overload
    def __new__(cls, channel: _aio.Channel) -> EmptyAsyncStub: ...

@_typing.type_check_only
class EmptyAsyncStub(EmptyStub):
    ...

class EmptyServicer:
    ...

def add_EmptyServicer_to_server(servicer: EmptyServicer, server: _typing.Union[_grpc.Server, _aio.Server]) -> None: ...

class Empty:
    ...
