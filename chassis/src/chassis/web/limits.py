"""Limits on what comes in: the size of a body, declared or chunked, and the characters in texts."""

import json

from fastapi import HTTPException
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis.web.problem import Problem
from chassis.web.refusal import CONTROL_CHARACTER
from chassis.web.text import controlled_texts, has_control_characters

DEFAULT_BODY_BYTES = 256 * 1024


class BodyTooLarge(HTTPException):
    """More bytes than the limit allows; FastAPI lets only its own kind pass while it reads."""

    def __init__(self) -> None:
        super().__init__(413)


class BodyLimit:
    """Stops reading at the limit, whatever Content-Length says; some paths may take more."""

    def __init__(self, app: ASGIApp, *, limit: int, larger: dict[str, int]) -> None:
        self._app = app
        self._limit = limit
        self._larger = larger

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        limit = self._larger.get(scope["path"], self._limit)
        if _declared(scope) > limit:
            raise BodyTooLarge
        await self._app(scope, _Counted(receive, limit), send)


class _Counted:
    def __init__(self, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._left = limit

    async def __call__(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        if self._left < 0:
            raise BodyTooLarge
        return message


def _declared(scope: Scope) -> int:
    for name, value in scope["headers"]:
        if name == b"content-length":
            return int(value) if value.isdigit() else 0
    return 0


async def require_printable_text(request: Request) -> None:
    """Refuse control characters in path, query and JSON body, each with its place."""
    found = [("path", name) for name, text in request.path_params.items() if _is_unprintable(text)]
    found += [
        ("query", name)
        for name, text in request.query_params.multi_items()
        if _is_unprintable(text)
    ]
    places: list[tuple[str | int, ...]] = [*found]
    places += [("body", *location) for location in controlled_texts(await _json(request))]
    if places:
        raise Problem(422, errors=[(place, CONTROL_CHARACTER) for place in places])


def _is_unprintable(value: object) -> bool:
    return isinstance(value, str) and has_control_characters(value)


async def _json(request: Request) -> object:
    if "json" not in request.headers.get("content-type", ""):
        return None
    try:
        parsed: object = json.loads(await request.body())
    except (ValueError, RecursionError):  # What is no JSON is refused where the route reads it.
        return None
    return parsed
