from google.protobuf import descriptor_pb2 as _descriptor_pb2
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import Any as _Any, ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor
FROM_FIELD_NUMBER: int
MORE_FIELD_NUMBER: int
more: _descriptor.FieldDescriptor
SO_FIELD_NUMBER: int
so: _descriptor.FieldDescriptor
REP_FIELD_NUMBER: int
rep: _descriptor.FieldDescriptor
PREP_FIELD_NUMBER: int
prep: _descriptor.FieldDescriptor
MSG_FIELD_NUMBER: int
msg: _descriptor.FieldDescriptor

class A(_message.Message):
    __slots__ = ("gg", "s", "e", "q", "w", "b")
    Extensions: _Any
    class E(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        Z: _ClassVar[A.E]
    Z: A.E
    class Gg(_message.Message):
        __slots__ = ("x",)
        X_FIELD_NUMBER: _ClassVar[int]
        x: int
        def __init__(self, x: _Optional[int] = ...) -> None: ...
    INNER_FIELD_NUMBER: _ClassVar[int]
    inner: _descriptor.FieldDescriptor
    GG_FIELD_NUMBER: _ClassVar[int]
    S_FIELD_NUMBER: _ClassVar[int]
    E_FIELD_NUMBER: _ClassVar[int]
    Q_FIELD_NUMBER: _ClassVar[int]
    W_FIELD_NUMBER: _ClassVar[int]
    B_FIELD_NUMBER: _ClassVar[int]
    gg: A.Gg
    s: str
    e: A.E
    q: int
    w: int
    b: bool
    def __init__(self, gg: _Optional[_Union[A.Gg, _Mapping[str, _Any]]] = ..., s: _Optional[str] = ..., e: _Optional[_Union[A.E, str]] = ..., q: _Optional[int] = ..., w: _Optional[int] = ..., b: _Optional[bool] = ...) -> None: ...

class B(_message.Message):
    __slots__ = ("a",)
    A_FIELD_NUMBER: _ClassVar[int]
    a: int
    def __init__(self, a: _Optional[int] = ...) -> None: ...
