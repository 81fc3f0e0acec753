# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Values of the types in base."""
from __future__ import annotations

import collections
from typing import Any

from grpc.framework.interfaces.base import base


class _Completion(collections.namedtuple("_Completion", ("terminal_metadata", "code", "message")), base.Completion):
    pass


class _Subscription(
        collections.namedtuple("_Subscription", ("kind", "termination_callback", "allowance", "operator",
                                                 "protocol_receiver")), base.Subscription):
    pass


def completion(terminal_metadata: Any, code: Any, message: Any) -> base.Completion:
    return _Completion(terminal_metadata, code, message)


def full_subscription(operator: Any, protocol_receiver: Any) -> base.Subscription:
    return _Subscription(base.Subscription.Kind.FULL, None, None, operator, protocol_receiver)
