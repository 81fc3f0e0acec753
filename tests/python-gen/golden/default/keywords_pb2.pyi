import importlib
_k_pb2 = importlib.import_module('lambda.k_pb2')
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import Any as _Any, ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class U(_message.Message):
    __slots__ = ("c", "d", "e", "u")
    class U(_message.Message):
        __slots__ = ("x", "u")
        X_FIELD_NUMBER: _ClassVar[int]
        U_FIELD_NUMBER: _ClassVar[int]
        x: int
        u: U.U
        def __init__(self, x: _Optional[int] = ..., u: _Optional[_Union[U.U, _Mapping[str, _Any]]] = ...) -> None: ...
    C_FIELD_NUMBER: _ClassVar[int]
    D_FIELD_NUMBER: _ClassVar[int]
    E_FIELD_NUMBER: _ClassVar[int]
    U_FIELD_NUMBER: _ClassVar[int]
    c: _Any
    d: _Any
    e: _Any
    u: _top_U.U
    def __init__(self, c: _Optional[_Union[_Any, _Mapping[str, _Any]]] = ..., d: _Optional[_Union[_Any, _Mapping[str, _Any]]] = ..., e: _Optional[_Union[_Any, str]] = ..., u: _Optional[_Union[_top_U.U, _Mapping[str, _Any]]] = ...) -> None: ...

_top_U = U
