"""Who is signed in: the cookie says who and since when, the service's own copy says the rest."""

from collections.abc import Callable
from datetime import datetime
from typing import Protocol, TypeVar
from uuid import UUID

from starlette.requests import Request

from chassis import copies
from chassis.database import Connection
from chassis.event import Event
from chassis.signing import ForgedToken, SessionVerifier

COOKIE = "session"


class Claims(Protocol):
    """What a session's payload says."""

    @property
    def subject_id(self) -> UUID: ...
    @property
    def since(self) -> datetime: ...


class Account(Event, Protocol):
    """A state that sessions depend on; one issued before ``sessions_valid_from`` is void."""

    @property
    def sessions_valid_from(self) -> datetime: ...


A = TypeVar("A", bound=Account)


def session_claims(
    request: Request, *, verifier: SessionVerifier, unpacked: Callable[[bytes], Claims]
) -> Claims | None:
    """The claims of a genuine session cookie, if there is one."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None
    try:
        return unpacked(verifier.verify(token))
    except (ForgedToken, ValueError):
        return None


async def signed_in(
    request: Request,
    connection: Connection,
    *,
    verifier: SessionVerifier,
    unpacked: Callable[[bytes], Claims],
    state: type[A],
) -> A | None:
    """The account of whoever sent the request; None without a valid session or after erasure."""
    claims = session_claims(request, verifier=verifier, unpacked=unpacked)
    if claims is None:
        return None
    account = await copies.find(connection, state, claims.subject_id)
    if account is None or claims.since < account.sessions_valid_from.replace(microsecond=0):
        return None
    return account
