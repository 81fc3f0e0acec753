# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Where grpcio-observability puts its plugin. Its C++ half works on grpcio only: a plugin is kept and enabled, and told
of the latency of calls by nobody."""
from __future__ import annotations

import abc
import contextlib
import threading
from typing import Any, Iterator

_lock = threading.RLock()
_plugin: ObservabilityPlugin | None = None


class ObservabilityPlugin(abc.ABC):
    """What observes calls."""

    _tracing_enabled = False
    _stats_enabled = False

    @abc.abstractmethod
    def create_client_call_tracer(self, method_name: bytes, target: bytes) -> Any:
        raise NotImplementedError

    @abc.abstractmethod
    def save_trace_context(self, trace_id: str, span_id: str, is_sampled: bool) -> None:
        raise NotImplementedError

    @abc.abstractmethod
    def create_server_call_tracer_factory(self, *, xds: bool = False) -> Any:
        raise NotImplementedError

    @abc.abstractmethod
    def record_rpc_latency(self, method: str, target: str, rpc_latency: float, status_code: Any) -> None:
        raise NotImplementedError

    def set_tracing(self, enable: bool) -> None:
        self._tracing_enabled = enable

    def set_stats(self, enable: bool) -> None:
        self._stats_enabled = enable

    def save_registered_method(self, method_name: bytes) -> None:
        pass

    @property
    def tracing_enabled(self) -> bool:
        return self._tracing_enabled

    @property
    def stats_enabled(self) -> bool:
        return self._stats_enabled

    @property
    def observability_enabled(self) -> bool:
        return self._tracing_enabled or self._stats_enabled


@contextlib.contextmanager
def get_plugin() -> Iterator[ObservabilityPlugin | None]:
    with _lock:
        yield _plugin


def set_plugin(observability_plugin: ObservabilityPlugin | None) -> None:
    global _plugin
    with _lock:
        if observability_plugin and _plugin:
            raise ValueError("observability_plugin was already set!")
        _plugin = observability_plugin


def observability_init(observability_plugin: ObservabilityPlugin) -> None:
    set_plugin(observability_plugin)


def observability_deinit() -> None:
    set_plugin(None)
