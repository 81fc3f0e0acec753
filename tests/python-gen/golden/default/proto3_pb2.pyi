import datetime

from google.protobuf import duration_pb2 as _duration_pb2
from sub import class_x_pb2 as _class_x_pb2
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import Any as _Any, ClassVar as _ClassVar, Optional as _Optional, Union as _Union
from google.protobuf.duration_pb2 import Duration as Duration
from sub.class_x_pb2 import T as T

DESCRIPTOR: _descriptor.FileDescriptor

class Only(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    ZERO: _ClassVar[Only]
ZERO: Only

class P(_message.Message):
    __slots__ = ("o", "s", "a", "d", "list", "plain", "camelCase_name", "given", "m", "t", "ds")
    class MEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: _duration_pb2.Duration
        def __init__(self, key: _Optional[str] = ..., value: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping[str, _Any]]] = ...) -> None: ...
    O_FIELD_NUMBER: _ClassVar[int]
    S_FIELD_NUMBER: _ClassVar[int]
    A_FIELD_NUMBER: _ClassVar[int]
    D_FIELD_NUMBER: _ClassVar[int]
    LIST_FIELD_NUMBER: _ClassVar[int]
    PLAIN_FIELD_NUMBER: _ClassVar[int]
    CAMELCASE_NAME_FIELD_NUMBER: _ClassVar[int]
    GIVEN_FIELD_NUMBER: _ClassVar[int]
    M_FIELD_NUMBER: _ClassVar[int]
    T_FIELD_NUMBER: _ClassVar[int]
    DS_FIELD_NUMBER: _ClassVar[int]
    o: int
    s: str
    a: int
    d: _duration_pb2.Duration
    list: _containers.RepeatedScalarFieldContainer[int]
    plain: _containers.RepeatedScalarFieldContainer[int]
    camelCase_name: str
    given: str
    m: _containers.MessageMap[str, _duration_pb2.Duration]
    t: _class_x_pb2.T
    ds: _containers.RepeatedCompositeFieldContainer[_duration_pb2.Duration]
    def __init__(self, o: _Optional[int] = ..., s: _Optional[str] = ..., a: _Optional[int] = ..., d: _Optional[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping[str, _Any]]] = ..., list: _Optional[_Iterable[int]] = ..., plain: _Optional[_Iterable[int]] = ..., camelCase_name: _Optional[str] = ..., given: _Optional[str] = ..., m: _Optional[_Mapping[str, _duration_pb2.Duration]] = ..., t: _Optional[_Union[_class_x_pb2.T, _Mapping[str, _Any]]] = ..., ds: _Optional[_Iterable[_Union[datetime.timedelta, _duration_pb2.Duration, _Mapping[str, _Any]]]] = ...) -> None: ...

class Empty(_message.Message):
    __slots__ = ()
    def __init__(self) -> None: ...
