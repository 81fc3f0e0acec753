# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""The interface before 1.0: credentials, channels, names. Stubs and servers of that time are not there."""
