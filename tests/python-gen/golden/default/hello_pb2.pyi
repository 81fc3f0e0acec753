import datetime

from google.protobuf import timestamp_pb2 as _timestamp_pb2
from google.protobuf import duration_pb2 as _duration_pb2
from sub import class_x_pb2 as _class_x_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import Any as _Any, ClassVar as _ClassVar, Optional as _Optional, Union as _Union
from google.protobuf.duration_pb2 import Duration as Duration

DESCRIPTOR: _descriptor.FileDescriptor

class Top(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    X: _ClassVar[Top]
X: Top

class Req(_message.Message):
    __slots__ = ("name", "m", "o", "ts", "d", "e", "es", "self", "t", "in_", "i2", "mi", "me", "by", "dd")
    class E(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        A: _ClassVar[Req.E]
        B: _ClassVar[Req.E]
    A: Req.E
    B: Req.E
    class MEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    class In(_message.Message):
        __slots__ = ()
        FROM_FIELD_NUMBER: _ClassVar[int]
        def __init__(self, **kwargs: _Any) -> None: ...
    class MiEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: int
        value: Req.In
        def __init__(self, key: _Optional[int] = ..., value: _Optional[_Union[Req.In, _Mapping[str, _Any]]] = ...) -> None: ...
    class MeEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: Req.E
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[Req.E, str]] = ...) -> None: ...
    NAME_FIELD_NUMBER: _ClassVar[int]
    M_FIELD_NUMBER: _ClassVar[int]
    O_FIELD_NUMBER: _ClassVar[int]
    TS_FIELD_NUMBER: _ClassVar[int]
    D_FIELD_NUMBER: _ClassVar[int]
    E_FIELD_NUMBER: _ClassVar[int]
    ES_FIELD_NUMBER: _ClassVar[int]
    CLASS_FIELD_NUMBER: _ClassVar[int]
    SELF_FIELD_NUMBER: _ClassVar[int]
    T_FIELD_NUMBER: _ClassVar[int]
    IN__FIELD_NUMBER: _ClassVar[int]
    I2_FIELD_NUMBER: _ClassVar[int]
    MI_FIELD_NUMBER: _ClassVar[int]
    ME_FIELD_NUMBER: _ClassVar[int]
    BY_FIELD_NUMBER: _ClassVar[int]
    DD_FIELD_NUMBER: _ClassVar[int]
    NONE_FIELD_NUMBER: _ClassVar[int]
    name: str
    m: _containers.ScalarMap[str, int]
    o: int
    ts: _timestamp_pb2.Timestamp
    d: _containers.RepeatedCompositeFieldContainer[_duration_pb2.Duration]
    e: Req.E
    es: _containers.RepeatedScalarFieldContainer[Req.E]
    self: bool
    t: _class_x_pb2.T
    in_: Req.In
    i2: Req.In
    mi: _containers.MessageMap[int, Req.In]
    me: _containers.ScalarMap[str, Req.E]
    by: bytes
    dd: float
    def __init__(self_, name: _Optional[str] = ..., m: _Optional[_Mapping[str, int]] = ..., o: _Optional[int] = ..., ts: _Optional[_Union[datetime.datetime, _timestamp_pb2.Timestamp, _Mapping[str, _Any]]] = ..., d: _Optional[_Iterable[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping[str, _Any]]]] = ..., e: _Optional[_Union[Req.E, str]] = ..., es: _Optional[_Iterable[_Union[Req.E, str]]] = ..., self: _Optional[bool] = ..., t: _Optional[_Union[_class_x_pb2.T, _Mapping[str, _Any]]] = ..., in_: _Optional[_Union[Req.In, _Mapping[str, _Any]]] = ..., i2: _Optional[_Union[Req.In, _Mapping[str, _Any]]] = ..., mi: _Optional[_Mapping[int, Req.In]] = ..., me: _Optional[_Mapping[str, Req.E]] = ..., by: _Optional[bytes] = ..., dd: _Optional[float] = ..., **kwargs: _Any) -> None: ...
