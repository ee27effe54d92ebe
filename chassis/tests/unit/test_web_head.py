"""HEAD is answered as GET is, without the body: monitors and mail scanners ask so."""

from collections.abc import MutableMapping
from typing import Any

import pytest
from specimen.service import specimen
from starlette.testclient import TestClient

SECURITY = "Content-Security-Policy"


@pytest.fixture
def client() -> TestClient:
    return TestClient(specimen(), raise_server_exceptions=False)


async def body_sent(method: str, path: str) -> bytes:
    """What the application hands to the server, which may drop it or not."""
    sent: list[MutableMapping[str, Any]] = []

    async def receive() -> MutableMapping[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    async def send(message: MutableMapping[str, Any]) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "path": path,
        "root_path": "",
        "scheme": "http",
        "query_string": b"",
        "headers": [(b"host", b"testserver")],
        "server": ("testserver", 80),
        "client": ("testclient", 50000),
        "http_version": "1.1",
    }
    await specimen()(scope, receive, send)
    assert scope["method"] == method
    return b"".join(message.get("body", b"") for message in sent)


@pytest.mark.parametrize("path", ["/", "/api/entries", "/static/0/site.css"])
async def test_it_is_answered_as_get_is_without_the_body(client: TestClient, path: str) -> None:
    asked, read = client.head(path), client.get(path)

    assert asked.status_code == read.status_code == 200
    for name in ("Content-Type", "Content-Length", SECURITY):
        assert asked.headers[name] == read.headers[name]
    assert await body_sent("HEAD", path) == b""
    assert await body_sent("GET", path) != b""


@pytest.mark.parametrize(
    ("path", "status"), [("/nowhere", 404), ("/broken", 500), ("/upload", 405)]
)
def test_a_refusal_is_one_as_well(client: TestClient, path: str, status: int) -> None:
    answer = client.head(path)

    assert answer.status_code == client.get(path).status_code == status
    assert SECURITY in answer.headers


def test_it_is_observed_under_its_own_name() -> None:
    seen: list[tuple[str, str, int]] = []
    app = specimen("", lambda method, route, status, _: seen.append((method, route, status)))

    TestClient(app).head("/api/entries")

    assert seen == [("HEAD", "/api/entries", 200)]
