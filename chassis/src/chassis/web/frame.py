"""Around every request: correlation id, security headers, access log, no error unanswered."""

import time
import traceback
from collections.abc import Callable
from uuid import UUID

import structlog
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uuid_utils.compat import uuid7

from chassis.database import is_transient
from chassis.web.limits import BodyTooLarge

Observe = Callable[[str, str, int, float], None]
Explain = Callable[[Request, int], Response]

log = structlog.get_logger("chassis.web")

UNMATCHED = "(unmatched)"
TRACE_ID_CHARACTERS = 32
# KERN's icons are masks inside its style sheet: hence images from data.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; font-src 'self'; img-src 'self' data:; "
    "script-src 'self'; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Frame:
    """The outermost layer: whatever happens inside, there is one answer and one line in the log.

    HEAD is answered as GET without the body (RFC 9110, 9.3.2): monitors and mail scanners ask so.
    """

    def __init__(self, app: ASGIApp, *, explain: Explain, observe: Observe | None) -> None:
        self._app = app
        self._explain = explain
        self._observe = observe

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        exchange = _Exchange(scope, send)
        try:
            await self._app(exchange.scope, receive, exchange.send)
        except BodyTooLarge:
            await self._answer(exchange, receive, 413)
        except Exception as error:
            _log_failure(error, exchange)
            await self._answer(exchange, receive, 503 if is_transient(error) else 500)
        finally:
            self._record(exchange)

    async def _answer(self, exchange: "_Exchange", receive: Receive, status: int) -> None:
        if exchange.status is None:
            response = self._explain(Request(exchange.scope, receive), status)
            await response(exchange.scope, receive, exchange.send)

    def _record(self, exchange: "_Exchange") -> None:
        status = exchange.status or 499
        seconds = time.perf_counter() - exchange.started
        log.info(
            "http_answered",
            method=exchange.method,
            route=exchange.route,
            status=status,
            milliseconds=round(seconds * 1000, 1),
            correlation_id=str(exchange.correlation_id),
        )
        if self._observe is not None:
            self._observe(exchange.method, exchange.route, status, seconds)


class _Exchange:
    """One request and what became of it."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.method = scope["method"]
        # A copy: the server goes by the method that it read.
        self.scope = {**scope, "method": "GET"} if self.method == "HEAD" else scope
        self.status: int | None = None
        self.started = time.perf_counter()
        self.traceparent = _traceparent(scope)
        self.correlation_id = _correlation_id(self.traceparent)
        self.scope.setdefault("state", {})
        self.scope["state"]["correlation_id"] = self.correlation_id
        self.scope["state"]["traceparent"] = self.traceparent
        self._send = send

    @property
    def route(self) -> str:
        """The route's template: the path itself can hold names and tokens."""
        path = getattr(self.scope.get("route"), "path", None)
        return _template(self.scope, path) if isinstance(path, str) else UNMATCHED

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            headers = MutableHeaders(scope=message)
            for name, value in SECURITY_HEADERS.items():
                headers.setdefault(name, value)
            headers["X-Correlation-ID"] = str(self.correlation_id)
        elif self.method == "HEAD":
            message = {**message, "body": b""}
        await self._send(message)


def _template(scope: Scope, route_path: str) -> str:
    """A route knows its path inside its router only; what lies before is taken from the request."""
    segments = scope["path"].split("/")
    before = len(segments) - route_path.count("/") - 1
    if before <= 0 or ":path}" in route_path:
        return route_path
    names = {value: f"{{{name}}}" for name, value in scope.get("path_params", {}).items()}
    return "/".join(names.get(segment, segment) for segment in segments[: before + 1]) + route_path


def _traceparent(scope: Scope) -> str | None:
    for name, value in scope["headers"]:
        if name == b"traceparent" and _is_traceparent(value):
            return str(value.decode("ascii"))
    return None


def _is_traceparent(value: bytes) -> bool:
    parts = value.split(b"-")
    lengths = [len(part) for part in parts]
    return lengths == [2, TRACE_ID_CHARACTERS, 16, 2] and all(
        set(part) <= set(b"0123456789abcdef") for part in parts
    )


def _correlation_id(traceparent: str | None) -> UUID:
    return UUID(traceparent.split("-")[1]) if traceparent else uuid7()


def _log_failure(error: Exception, exchange: _Exchange) -> None:
    # Not the error's own text: a database driver quotes the row that it refused.
    log.error(
        "http_failed",
        error=type(error).__qualname__,
        frames="".join(traceback.format_tb(error.__traceback__)),
        route=exchange.route,
        correlation_id=str(exchange.correlation_id),
    )
