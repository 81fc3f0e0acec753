# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Abstract classes of the first interface, which nothing here but programs implement."""
from __future__ import annotations

import abc
from typing import Any, Callable


def interface(module: str, name: str, doc: str, methods: str, bases: tuple[type, ...] = ()) -> Any:
    """An abstract class whose methods must all be overridden."""

    def method(method_name: str) -> Callable[..., Any]:
        def unimplemented(self: Any, *args: Any, **kwargs: Any) -> Any:
            raise NotImplementedError(f"{name}.{method_name}")

        unimplemented.__name__ = method_name
        unimplemented.__qualname__ = f"{name}.{method_name}"
        return abc.abstractmethod(unimplemented)

    return abc.ABCMeta(name, bases, {"__doc__": doc, "__module__": module, **{m: method(m) for m in methods.split()}})
