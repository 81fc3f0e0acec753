from a import b_c_pb2 as _b_c_pb2
import options_pb2 as _options_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import Any as _Any, ClassVar as _ClassVar, Optional as _Optional, Union as _Union

DESCRIPTOR: _descriptor.FileDescriptor

class Q(_message.Message):
    __slots__ = ("a", "m")
    A_FIELD_NUMBER: _ClassVar[int]
    M_FIELD_NUMBER: _ClassVar[int]
    a: _options_pb2.A
    m: _b_c_pb2.Msg
    def __init__(self, a: _Optional[_Union[_options_pb2.A, _Mapping[str, _Any]]] = ..., m: _Optional[_Union[_b_c_pb2.Msg, _Mapping[str, _Any]]] = ...) -> None: ...

class Old:
    def __getattr__(self, name: str) -> _Any: ...

class Old_Stub(Old): ...

class Empty:
    def __getattr__(self, name: str) -> _Any: ...

class Empty_Stub(Empty): ...
