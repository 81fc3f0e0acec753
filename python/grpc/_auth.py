# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
"""Credentials: what they are made of, and the metadata of call credentials."""
from __future__ import annotations

import contextvars
import inspect
import logging
import os
import threading
from typing import TYPE_CHECKING, Any, Callable

from grpc import _api
from grpc import _common
from grpc import _weir

if TYPE_CHECKING:
    from collections.abc import Sequence

    from grpc._typing import MetadataType

_LOGGER = logging.getLogger(__name__)


class Insecure:
    """No security, on purpose."""


INSECURE = Insecure()  # that of grpc.experimental.insecure_channel_credentials


class Local:
    """No security, for connections within this machine."""


class Ssl:
    def __init__(
        self, root_certificates: bytes | None, private_key: bytes | None, certificate_chain: bytes | None
    ) -> None:
        for pem in (root_certificates, private_key, certificate_chain):
            if pem is not None and not isinstance(pem, bytes):
                raise TypeError(f"expected certificate to be bytes, got {type(pem)}")
        self.parts = root_certificates, private_key, certificate_chain

    def connect(self, server_name: str | None) -> _weir.Creds:
        roots, key, chain = self.parts
        if roots is None:
            roots = default_roots()
        return _weir.Creds(ca=roots, cert=chain, key=key, server_name=server_name)


class CompositeChannel:
    def __init__(self, channel: Any, call: CompositeCall) -> None:
        self.channel, self.call = channel, call


class SessionCache:
    """TLS sessions of servers, for resumption."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity


class Unavailable:
    """Credentials that cannot be had here: channels with them cannot make calls, servers cannot listen."""

    def __init__(self, name: str) -> None:
        self.name = name

    def connect(self, server_name: str | None) -> _weir.Creds:
        raise NotAvailable(self.name)

    def listen(self) -> _weir.Creds:
        raise ValueError(f"weir has no {self.name} credentials")


class NotAvailable(Exception):
    """A channel that cannot be: its calls end with INTERNAL."""


class SslServer:
    def __init__(self, pairs: Sequence[tuple[bytes, bytes]], roots: bytes | None, require_client_auth: bool) -> None:
        self.pairs, self.roots, self.require = pairs, roots, require_client_auth

    def listen(self) -> _weir.Creds:
        if len(self.pairs) > 1:
            raise NotImplementedError("weir serves one private key-certificate chain pair per port")
        key, chain = self.pairs[0]
        need = 2 if self.require else 0
        return _weir.Creds(ca=self.roots if self.require else None, cert=chain, key=key, need_client_cert=need)


def default_roots() -> bytes | None:
    path = os.environ.get("GRPC_DEFAULT_SSL_ROOTS_FILE_PATH")
    if not path:
        return None
    with open(path, "rb") as f:
        return f.read()


# ---- call credentials


class _AuthMetadataContext(_api.AuthMetadataContext):
    def __init__(self, service_url: str, method_name: str) -> None:
        self.service_url, self.method_name = service_url, method_name


class Plugin:
    """An AuthMetadataPlugin and the context that it is to run in."""

    def __init__(self, plugin: Callable[[Any, Any], None], name: str | None) -> None:
        self.plugin = plugin
        self.name = name or getattr(plugin, "__name__", plugin.__class__.__name__)
        self.context = contextvars.copy_context()

    def metadata(self, context: _api.AuthMetadataContext, timeout: float | None) -> MetadataType:
        done = threading.Event()
        answer: list[tuple[MetadataType | None, Exception | None]] = []

        def callback(metadata: MetadataType | None, error: Exception | None) -> None:
            if answer:
                raise RuntimeError(f'AuthMetadataPluginCallback called more than once by "{self.name}"')
            answer.append((metadata, error))
            done.set()

        try:
            self.context.copy().run(self.plugin, context, callback)
        except Exception as error:  # the program's code
            _LOGGER.exception('AuthMetadataPluginCallback "%s" raised exception!', self.name)
            raise AuthFailed(_api.StatusCode.UNAVAILABLE,
                             f"Getting metadata from plugin failed with error: {error}") from error
        if not done.wait(timeout):
            raise AuthFailed(_api.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded")
        metadata, failure = answer[0]
        if failure is not None:
            raise AuthFailed(_api.StatusCode.UNAVAILABLE, f"Getting metadata from plugin failed with error: {failure}")
        return tuple(metadata or ())


class AuthFailed(Exception):
    def __init__(self, code: _api.StatusCode, details: str) -> None:
        super().__init__(details)
        self.code, self.details = code, details


def _authorize(token: str, callback: _api.AuthMetadataPluginCallback) -> None:
    callback((("authorization", f"Bearer {token}"),), None)


class AccessTokenAuthMetadataPlugin(_api.AuthMetadataPlugin):
    """A token that stays the same."""

    def __init__(self, access_token: str) -> None:
        self._access_token = access_token

    def __call__(self, context: _api.AuthMetadataContext, callback: _api.AuthMetadataPluginCallback) -> None:
        _authorize(self._access_token, callback)


class GoogleCallCredentials(_api.AuthMetadataPlugin):
    """Asks what google-auth or oauth2client call credentials for a token: each time, on a thread of its own."""

    def __init__(self, credentials: Any) -> None:
        self._credentials = credentials
        self._is_jwt = "additional_claims" in inspect.getfullargspec(credentials.get_access_token).args

    def __call__(self, context: _api.AuthMetadataContext, callback: _api.AuthMetadataPluginCallback) -> None:
        claims = {"additional_claims": {"aud": context.service_url}} if self._is_jwt else {}

        def ask() -> None:
            try:
                token = self._credentials.get_access_token(**claims).access_token
            except Exception as error:  # the program's code
                callback((), error)
            else:
                _authorize(token, callback)

        threading.Thread(target=ask, name="grpc-credentials", daemon=True).start()


class CompositeCall:
    def __init__(self, parts: Sequence[Plugin | CompositeCall]) -> None:
        self.parts = parts

    def metadata(self, context: _api.AuthMetadataContext, timeout: float | None) -> MetadataType:
        return tuple(pair for part in self.parts for pair in part.metadata(context, timeout))


def call_metadata(
    credentials: Plugin | CompositeCall, authority: str, path: bytes, timeout: float | None
) -> MetadataType:
    """What call credentials add to the metadata of a call; raises AuthFailed."""
    service, _, method = _common.decode(path).rpartition("/")
    if authority.endswith(":443"):
        authority = authority[:-4]
    return credentials.metadata(_AuthMetadataContext(f"https://{authority}{service}", method), timeout)
