import options_pb2 as _options_pb2
from google.protobuf import descriptor as _descriptor
from google.protobuf import message as _message
from collections.abc import Mapping as _Mapping
from typing import Any as _Any, ClassVar as _ClassVar, Optional as _Optional, Union as _Union
from options_pb2 import A as A
from options_pb2 import B as B

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

class Msg(_message.Message):
    __slots__ = ("a",)
    A_FIELD_NUMBER: _ClassVar[int]
    a: _options_pb2.A
    def __init__(self, a: _Optional[_Union[_options_pb2.A, _Mapping[str, _Any]]] = ...) -> None: ...
