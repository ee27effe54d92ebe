"""One origin for the services: a streaming proxy that changes no path and buffers no body."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy

import httpx
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

BODY_LIMIT_BYTES = 2_000_000

_METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]
_OF_ONE_CONNECTION = frozenset(
    b"connection keep-alive proxy-authenticate proxy-authorization "
    b"te trailer transfer-encoding upgrade".split()
)
# A client could claim any address with these.
_SET_HERE = frozenset(b"x-forwarded-for x-forwarded-proto x-forwarded-host forwarded".split())
_Headers = list[tuple[bytes, bytes]]


class BodyTooLarge(Exception):
    """A request's body is over the limit."""


def gateway(services: Mapping[str, str], *, fallback: str) -> Starlette:
    """Route `/<name>` and below to the service of that name, anything else to `fallback`."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with _client() as app.state.client:
            yield

    app = Starlette(routes=[Route("/{path:path}", _pass_on, methods=_METHODS)], lifespan=lifespan)
    app.state.services = dict(services)
    app.state.fallback = fallback
    return app


def _client() -> httpx.AsyncClient:
    return httpx.AsyncClient(
        # An event stream is silent for as long as nothing happens.
        timeout=httpx.Timeout(10, read=None),
        # Shorter than a server keeps an idle connection, which it would close under a request.
        limits=httpx.Limits(max_connections=None, keepalive_expiry=2),
        # One client serves all visitors: a cookie it kept would sign in one as another.
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        trust_env=False,
    )


async def _pass_on(request: Request) -> Response:
    client: httpx.AsyncClient = request.app.state.client
    try:
        answer = await client.send(_upstream_request(client, request), stream=True)
    except BodyTooLarge:
        return _problem(413, "Body too large", f"At most {BODY_LIMIT_BYTES} bytes are accepted.")
    except ClientDisconnect:
        return Response(status_code=400)
    except httpx.TransportError:
        return _problem(502, "Service unavailable", "The service does not answer. Try again later.")
    response = StreamingResponse(_body_of(answer), status_code=answer.status_code)
    response.raw_headers = _end_to_end(answer.headers.raw)
    return response


def _upstream_request(client: httpx.AsyncClient, request: Request) -> httpx.Request:
    _refuse_announced_size(request)
    return client.build_request(
        request.method,
        _upstream_url(request),
        headers=[*_end_to_end(request.headers.raw), *_forwarded(request)],
        content=_limited(request) if _has_body(request) else None,
    )


def _upstream_url(request: Request) -> httpx.URL:
    name = request.url.path.split("/")[1]
    origin = request.app.state.services.get(name, request.app.state.fallback)
    path: bytes = request.scope["raw_path"]
    query: bytes = request.scope["query_string"]
    return httpx.URL(origin).copy_with(raw_path=path + (b"?" + query if query else b""))


def _end_to_end(headers: _Headers) -> _Headers:
    dropped = _OF_ONE_CONNECTION | _SET_HERE
    return [(name, value) for name, value in headers if name.lower() not in dropped]


def _forwarded(request: Request) -> _Headers:
    client = request.client.host if request.client else "unknown"
    return [
        (b"x-forwarded-for", client.encode()),
        (b"x-forwarded-proto", request.url.scheme.encode()),
        (b"x-forwarded-host", request.headers.get("host", "").encode()),
    ]


def _has_body(request: Request) -> bool:
    return "content-length" in request.headers or "transfer-encoding" in request.headers


def _refuse_announced_size(request: Request) -> None:
    announced = request.headers.get("content-length", "0")
    if int(announced) > BODY_LIMIT_BYTES:
        raise BodyTooLarge


async def _limited(request: Request) -> AsyncIterator[bytes]:
    received = 0
    async for chunk in request.stream():
        received += len(chunk)
        if received > BODY_LIMIT_BYTES:
            raise BodyTooLarge
        yield chunk


async def _body_of(answer: httpx.Response) -> AsyncIterator[bytes]:
    try:
        async for chunk in answer.aiter_raw():
            yield chunk
    finally:
        await answer.aclose()


def _problem(status: int, title: str, detail: str) -> JSONResponse:
    return JSONResponse(
        {"type": "about:blank", "title": title, "status": status, "detail": detail},
        status_code=status,
        media_type="application/problem+json",
    )
