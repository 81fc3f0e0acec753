# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""The vocabulary of gRPC's first Python interface, which some programs still import from here."""
