from collections.abc import Sequence
from typing import Literal, overload

@overload
def run(args: Sequence[bytes], capture: Literal[False] = ...) -> int: ...
@overload
def run(args: Sequence[bytes], capture: Literal[True]) -> tuple[int, bytes]: ...
