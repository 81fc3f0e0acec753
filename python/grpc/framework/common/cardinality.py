# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""How many messages a method takes and gives."""
import enum


@enum.unique
class Cardinality(enum.Enum):
    """The four kinds of method."""

    UNARY_UNARY = "request-unary/response-unary"
    UNARY_STREAM = "request-unary/response-streaming"
    STREAM_UNARY = "request-streaming/response-unary"
    STREAM_STREAM = "request-streaming/response-streaming"
