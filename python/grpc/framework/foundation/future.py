# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Futures before concurrent.futures' became common."""
from typing import TypeVar

from grpc import _api

T = TypeVar("T")


class TimeoutError(Exception):
    """A Future's method did not get an answer in time."""


class CancelledError(Exception):
    """What the Future stands for was cancelled."""


class Future(_api.Future[T]):
    """A computation that goes on elsewhere."""
