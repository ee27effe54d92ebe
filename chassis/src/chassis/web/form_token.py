"""Form tokens: a POST with a person's cookies counts only when it came from our own pages."""

import base64
import hmac
import secrets
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Self, TypeVar
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import Response

from chassis.web.problem import Problem
from chassis.web.translation import mark

COOKIE = "form"
FIELD = "form_token"
NONCE_BYTES = 16
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
OWN_SITES = frozenset({"same-origin", "none"})
EXEMPTION = "form_token_exemption"
FOREIGN = mark(
    "Die Anfrage kam nicht von einer Seite dieser Website oder das Formular ist veraltet."
)
STALE_TITLE = mark("Bitte senden Sie es noch einmal ab")
STALE = mark("Das Formular ist veraltet.")
SEND_AGAIN = mark(
    "Was Sie absenden wollten, ist noch nicht gespeichert, aber auf dieser Seite noch da. Senden"
    " Sie es noch einmal ab."
)
RELOAD = mark("Laden Sie die Seite mit dem Formular neu und senden Sie es noch einmal ab.")

Endpoint = TypeVar("Endpoint", bound=Callable[..., object])


def exempt_from_form_token(reason: str) -> Callable[[Endpoint], Endpoint]:
    """For routes that machines call without our pages: one-click unsubscribe, webhooks."""

    def exempt(endpoint: Endpoint) -> Endpoint:
        endpoint.__dict__[EXEMPTION] = reason
        return endpoint

    return exempt


class FormToken:
    """The token of one page view; it makes a cookie only for pages that hold a form."""

    def __init__(self, *, keys: Sequence[bytes], nonce: str, is_new: bool) -> None:
        self._keys = keys
        self._nonce = nonce
        self._is_new = is_new
        self.used = False

    @classmethod
    def of(cls, request: Request) -> Self:
        nonce = request.cookies.get(COOKIE)
        keys: Sequence[bytes] = request.app.state.form_keys
        return cls(keys=keys, nonce=nonce or secrets.token_urlsafe(NONCE_BYTES), is_new=not nonce)

    def use(self) -> str:
        self.used = True
        return self.value

    @property
    def value(self) -> str:
        return self._made_with(self._keys[0])

    def accepts(self, sent: object) -> bool:
        """Made with any of the keys: a page may be older than the newest one."""
        if not isinstance(sent, str) or self._is_new:
            return False
        given = sent.encode("utf-8", "replace")
        made = [self._made_with(key).encode() for key in self._keys]
        return any(hmac.compare_digest(given, each) for each in made)

    def _made_with(self, key: bytes) -> str:
        message = b"form\0" + self._nonce.encode("utf-8", "surrogatepass")
        digest = hmac.digest(key, message, "sha256")
        return base64.urlsafe_b64encode(digest[:NONCE_BYTES]).rstrip(b"=").decode("ascii")

    def keep(self, request: Request, response: Response) -> None:
        if self.used and self._is_new:
            secure = request.url.scheme == "https"
            response.set_cookie(COOKIE, self._nonce, httponly=True, samesite="lax", secure=secure)


async def require_own_form(request: Request) -> AsyncIterator[None]:
    """Refuse state changes that did not come from our own pages; set on every route."""
    try:
        await _check_origin(request)
        yield
    finally:
        await request.close()


async def _check_origin(request: Request) -> None:
    if request.method in SAFE_METHODS or _is_exempt(request):
        return
    if not _is_same_origin(request):
        raise Problem(403, FOREIGN, remedy=RELOAD)
    if _needs_preflight(request):
        return
    # Kept as bytes first, so that a route can still hash the body it answered.
    await request.body()
    form = await request.form()
    if not FormToken.of(request).accepts(form.get(FIELD)):
        raise _stale(request)


def _is_exempt(request: Request) -> bool:
    # A browser never adds this header by itself, so nobody can borrow a person's cookies with it.
    if request.headers.get("authorization", "").lower().startswith("bearer "):
        return True
    endpoint = request.scope.get("endpoint")
    return endpoint is not None and EXEMPTION in getattr(endpoint, "__dict__", {})


def _is_same_origin(request: Request) -> bool:
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in OWN_SITES
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def _stale(request: Request) -> Problem:
    """Of what the browser vouches for, nothing is lost: a person presses once more."""
    site = request.headers.get("sec-fetch-site")
    is_ours = "origin" in request.headers if site is None else site == "same-origin"
    if not is_ours:
        return Problem(403, FOREIGN, remedy=RELOAD)
    return Problem(403, STALE, title=STALE_TITLE, remedy=SEND_AGAIN, keeps=True)


def _needs_preflight(request: Request) -> bool:
    # Another site cannot send these without a preflight, which we never answer.
    if request.method != "POST":
        return True
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    return media_type == "application/json" or media_type.endswith("+json")
