import abc as _abc
import typing as _typing
from collections.abc import AsyncIterator as _AsyncIterator, Awaitable as _Awaitable
from collections.abc import Iterable as _Iterable, Iterator as _Iterator, Sequence as _Sequence

import grpc as _grpc
import grpc.aio as _aio

from google.protobuf import any_pb2 as google_dot_protobuf_dot_any__pb2
import types_pb2 as types__pb2

_T = _typing.TypeVar("_T")

class _Requests(_Iterator[_T], _AsyncIterator[_T], metaclass=_abc.ABCMeta): ...

class _Context(_grpc.ServicerContext, _aio.ServicerContext[_typing.Any, _typing.Any]):  # type: ignore
    ...

class MixedStub:
    @_typing.overload
    def __new__(cls, channel: _grpc.Channel) -> MixedStub: ...
    @_typing.overload
    def __new__(cls, channel: _aio.Channel) -> MixedAsyncStub: ...
    A: _grpc.UnaryUnaryMultiCallable[types__pb2.Deep.Deeper.Deepest, google_dot_protobuf_dot_any__pb2.Any]
    B: _grpc.StreamUnaryMultiCallable[types__pb2.Deep, types__pb2.Scalars]

@_typing.type_check_only
class MixedAsyncStub(MixedStub):
    A: _aio.UnaryUnaryMultiCallable[types__pb2.Deep.Deeper.Deepest, google_dot_protobuf_dot_any__pb2.Any]  # type: ignore[assignment]
    B: _aio.StreamUnaryMultiCallable[types__pb2.Deep, types__pb2.Scalars]  # type: ignore[assignment]

class MixedServicer:
    def A(self, request: types__pb2.Deep.Deeper.Deepest, context: _Context) -> _typing.Union[google_dot_protobuf_dot_any__pb2.Any, _Awaitable[google_dot_protobuf_dot_any__pb2.Any]]: ...
    def B(self, request_iterator: _Requests[types__pb2.Deep], context: _Context) -> _typing.Union[types__pb2.Scalars, _Awaitable[types__pb2.Scalars]]: ...

def add_MixedServicer_to_server(servicer: MixedServicer, server: _typing.Union[_grpc.Server, _aio.Server]) -> None: ...

class Mixed:
    @staticmethod
    def A(
        request: types__pb2.Deep.Deeper.Deepest,
        target: str,
        options: _Sequence[tuple[str, _typing.Any]] = ...,
        channel_credentials: _typing.Optional[_grpc.ChannelCredentials] = ...,
        call_credentials: _typing.Optional[_grpc.CallCredentials] = ...,
        insecure: bool = ...,
        compression: _typing.Optional[_grpc.Compression] = ...,
        wait_for_ready: _typing.Optional[bool] = ...,
        timeout: _typing.Optional[float] = ...,
        metadata: _typing.Optional[_Sequence[tuple[str, _typing.Union[str, bytes]]]] = ...,
    ) -> google_dot_protobuf_dot_any__pb2.Any: ...
    @staticmethod
    def B(
        request_iterator: _Iterable[types__pb2.Deep],
        target: str,
        options: _Sequence[tuple[str, _typing.Any]] = ...,
        channel_credentials: _typing.Optional[_grpc.ChannelCredentials] = ...,
        call_credentials: _typing.Optional[_grpc.CallCredentials] = ...,
        insecure: bool = ...,
        compression: _typing.Optional[_grpc.Compression] = ...,
        wait_for_ready: _typing.Optional[bool] = ...,
        timeout: _typing.Optional[float] = ...,
        metadata: _typing.Optional[_Sequence[tuple[str, _typing.Union[str, bytes]]]] = ...,
    ) -> types__pb2.Scalars: ...
