"""The gateway gives the services one origin: it routes by prefix, streams, limits, and says 502."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from embedded.gateway import BODY_LIMIT_BYTES, gateway
from embedded.http_server import HttpServer
from embedded.ports import free_port

TOO_LONG = b"x" * (BODY_LIMIT_BYTES + 1)


@dataclass
class Service:
    """A service that tells what reached it."""

    name: str
    second_event: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def app(self) -> Starlette:
        methods = ["GET", "POST"]
        return Starlette(
            routes=[
                Route("/{path:path}/events", self.events),
                Route("/{path:path}/second", self.release_second_event),
                Route("/{path:path}", self.echo, methods=methods),
            ]
        )

    async def echo(self, request: Request) -> Response:
        response = JSONResponse(
            {
                "service": self.name,
                "path": request.scope["raw_path"].decode(),
                "query": request.url.query,
                "headers": dict(request.headers),
                "body": len(await request.body()),
            }
        )
        response.set_cookie("one", "1")
        response.set_cookie("two", "2")
        return response

    async def events(self, request: Request) -> Response:
        return StreamingResponse(self._two_events(), media_type="text/event-stream")

    async def release_second_event(self, request: Request) -> Response:
        self.second_event.set()
        return Response()

    async def _two_events(self) -> AsyncIterator[str]:
        yield "data: first\n\n"
        await self.second_event.wait()
        yield "data: second\n\n"


@pytest.fixture
def origin() -> Iterator[str]:
    with (
        HttpServer(Service("listings").app) as listings,
        HttpServer(Service("matching").app) as matching,
    ):
        services = {"matching": matching.url, "surveys": f"http://127.0.0.1:{free_port()}"}
        with HttpServer(gateway(services, fallback=listings.url)) as server:
            yield server.url


class TestGateway:
    @pytest.mark.parametrize(
        ("path", "service"),
        [
            ("/", "listings"),
            ("/matching", "matching"),
            ("/matching/proposals/1", "matching"),
            ("/matchings", "listings"),
            ("/listings/Pr%C3%BCfger%C3%A4t%2F1", "listings"),
        ],
    )
    def test_the_prefix_chooses_the_service_and_the_path_stays(
        self, origin: str, path: str, service: str
    ) -> None:
        answer = httpx.get(f"{origin}{path}?q=a%20b").json()

        assert (answer["service"], answer["path"], answer["query"]) == (service, path, "q=a%20b")

    def test_forwarding_headers_are_its_own(self, origin: str) -> None:
        claimed = {"X-Forwarded-For": "1.2.3.4", "Host": "boerse.example"}

        headers = httpx.get(origin, headers=claimed).json()["headers"]

        assert headers["x-forwarded-for"] == "127.0.0.1"
        assert headers["x-forwarded-proto"] == "http"
        assert headers["x-forwarded-host"] == headers["host"] == "boerse.example"

    def test_every_cookie_passes(self, origin: str) -> None:
        assert dict(httpx.get(origin).cookies) == {"one": "1", "two": "2"}

    def test_a_cookie_reaches_nobody_but_its_visitor(self, origin: str) -> None:
        with httpx.Client(base_url=origin) as first:
            first.get("/")
            assert "one=1" in first.get("/").json()["headers"]["cookie"]

        assert "cookie" not in httpx.get(origin).json()["headers"]

    async def test_an_event_arrives_before_the_stream_ends(self, origin: str) -> None:
        async with (
            httpx.AsyncClient(base_url=origin) as client,
            client.stream("GET", "/matching/events") as stream,
        ):
            lines = (line async for line in stream.aiter_lines() if line)

            assert await anext(lines) == "data: first"
            await client.get("/matching/second")
            assert await anext(lines) == "data: second"

    def test_a_service_that_is_down_is_a_502_problem(self, origin: str) -> None:
        answer = httpx.get(f"{origin}/surveys/1")

        assert answer.status_code == 502
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == 502

    def test_a_body_at_the_limit_passes(self, origin: str) -> None:
        answer = httpx.post(origin, content=b"x" * BODY_LIMIT_BYTES)

        assert answer.json()["body"] == BODY_LIMIT_BYTES

    @pytest.mark.parametrize("content", [TOO_LONG, [TOO_LONG]], ids=["announced", "chunked"])
    def test_a_body_over_the_limit_is_refused(
        self, origin: str, content: bytes | list[bytes]
    ) -> None:
        answer = httpx.post(origin, content=content)

        assert answer.status_code == 413
