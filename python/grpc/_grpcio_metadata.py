# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""The grpcio version whose interface this package has; generated code and packages ask for it.

Patch releases of grpcio add nothing to the interface, but what demands 1.85.3, say, must be content: hence the 99."""
__version__ = """1.85.99"""
