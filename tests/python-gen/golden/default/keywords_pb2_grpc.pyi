import abc as _abc
import typing as _typing
from collections.abc import AsyncIterator as _AsyncIterator, Awaitable as _Awaitable
from collections.abc import Iterable as _Iterable, Iterator as _Iterator, Sequence as _Sequence

import grpc as _grpc
import grpc.aio as _aio

import importlib
lambda_dot_k__pb2 = importlib.import_module('lambda.k_pb2')

_T = _typing.TypeVar("_T")

class _Requests(_Iterator[_T], _AsyncIterator[_T], metaclass=_abc.ABCMeta): ...

class _Context(_grpc.ServicerContext, _aio.ServicerContext[_typing.Any, _typing.Any]):  # type: ignore
    ...

class KWStub:
    @_typing.overload
    def __new__(cls, channel: _grpc.Channel) -> KWStub: ...
    @_typing.overload
    def __new__(cls, channel: _aio.Channel) -> KWAsyncStub: ...
    A: _grpc.UnaryUnaryMultiCallable[_typing.Any, _typing.Any]

@_typing.type_check_only
class KWAsyncStub(KWStub):
    A: _aio.UnaryUnaryMultiCallable[_typing.Any, _typing.Any]  # type: ignore[assignment]

class KWServicer:
    def A(self, request: _typing.Any, context: _Context) -> _typing.Union[_typing.Any, _Awaitable[_typing.Any]]: ...

def add_KWServicer_to_server(servicer: KWServicer, server: _typing.Union[_grpc.Server, _aio.Server]) -> None: ...

class KW:
    @staticmethod
    def A(
        request: _typing.Any,
        target: str,
        options: _Sequence[tuple[str, _typing.Any]] = ...,
        channel_credentials: _typing.Optional[_grpc.ChannelCredentials] = ...,
        call_credentials: _typing.Optional[_grpc.CallCredentials] = ...,
        insecure: bool = ...,
        compression: _typing.Optional[_grpc.Compression] = ...,
        wait_for_ready: _typing.Optional[bool] = ...,
        timeout: _typing.Optional[float] = ...,
        metadata: _typing.Optional[_Sequence[tuple[str, _typing.Union[str, bytes]]]] = ...,
    ) -> _typing.Any: ...
