# SPDX-License-Identifier: Apache-2.0 - Copyright The weir authors
import subprocess

import grpc
import pytest


@pytest.fixture(scope="module")
def certs(tmp_path_factory):
    where = tmp_path_factory.mktemp("certs")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", where / "key", "-out", where / "cert",
         "-days", "3", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,DNS:other"],
        check=True, capture_output=True)
    return (where / "key").read_bytes(), (where / "cert").read_bytes()


def who(request, context):
    return repr((context.auth_context()["transport_security_type"], dict(context.invocation_metadata()).get("a"),
                 dict(context.invocation_metadata()).get("authorization"))).encode()


HANDLERS = {"Who": grpc.unary_unary_rpc_method_handler(who)}


def test_tls(serve, certs):
    key, cert = certs
    _, port = serve(HANDLERS, creds=grpc.ssl_server_credentials([(key, cert)]))
    with grpc.secure_channel(f"localhost:{port}", grpc.ssl_channel_credentials(cert)) as channel:
        assert channel.unary_unary("/t.T/Who")(b"") == b"([b'ssl'], None, None)"
    with grpc.secure_channel(f"127.0.0.1:{port}", grpc.ssl_channel_credentials(cert)) as channel:
        with pytest.raises(grpc.RpcError) as e:
            channel.unary_unary("/t.T/Who")(b"", timeout=5)
        assert e.value.code() is grpc.StatusCode.UNAVAILABLE
    options = [("grpc.ssl_target_name_override", "other")]
    with grpc.secure_channel(f"127.0.0.1:{port}", grpc.ssl_channel_credentials(cert), options) as channel:
        assert channel.unary_unary("/t.T/Who")(b"", timeout=5)


def test_client_certificates(serve, certs):
    key, cert = certs
    _, port = serve(HANDLERS, creds=grpc.ssl_server_credentials([(key, cert)], cert, True))
    with grpc.secure_channel(f"localhost:{port}", grpc.ssl_channel_credentials(cert, key, cert)) as channel:
        assert channel.unary_unary("/t.T/Who")(b"", timeout=5)
    with grpc.secure_channel(f"localhost:{port}", grpc.ssl_channel_credentials(cert)) as channel:
        with pytest.raises(grpc.RpcError) as e:
            channel.unary_unary("/t.T/Who")(b"", timeout=5)
        assert e.value.code() is grpc.StatusCode.UNAVAILABLE


def test_call_credentials(serve, certs):
    key, cert = certs
    _, port = serve(HANDLERS, creds=grpc.ssl_server_credentials([(key, cert)]))
    asked = []

    def plugin(context, callback):
        asked.append((context.service_url, context.method_name))
        callback((("a", "1"),), None)

    def failing(context, callback):
        callback(None, ValueError("no token"))

    creds = grpc.composite_channel_credentials(
        grpc.ssl_channel_credentials(cert), grpc.metadata_call_credentials(plugin))
    with grpc.secure_channel(f"localhost:{port}", creds) as channel:
        token = grpc.access_token_call_credentials("t0")
        assert channel.unary_unary("/t.T/Who")(b"", credentials=token) == b"([b'ssl'], '1', 'Bearer t0')"
        assert asked == [(f"https://localhost:{port}/t.T", "Who")]
        with pytest.raises(grpc.RpcError) as e:
            channel.unary_unary("/t.T/Who")(b"", credentials=grpc.metadata_call_credentials(failing))
        assert e.value.code() is grpc.StatusCode.UNAVAILABLE
        assert e.value.details() == "Getting metadata from plugin failed with error: no token"


def test_bad_pem(serve, certs):
    """A channel's calls fail, as with grpcio; the reason is told."""
    with grpc.secure_channel("localhost:1", grpc.ssl_channel_credentials(b"no PEM")) as channel:
        with pytest.raises(grpc.RpcError) as e:
            channel.unary_unary("/t.T/Who")(b"", timeout=5)
        assert e.value.code() is grpc.StatusCode.UNAVAILABLE and "ca_pem" in e.value.details()
    with pytest.raises(RuntimeError, match="Failed to bind to address") as failed:
        serve(HANDLERS, creds=grpc.ssl_server_credentials([(b"no", b"PEM")]))
    assert "PEM" in str(failed.value.__cause__).upper()
