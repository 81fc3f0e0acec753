import abc as _abc
import typing as _typing
from collections.abc import AsyncIterator as _AsyncIterator, Awaitable as _Awaitable
from collections.abc import Iterable as _Iterable, Iterator as _Iterator, Sequence as _Sequence

import grpc as _grpc
import grpc.aio as _aio

import shadows_pb2 as shadows__pb2

_T = _typing.TypeVar("_T")

class _Requests(_Iterator[_T], _AsyncIterator[_T], metaclass=_abc.ABCMeta): ...

class _Context(_grpc.ServicerContext, _aio.ServicerContext[_typing.Any, _typing.Any]):  # type: ignore
    ...

class ShadowsStub:
    @_typing.overload
    def __new__(cls, channel: _grpc.Channel) -> ShadowsStub: ...
    @_typing.overload
    def __new__(cls, channel: _aio.Channel) -> ShadowsAsyncStub: ...
    Call: _grpc.UnaryUnaryMultiCallable[shadows__pb2.Node.Node, shadows__pb2.Same]

@_typing.type_check_only
class ShadowsAsyncStub(ShadowsStub):
    Call: _aio.UnaryUnaryMultiCallable[shadows__pb2.Node.Node, shadows__pb2.Same]  # type: ignore[assignment]

class ShadowsServicer:
    def Call(self, request: shadows__pb2.Node.Node, context: _Context) -> _typing.Union[shadows__pb2.Same, _Awaitable[shadows__pb2.Same]]: ...

def add_ShadowsServicer_to_server(servicer: ShadowsServicer, server: _typing.Union[_grpc.Server, _aio.Server]) -> None: ...

class Shadows:
    @staticmethod
    def Call(
        request: shadows__pb2.Node.Node,
        target: str,
        options: _Sequence[tuple[str, _typing.Any]] = ...,
        channel_credentials: _typing.Optional[_grpc.ChannelCredentials] = ...,
        call_credentials: _typing.Optional[_grpc.CallCredentials] = ...,
        insecure: bool = ...,
        compression: _typing.Optional[_grpc.Compression] = ...,
        wait_for_ready: _typing.Optional[bool] = ...,
        timeout: _typing.Optional[float] = ...,
        metadata: _typing.Optional[_Sequence[tuple[str, _typing.Union[str, bytes]]]] = ...,
    ) -> shadows__pb2.Same: ...
