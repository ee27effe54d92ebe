"""Whose word about a visitor's address counts, and what limits count by."""

import pytest
from fastapi import FastAPI, Request
from starlette.testclient import TestClient

from chassis.serving import behind_gateway
from chassis.settings import ServiceSettings
from chassis.signing import generate_link_key
from chassis.web.forwarded import source_of

VISITOR = "203.0.113.7"


def seen(headers: list[tuple[str, str]], **settings: object) -> tuple[str, str]:
    """Address and scheme as a page of the service sees them."""
    app = FastAPI()

    @app.get("/")
    def page(request: Request) -> list[str]:
        assert request.client is not None
        return [request.client.host, request.url.scheme]

    told = ServiceSettings.model_validate(
        {"database_url": "", "form_key": generate_link_key()} | settings
    )
    client = TestClient(behind_gateway(app, told), client=("172.18.0.9", 50_000))
    host, scheme = client.get("/", headers=headers).json()
    return host, scheme


@pytest.mark.parametrize(
    ("forwarded", "trusted", "source"),
    [
        ([VISITOR], "", VISITOR),
        # The gateway replaces what a visitor claims; where it did not, the nearest word counts.
        ([f"198.51.100.1, {VISITOR}"], "", VISITOR),
        ([f"198.51.100.1, {VISITOR}, 10.0.0.2"], "10.0.0.2", VISITOR),
        (["198.51.100.1", f"{VISITOR}, 10.0.0.2"], "10.0.0.0/8 192.0.2.1", VISITOR),
        ([f"{VISITOR}:4711"], "", VISITOR),
        (["2001:db8::7"], "", "2001:db8::7"),
        ([], "", "gateway"),
    ],
)
def test_the_last_who_is_no_proxy_of_ours_is_the_visitor(
    forwarded: list[str], trusted: str, source: str
) -> None:
    headers = [("X-Forwarded-For", each) for each in forwarded]

    host, _ = seen(headers, behind_gateway=True, trusted_proxies=trusted)

    assert host == source


def test_the_gateway_tells_the_scheme() -> None:
    _, scheme = seen([("X-Forwarded-Proto", "https")], behind_gateway=True)

    assert scheme == "https"


def test_without_a_gateway_nobodys_headers_are_believed() -> None:
    headers = [("X-Forwarded-For", VISITOR), ("X-Forwarded-Proto", "https")]

    assert seen(headers) == ("172.18.0.9", "http")


@pytest.mark.parametrize(
    ("address", "source"),
    [
        (VISITOR, VISITOR),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        (f"::ffff:{VISITOR}", VISITOR),
        ("gateway", "gateway"),
    ],
)
def test_limits_count_by_subscriber(address: str, source: str) -> None:
    assert source_of(address) == source
