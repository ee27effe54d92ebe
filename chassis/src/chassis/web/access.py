"""Who is signed in: the cookie says who and since when, the service's own copy says the rest."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from starlette.requests import Request

from chassis import copies
from chassis.database import Connection
from chassis.event import Event
from chassis.signing import ForgedToken, SessionVerifier

COOKIE = "session"
SESSION_AGE = timedelta(days=30)

Clock = Callable[[], datetime]


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


def still_holds(claims: Claims, *, valid_from: datetime, now: datetime) -> bool:
    """A browser may keep its cookie longer than it was told to; the session ends all the same."""
    # The claims count whole seconds.
    issued_in_time = claims.since >= valid_from.replace(microsecond=0)
    return issued_in_time and now < claims.since + SESSION_AGE


class Sessions(Generic[A]):
    """Who is signed in, for services that know accounts by their copy of the state."""

    def __init__(
        self,
        verifier: SessionVerifier,
        *,
        unpacked: Callable[[bytes], Claims],
        state: type[A],
        clock: Clock,
    ) -> None:
        self._verifier = verifier
        self._unpacked = unpacked
        self._state = state
        self._clock = clock

    async def account(self, request: Request, connection: Connection) -> A | None:
        """Whoever sent the request; None without a valid session or after erasure."""
        claims = session_claims(request, verifier=self._verifier, unpacked=self._unpacked)
        if claims is None:
            return None
        account = await copies.find(connection, self._state, claims.subject_id)
        if account is None:
            return None
        valid = still_holds(claims, valid_from=account.sessions_valid_from, now=self._clock())
        return account if valid else None
