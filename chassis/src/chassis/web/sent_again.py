"""What somebody sent and nobody took: kept on the page that says why, to be sent once more."""

from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from starlette.requests import Request

from chassis.web.form_token import FIELD
from chassis.web.problem import Problem
from chassis.web.translation import mark

SIGNED_OUT = mark("Sie sind gerade nicht angemeldet.")
SIGN_IN_BESIDE = mark(
    "Was Sie absenden wollten, ist noch nicht gespeichert, aber auf dieser Seite noch da. Melden"
    " Sie sich in einem neuen Tab an, und senden Sie es dann hier ab."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A form as it was sent, and where to."""

    action: str
    fields: Sequence[tuple[str, str]]


def with_what_was_sent(request: Request, problem: Problem) -> Problem:
    """A session that ended while somebody wrote takes nothing of it away."""
    if problem.status != HTTPStatus.UNAUTHORIZED or request.method != "POST":
        return problem
    return Problem(
        problem.status, SIGNED_OUT, remedy=SIGN_IN_BESIDE, headers=problem.headers, keeps=True
    )


async def kept_of(request: Request) -> Kept:
    sent = await request.form()
    fields = [(name, text) for name, text in sent.multi_items() if isinstance(text, str)]
    query = f"?{request.url.query}" if request.url.query else ""
    return Kept(
        action=f"{request.url.path}{query}",
        fields=[(name, text) for name, text in fields if name != FIELD],
    )
