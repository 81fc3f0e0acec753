# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Giving up what was being computed."""


class Abandoned(Exception):
    """Raised by code that gives up: nobody wants the result any more."""
