from google.protobuf.internal import containers as _containers
from google.protobuf.internal import enum_type_wrapper as _enum_type_wrapper
from google.protobuf.internal import python_message as _python_message
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Iterable as _Iterable, Mapping as _Mapping
from typing import ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
    __slots__ = ()
    KIND: _ClassVar[Kind]
KIND: Kind
KIND_EXT_FIELD_NUMBER: _ClassVar[int]
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
        outer: shadows_pb2.Node
        def __init__(self, x: _Optional[int] = ..., inner: _Optional[_Union[Node.Node, _Mapping]] = ..., outer: _Optional[_Union[shadows_pb2.Node, _Mapping]] = ...) -> None: ...
    INNER_FIELD_NUMBER: _ClassVar[int]
    OUTER_FIELD_NUMBER: _ClassVar[int]
    OUTERS_FIELD_NUMBER: _ClassVar[int]
    inner: Node.Node
    outer: Node
    outers: _containers.RepeatedCompositeFieldContainer[Node]
    def __init__(self, inner: _Optional[_Union[Node.Node, _Mapping]] = ..., outer: _Optional[_Union[Node, _Mapping]] = ..., outers: _Optional[_Iterable[_Union[Node, _Mapping]]] = ...) -> None: ...

class Builtins(_message.Message):
    __slots__ = ("str", "text", "int", "numbers", "bool", "flag", "bytes", "data", "float", "real", "counts", "kind")
    class CountsEntry(_message.Message):
        __slots__ = ("key", "value")
        KEY_FIELD_NUMBER: _ClassVar[int]
        VALUE_FIELD_NUMBER: _ClassVar[int]
        key: str
        value: int
        def __init__(self, key: _Optional[str] = ..., value: _Optional[int] = ...) -> None: ...
    STR_FIELD_NUMBER: _ClassVar[int]
    TEXT_FIELD_NUMBER: _ClassVar[int]
    INT_FIELD_NUMBER: _ClassVar[int]
    NUMBERS_FIELD_NUMBER: _ClassVar[int]
    BOOL_FIELD_NUMBER: _ClassVar[int]
    FLAG_FIELD_NUMBER: _ClassVar[int]
    BYTES_FIELD_NUMBER: _ClassVar[int]
    DATA_FIELD_NUMBER: _ClassVar[int]
    FLOAT_FIELD_NUMBER: _ClassVar[int]
    REAL_FIELD_NUMBER: _ClassVar[int]
    COUNTS_FIELD_NUMBER: _ClassVar[int]
    KIND_FIELD_NUMBER: _ClassVar[int]
    str: str
    text: str
    int: int
    numbers: _containers.RepeatedScalarFieldContainer[int]
    bool: bool
    flag: bool
    bytes: bytes
    data: bytes
    float: float
    real: float
    counts: _containers.ScalarMap[str, int]
    kind: Kind
    def __init__(self, str: _Optional[str] = ..., text: _Optional[str] = ..., int: _Optional[int] = ..., numbers: _Optional[_Iterable[int]] = ..., bool: _Optional[bool] = ..., flag: _Optional[bool] = ..., bytes: _Optional[bytes] = ..., data: _Optional[bytes] = ..., float: _Optional[float] = ..., real: _Optional[float] = ..., counts: _Optional[_Mapping[str, int]] = ..., kind: _Optional[_Union[Kind, str]] = ...) -> None: ...

class Same(_message.Message):
    __slots__ = ("own", "top", "Same", "again")
    Extensions: _python_message._ExtensionDict
    class Kind(int, metaclass=_enum_type_wrapper.EnumTypeWrapper):
        __slots__ = ()
        OTHER: _ClassVar[Same.Kind]
    OTHER: Same.Kind
    OWN_FIELD_NUMBER: _ClassVar[int]
    TOP_FIELD_NUMBER: _ClassVar[int]
    SAME_FIELD_NUMBER: _ClassVar[int]
    AGAIN_FIELD_NUMBER: _ClassVar[int]
    own: Same.Kind
    top: Kind
    Same: Same
    again: Same
    def __init__(self, own: _Optional[_Union[Same.Kind, str]] = ..., top: _Optional[_Union[Kind, str]] = ..., Same: _Optional[_Union[Same, _Mapping]] = ..., again: _Optional[_Union[Same, _Mapping]] = ...) -> None: ...
