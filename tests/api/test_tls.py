from __future__ import annotations

import shutil
import ssl
import subprocess
import threading
import time

import pytest

from gigstack_sync.errors import NetworkError

OPENSSL = shutil.which("openssl")
pytestmark = pytest.mark.skipif(OPENSSL is None, reason="needs openssl to make a certificate")


@pytest.fixture
def certificate(tmp_path):
    files = tmp_path / "cert.pem", tmp_path / "key.pem"
    command = [
        OPENSSL, "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1",
        "-nodes", "-days", "2", "-subj", "/CN=localhost",
        "-addext", "subjectAltName=IP:127.0.0.1",
        "-out", str(files[0]), "-keyout", str(files[1]),
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    return files


@pytest.fixture
def tls_server(serve, http, certificate):
    server = serve(http.page({"id": "a"}))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    plain = server._serve

    def over_tls(connection):
        try:
            wrapped = context.wrap_socket(connection, server_side=True)
        except OSError:
            connection.close()
        else:
            plain(wrapped)

    server._serve = over_tls
    server.url = server.url.replace("http://", "https://")
    return server


def test_a_trusted_certificate_serves_pages(tls_server, certificate, connect, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    client = connect(tls_server)
    assert [len(client.page("/x")) for _ in range(3)] == [1, 1, 1]


def test_a_client_told_to_stop_lets_go_of_a_silent_server(
    tls_server, certificate, connect, monkeypatch
):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate[0]))
    tls_server.answers = [lambda _: tls_server.stopping.wait(10)]
    client = connect(tls_server, deadline=10)
    began = time.monotonic()
    threading.Timer(0.3, client.transport.stop, (0.1,)).start()
    with pytest.raises(NetworkError, match="closed"):
        client.page("/x")
    assert time.monotonic() - began < 3


def test_fault_49_an_untrusted_certificate_is_final(tls_server, connect, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE", raising=False)
    client = connect(tls_server)
    with pytest.raises(NetworkError, match="not trusted") as caught:
        client.page("/x")
    assert "clock" in caught.value.hint
    assert client.traffic.retries == 0
    assert tls_server.requests == []
