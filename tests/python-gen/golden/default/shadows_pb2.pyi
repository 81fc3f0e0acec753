import builtins as _builtins
from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import Any as _Any, ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    KIND: _ClassVar[Kind]
KIND: Kind
KIND_EXT_FIELD_NUMBER: int
Kind_ext: _descriptor.FieldDescriptor

class Node(_message.Message):
    __slots__ = ("inner", "outer", "outers")
    class Node(_message.Message):
        __slots__ = ("x", "inner", "outer")
        X_FIELD_NUMBER: _ClassVar[int]
        INNER_FIELD_NUMBER: _ClassVar[int]
        OUTER_FIELD_NUMBER: _ClassVar[int]
        x: int
        inner: Node.Node
        outer: Node
        def __init__(self, x: _Optional[int] = ..., inner: _Optional[_Union[Node.Node, _Mapping[str, _Any]]] = ..., outer: _Optional[_Union[Node, _Mapping[str, _Any]]] = ...) -> None: ...
    INNER_FIELD_NUMBER: _ClassVar[int]
    OUTER_FIELD_NUMBER: _ClassVar[int]
    OUTERS_FIELD_NUMBER: _ClassVar[int]
    inner: _top_Node.Node
    outer: _top_Node
    outers: _containers.RepeatedCompositeFieldContainer[_top_Node]
    def __init__(self, inner: _Optional[_Union[_top_Node.Node, _Mapping[str, _Any]]] = ..., outer: _Optional[_Union[_top_Node, _Mapping[str, _Any]]] = ..., outers: _Optional[_Iterable[_Union[_top_Node, _Mapping[str, _Any]]]] = ...) -> None: ...

class Builtins(_message.Message):
    __slots__ = ("str", "text", "int", "numbers", "bool", "flag", "bytes", "data", "float", "real", "counts", "kind")
    class CountsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    STR_FIELD_NUMBER: _ClassVar[_builtins.int]
    TEXT_FIELD_NUMBER: _ClassVar[_builtins.int]
    INT_FIELD_NUMBER: _ClassVar[_builtins.int]
    NUMBERS_FIELD_NUMBER: _ClassVar[_builtins.int]
    BOOL_FIELD_NUMBER: _ClassVar[_builtins.int]
    FLAG_FIELD_NUMBER: _ClassVar[_builtins.int]
    BYTES_FIELD_NUMBER: _ClassVar[_builtins.int]
    DATA_FIELD_NUMBER: _ClassVar[_builtins.int]
    FLOAT_FIELD_NUMBER: _ClassVar[_builtins.int]
    REAL_FIELD_NUMBER: _ClassVar[_builtins.int]
    COUNTS_FIELD_NUMBER: _ClassVar[_builtins.int]
    KIND_FIELD_NUMBER: _ClassVar[_builtins.int]
    str: _builtins.str
    text: _builtins.str
    int: _builtins.int
    numbers: _containers.RepeatedScalarFieldContainer[_builtins.int]
    bool: _builtins.bool
    flag: _builtins.bool
    bytes: _builtins.bytes
    data: _builtins.bytes
    float: _builtins.float
    real: _builtins.float
    counts: _containers.ScalarMap[_builtins.str, _builtins.int]
    kind: Kind
    def __init__(self, str: _Optional[_builtins.str] = ..., text: _Optional[_builtins.str] = ..., int: _Optional[_builtins.int] = ..., numbers: _Optional[_Iterable[_builtins.int]] = ..., bool: _Optional[_builtins.bool] = ..., flag: _Optional[_builtins.bool] = ..., bytes: _Optional[_builtins.bytes] = ..., data: _Optional[_builtins.bytes] = ..., float: _Optional[_builtins.float] = ..., real: _Optional[_builtins.float] = ..., counts: _Optional[_Mapping[_builtins.str, _builtins.int]] = ..., kind: _Optional[_Union[Kind, _builtins.str]] = ...) -> None: ...

class Same(_message.Message):
    __slots__ = ("own", "top", "Same", "again")
    Extensions: _Any
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        OTHER: _ClassVar[Same.Kind]
    OTHER: _top_Same.Kind
    OWN_FIELD_NUMBER: _ClassVar[int]
    TOP_FIELD_NUMBER: _ClassVar[int]
    SAME_FIELD_NUMBER: _ClassVar[int]
    AGAIN_FIELD_NUMBER: _ClassVar[int]
    own: _top_Same.Kind
    top: _top_Kind
    Same: _top_Same
    again: _top_Same
    def __init__(self, own: _Optional[_Union[_top_Same.Kind, str]] = ..., top: _Optional[_Union[_top_Kind, str]] = ..., Same: _Optional[_Union[_top_Same, _Mapping[str, _Any]]] = ..., again: _Optional[_Union[_top_Same, _Mapping[str, _Any]]] = ...) -> None: ...

_top_Node = Node
_top_Same = Same
_top_Kind = Kind
