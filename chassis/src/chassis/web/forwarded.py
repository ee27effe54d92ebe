"""Where a request comes from behind proxies; what a visitor writes into headers is no proof."""

from collections.abc import Iterable
from ipaddress import IPv6Address, ip_address, ip_network

from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

GATEWAY = "gateway"
SUBSCRIBER_BITS = 64
"""Of an IPv6 address: whoever has one has all with the same first half."""


class BehindGateway:
    """Believes whoever connects, since that is the gateway, and the proxies named before it.

    A request then comes from the last address in ``X-Forwarded-For`` that is none of theirs.
    """

    def __init__(self, app: ASGIApp, trusted_proxies: Iterable[str] = ()) -> None:
        self._app = ProxyHeadersMiddleware(app, [GATEWAY, *trusted_proxies])  # type: ignore[arg-type]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            scope = {**scope, "client": (GATEWAY, 0)}
        await self._app(scope, receive, send)  # type: ignore[arg-type]


def source_of(address: str) -> str:
    """What limits count by: an address, or of IPv6 the network of one subscriber."""
    try:
        known = ip_address(address)
    except ValueError:
        return address
    if not isinstance(known, IPv6Address):
        return address
    if known.ipv4_mapped is not None:
        return str(known.ipv4_mapped)
    return str(ip_network((known, SUBSCRIBER_BITS), strict=False))
