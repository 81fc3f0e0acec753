# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""The version of grpcio-tools that this stands in for."""
VERSION = "1.85.99"
