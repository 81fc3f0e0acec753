# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""How a handler is written."""
import enum


@enum.unique
class Service(enum.Enum):
    """Whether a handler's flow of control is its own or events drive it."""

    INLINE = "inline"
    EVENT = "event"
