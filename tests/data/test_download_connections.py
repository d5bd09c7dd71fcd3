"""The connections of downloads: https, redirections, certificates, passwords and proxies."""

import socket
import ssl
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import requests
from support import certificates
from support.downloads import CONTENT, LIMIT, QUICK, accept, failure, fetch
from support.server import answer, serve

from nnbp.data.errors import NoMirrorError
from nnbp.data.http import DeliveryError, UnreachableError, get
from nnbp.data.job import Job
from nnbp.data.mirrors import download


def test_http_is_refused_unless_the_user_named_the_url() -> None:
    with serve({"/x": answer(200, CONTENT)}) as server:
        with pytest.raises(NoMirrorError, match="not https"):
            download(Job([f"{server.url}/x"], accept, LIMIT))
        assert not server.requests


def test_an_https_failure_is_not_retried_over_http() -> None:
    with serve({"/x": answer(200, CONTENT)}) as server:
        failure(f"{server.url}/x".replace("http:", "https:"))
        assert not server.requests


def test_a_redirection_from_https_to_http_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def send(adapter: Any, request: requests.PreparedRequest, **options: Any) -> requests.Response:
        asked.append(request.url)
        response = requests.Response()
        response.status_code = 302
        response.headers["Location"] = "http://127.0.0.1/plain"
        response.raw = type("Raw", (), {"close": lambda self: None, "release_conn": lambda self: None})()
        response.request = request
        response.url = str(request.url)
        return response

    monkeypatch.setattr("requests.adapters.HTTPAdapter.send", send)
    with pytest.raises(DeliveryError, match="refused"):
        get("https://localhost/x", LIMIT, (1, 1), lambda received, expected: None)
    assert asked == ["https://localhost/x"]


def test_a_redirection_with_an_endless_body_is_followed_without_reading_it() -> None:
    def endless(connection: socket.socket, server: Any) -> None:
        connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /x\r\n\r\n")
        while not server.closing.is_set():
            connection.sendall(bytes(1 << 16))

    with serve({"/endless": endless, "/x": answer(200, CONTENT)}) as server:
        assert fetch(f"{server.url}/endless") == CONTENT


def test_a_certificate_that_is_not_trusted_is_an_error_with_its_problem_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    cause = ssl.SSLCertVerificationError(1, "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: …")
    cause.verify_message = "self-signed certificate"

    def send(*args: Any, **options: Any) -> requests.Response:
        raise requests.exceptions.SSLError(cause)

    monkeypatch.setattr("requests.adapters.HTTPAdapter.send", send)
    with pytest.raises(UnreachableError) as caught:
        get("https://localhost/x", LIMIT, (1, 1), lambda received, expected: None)
    assert caught.value.reason == "no trusted connection (self-signed certificate)"
    assert not caught.value.again


def tls(folder: Path, certificate: str) -> ssl.SSLContext:
    (folder / "served.pem").write_text(certificates.KEY + certificate)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "served.pem")
    return context


def trust(monkeypatch: pytest.MonkeyPatch, folder: Path, certificate: str) -> None:
    (folder / "trusted.pem").write_text(certificate)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(folder / "trusted.pem"))


def test_a_certificate_that_is_trusted_is_accepted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch, tmp_path, certificates.GOOD)
    with serve({"/x": answer(200, CONTENT)}, tls(tmp_path, certificates.GOOD)) as server:
        assert fetch(f"{server.url}/x") == CONTENT


@pytest.mark.parametrize(
    ("certificate", "trusted", "reason"),
    [
        (certificates.EXPIRED, certificates.EXPIRED, "certificate has expired"),
        (certificates.ELSEWHERE, certificates.ELSEWHERE, "Hostname mismatch"),
        (certificates.GOOD, certificates.ELSEWHERE, "self-signed certificate"),
    ],
    ids=["expired", "of another host", "not trusted"],
)
def test_a_server_with_a_wrong_certificate_is_asked_for_nothing_and_not_again_over_http(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, certificate: str, trusted: str, reason: str
) -> None:
    trust(monkeypatch, tmp_path, trusted)
    with serve({"/x": answer(200, CONTENT)}, tls(tmp_path, certificate)) as server:
        line = failure(f"{server.url}/x", limits=replace(QUICK, connect=5, read=5))
        assert server.requests == []
    assert "no trusted connection (" in line
    assert reason in line


def test_a_redirection_from_a_trusted_server_to_http_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust(monkeypatch, tmp_path, certificates.GOOD)
    with serve({"/x": answer(200, CONTENT)}) as plain:
        route = {"/x": answer(302, b"", f"Location: {plain.url}/x")}
        with serve(route, tls(tmp_path, certificates.GOOD)) as server:
            assert "redirection to 'http://127.0.0.1" in failure(f"{server.url}/x")
        assert plain.requests == []


def test_passwords_of_a_netrc_file_are_not_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login me password secret\n")
    (tmp_path / ".netrc").chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    with serve({"/a": answer(302, b"", "Location: /b"), "/b": answer(200, CONTENT)}) as server:
        assert requests.get(f"{server.url}/b", timeout=1).content == CONTENT
        fetch(f"{server.url}/a")
        bait, *ours = server.requests
    assert "authorization" in bait.headers
    assert len(ours) == 2
    for request in ours:
        assert "authorization" not in request.headers
        assert request.headers["accept-encoding"] == "identity"


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with serve({"http://mirror.invalid/x": answer(200, CONTENT)}) as server:
        monkeypatch.setenv("http_proxy", server.url)
        assert fetch("http://mirror.invalid/x") == CONTENT


def test_a_proxy_that_is_not_a_url_is_an_error_that_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://[")
    assert "not understood" in failure("http://mirror.invalid/x")
