# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""The build backend: setuptools', which also brings CMake and Ninja where the machine has none."""
import shutil

from setuptools import build_meta
from setuptools.build_meta import *  # noqa: F403


def _tools():
    return [package for package, command in (("cmake>=3.22", "cmake"), ("ninja", "ninja")) if not shutil.which(command)]


def get_requires_for_build_wheel(config_settings=None):
    return build_meta.get_requires_for_build_wheel(config_settings) + _tools()


def get_requires_for_build_editable(config_settings=None):
    return build_meta.get_requires_for_build_editable(config_settings) + _tools()
