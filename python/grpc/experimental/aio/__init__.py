# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""The old name of grpc.aio."""
from grpc.aio import *  # noqa: F401,F403
