# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""The grpcio version whose interface this package has; generated code asks for it."""
__version__ = """1.85.1"""
