import datetime

from google.protobuf import any_pb2 as _any_pb2
from google.protobuf import struct_pb2 as _struct_pb2
from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf import wrappers_pb2 as _wrappers_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import Any as _Any, ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Color(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    RED: _ClassVar[Color]
    CRIMSON: _ClassVar[Color]
    NEGATIVE: _ClassVar[Color]
RED: Color
CRIMSON: Color
NEGATIVE: Color
TOP_FIELD_NUMBER: int
top: _descriptor.FieldDescriptor
CLASS_FIELD_NUMBER: int

class Scalars(_message.Message):
    __slots__ = ("d", "f", "i32", "i64", "u32", "u64", "s32", "s64", "f32", "f64", "sf32", "sf64", "b", "s", "by", "c", "must")
    D_FIELD_NUMBER: _ClassVar[int]
    F_FIELD_NUMBER: _ClassVar[int]
    I32_FIELD_NUMBER: _ClassVar[int]
    I64_FIELD_NUMBER: _ClassVar[int]
    U32_FIELD_NUMBER: _ClassVar[int]
    U64_FIELD_NUMBER: _ClassVar[int]
    S32_FIELD_NUMBER: _ClassVar[int]
    S64_FIELD_NUMBER: _ClassVar[int]
    F32_FIELD_NUMBER: _ClassVar[int]
    F64_FIELD_NUMBER: _ClassVar[int]
    SF32_FIELD_NUMBER: _ClassVar[int]
    SF64_FIELD_NUMBER: _ClassVar[int]
    B_FIELD_NUMBER: _ClassVar[int]
    S_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    C_FIELD_NUMBER: _ClassVar[int]
    MUST_FIELD_NUMBER: _ClassVar[int]
    d: float
    f: float
    i32: int
    i64: int
    u32: int
    u64: int
    s32: int
    s64: int
    f32: int
    f64: int
    sf32: int
    sf64: int
    b: bool
    s: str
    by: bytes
    c: Color
    must: str
    def __init__(self, d: _Optional[float] = ..., f: _Optional[float] = ..., i32: _Optional[int] = ..., i64: _Optional[int] = ..., u32: _Optional[int] = ..., u64: _Optional[int] = ..., s32: _Optional[int] = ..., s64: _Optional[int] = ..., f32: _Optional[int] = ..., f64: _Optional[int] = ..., sf32: _Optional[int] = ..., sf64: _Optional[int] = ..., b: _Optional[bool] = ..., s: _Optional[str] = ..., by: _Optional[bytes] = ..., c: _Optional[_Union[Color, str]] = ..., must: _Optional[str] = ...) -> None: ...

class Repeated(_message.Message):
    __slots__ = ("d", "packed", "s", "b", "c", "m", "flag", "inner", "by_number", "by_name", "by_flag", "times")
    class Inner(_message.Message):
        __slots__ = ("again",)
        AGAIN_FIELD_NUMBER: _ClassVar[int]
        again: Repeated.Inner
        def __init__(self, again: _Optional[_Union[Repeated.Inner, _Mapping[str, _Any]]] = ...) -> None: ...
    class ByNumberEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: Scalars
        def __init__(self, key: _Optional[int] = ..., value: _Optional[_Union[Scalars, _Mapping[str, _Any]]] = ...) -> None: ...
    class ByNameEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: Color
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[Color, str]] = ...) -> None: ...
    class ByFlagEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: bool
        value: bytes
        def __init__(self, key: _Optional[bool] = ..., value: _Optional[bytes] = ...) -> None: ...
    class TimesEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _timestamp_pb2.Timestamp
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping[str, _Any]]] = ...) -> None: ...
    D_FIELD_NUMBER: _ClassVar[int]
    PACKED_FIELD_NUMBER: _ClassVar[int]
    S_FIELD_NUMBER: _ClassVar[int]
    B_FIELD_NUMBER: _ClassVar[int]
    C_FIELD_NUMBER: _ClassVar[int]
    M_FIELD_NUMBER: _ClassVar[int]
    FLAG_FIELD_NUMBER: _ClassVar[int]
    INNER_FIELD_NUMBER: _ClassVar[int]
    BY_NUMBER_FIELD_NUMBER: _ClassVar[int]
    BY_NAME_FIELD_NUMBER: _ClassVar[int]
    BY_FLAG_FIELD_NUMBER: _ClassVar[int]
    TIMES_FIELD_NUMBER: _ClassVar[int]
    d: _containers.RepeatedScalarFieldContainer[float]
    packed: _containers.RepeatedScalarFieldContainer[int]
    s: _containers.RepeatedScalarFieldContainer[str]
    b: _containers.RepeatedScalarFieldContainer[bytes]
    c: _containers.RepeatedScalarFieldContainer[Color]
    m: _containers.RepeatedCompositeFieldContainer[Scalars]
    flag: _containers.RepeatedScalarFieldContainer[bool]
    inner: _containers.RepeatedCompositeFieldContainer[Repeated.Inner]
    by_number: _containers.MessageMap[int, Scalars]
    by_name: _containers.ScalarMap[str, Color]
    by_flag: _containers.ScalarMap[bool, bytes]
    times: _containers.MessageMap[str, _timestamp_pb2.Timestamp]
    def __init__(self, d: _Optional[_Iterable[float]] = ..., packed: _Optional[_Iterable[int]] = ..., s: _Optional[_Iterable[str]] = ..., b: _Optional[_Iterable[bytes]] = ..., c: _Optional[_Iterable[_Union[Color, str]]] = ..., m: _Optional[_Iterable[_Union[Scalars, _Mapping[str, _Any]]]] = ..., flag: _Optional[_Iterable[bool]] = ..., inner: _Optional[_Iterable[_Union[Repeated.Inner, _Mapping[str, _Any]]]] = ..., by_number: _Optional[_Mapping[int, Scalars]] = ..., by_name: _Optional[_Mapping[str, Color]] = ..., by_flag: _Optional[_Mapping[bool, bytes]] = ..., times: _Optional[_Mapping[str, _timestamp_pb2.Timestamp]] = ...) -> None: ...

class Deep(_message.Message):
    __slots__ = ("Deeper_", "any", "value", "a", "k", "g", "self", "self_", "cls", "w")
    class Deeper(_message.Message):
        __slots__ = ()
        Extensions: _Any
        class Deepest(_message.Message):
            __slots__ = ("up", "kind")
            class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
                __slots__ = ()
                K: _ClassVar[Deep.Deeper.Deepest.Kind]
            K: Deep.Deeper.Deepest.Kind
            UP_FIELD_NUMBER: _ClassVar[int]
            KIND_FIELD_NUMBER: _ClassVar[int]
            up: Deep
            kind: Deep.Deeper.Deepest.Kind
            def __init__(self, up: _Optional[_Union[Deep, _Mapping[str, _Any]]] = ..., kind: _Optional[_Union[Deep.Deeper.Deepest.Kind, str]] = ...) -> None: ...
        def __init__(self) -> None: ...
    class Deepest_(_message.Message):
        __slots__ = ()
        def __init__(self) -> None: ...
    class G(_message.Message):
        __slots__ = ("x",)
        X_FIELD_NUMBER: _ClassVar[int]
        x: int
        def __init__(self, x: _Optional[int] = ...) -> None: ...
    MORE_FIELD_NUMBER: _ClassVar[int]
    more: _descriptor.FieldDescriptor
    ONE_FIELD_NUMBER: _ClassVar[int]
    one: _descriptor.FieldDescriptor
    DEEPER__FIELD_NUMBER: _ClassVar[int]
    ANY_FIELD_NUMBER: _ClassVar[int]
    VALUE_FIELD_NUMBER: _ClassVar[int]
    A_FIELD_NUMBER: _ClassVar[int]
    K_FIELD_NUMBER: _ClassVar[int]
    G_FIELD_NUMBER: _ClassVar[int]
    SELF_FIELD_NUMBER: _ClassVar[int]
    SELF__FIELD_NUMBER: _ClassVar[int]
    CLS_FIELD_NUMBER: _ClassVar[int]
    W_FIELD_NUMBER: _ClassVar[int]
    Deeper_: Deep.Deeper
    any: _any_pb2.Any
    value: _struct_pb2.Value
    a: str
    k: Deep.Deeper.Deepest.Kind
    g: Deep.G
    self: str
    self_: str
    cls: int
    w: _wrappers_pb2.StringValue
    def __init__(self__, Deeper_: _Optional[_Union[Deep.Deeper, _Mapping[str, _Any]]] = ..., any: _Optional[_Union[_any_pb2.Any, _Mapping[str, _Any]]] = ..., value: _Optional[_Union[_struct_pb2.Value, _Mapping[str, _Any]]] = ..., a: _Optional[str] = ..., k: _Optional[_Union[Deep.Deeper.Deepest.Kind, str]] = ..., g: _Optional[_Union[Deep.G, _Mapping[str, _Any]]] = ..., self: _Optional[str] = ..., self_: _Optional[str] = ..., cls: _Optional[int] = ..., w: _Optional[_Union[_wrappers_pb2.StringValue, _Mapping[str, _Any]]] = ...) -> None: ...
