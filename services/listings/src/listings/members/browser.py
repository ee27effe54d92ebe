"""What a browser keeps of a member: the session; and how it is known again without one."""

import hmac
from datetime import datetime

from starlette.requests import Request
from starlette.responses import Response

from chassis.database import is_transient
from chassis.web import form_token
from chassis.web.access import COOKIE, SESSION_AGE
from listings.members import nonce_storage
from listings.members.member import Member
from listings.surroundings import Surroundings
from schemas.claims import SessionClaims


def keep_session(
    request: Request, response: Response, around: Surroundings, member: Member, *, since: datetime
) -> None:
    """Sign a member in, in this browser; ``since`` is what the database knows of it."""
    claims = SessionClaims(member_id=member.id, since=max(since, member.sessions_valid_from))
    response.set_cookie(
        COOKIE,
        around.settings.session_signer().sign(claims.packed()),
        max_age=int(SESSION_AGE.total_seconds()),
        path="/",
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
    response.headers["Cache-Control"] = "no-store"


def browser_of(request: Request) -> bytes | None:
    """The same for each request of a browser: a keyed hash of its form cookie, which is random."""
    cookie = request.cookies.get(form_token.COOKIE)
    if not cookie:
        return None
    key = Surroundings.of(request).settings.key_for("browser")
    return hmac.digest(key, cookie.encode("utf-8", "surrogatepass"), "sha256")


async def forget_links(request: Request) -> None:
    """No link just used here signs in again; without a database none could, either."""
    browser = browser_of(request)
    if browser is None:
        return
    try:
        async with Surroundings.of(request).pool.transaction() as connection:
            await nonce_storage.forget_browser(connection, browser)
    except Exception as error:
        if not is_transient(error):
            raise
