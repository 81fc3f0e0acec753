# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""What takes values one after the other."""
import abc
from typing import Any


class Consumer(abc.ABC):
    """Takes values until it is told of the end."""

    @abc.abstractmethod
    def consume(self, value: Any) -> None:
        raise NotImplementedError

    @abc.abstractmethod
    def terminate(self) -> None:
        raise NotImplementedError

    @abc.abstractmethod
    def consume_and_terminate(self, value: Any) -> None:
        raise NotImplementedError
