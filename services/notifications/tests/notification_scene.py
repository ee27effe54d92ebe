"""The service's parts on real servers, with one event or request at a time."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from chassis import copies, migrations
from chassis.cause import Cause
from chassis.decoding import Decoded
from chassis.envelope import Gone
from chassis.service import Runtime
from chassis.signing import SessionSigner, generate_link_key, generate_session_keys
from embedded.mailbox import CaughtMail
from notifications import queue
from notifications.app import make_reconciling, make_sender, service
from notifications.consumers import consumers
from notifications.mail import Mail
from schemas import member
from schemas.claims import LinkClaims, SessionClaims
from schemas.links import PATHS, LinkPurpose

SESSION_KEYS = generate_session_keys()
LINK_KEYS: dict[str, tuple[str, ...]] = {
    purpose.value: (generate_link_key(),) for purpose in LinkPurpose
}
SERVICE = Path(service.migrations)


async def migrate(url: str) -> None:
    await migrations.apply(url, name="notifications", directory=SERVICE)


@dataclass
class Clock:
    """A clock that tests turn."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)


class Exchange:
    """The service's parts, with one event or request at a time."""

    def __init__(self, runtime: Runtime, clock: Clock) -> None:
        self.runtime = runtime
        self.pool = runtime.pool
        self.clock = clock
        self.sender = make_sender(runtime)
        self.reconciling = make_reconciling(runtime)

    async def hears(self, *events: Any, cause: Cause | None = None) -> None:
        """Handle events as the consumer does, in one transaction."""
        async with self.pool.transaction() as transaction:
            for event in events:
                reason = cause or Cause(correlation_id=uuid4(), event_id=str(uuid4()))
                decoded = Decoded(record=None, message=event, source="s", id="i", cause=reason)
                for handler in consumers.handlers:
                    if handler.wants(decoded):
                        await handler.call([decoded], transaction)

    async def loses(self, state: type[Any], aggregate_id: UUID, *, revision: int = 10**15) -> None:
        await self.hears(Gone(state=state, id=aggregate_id, revision=revision))

    async def keeps(self, member: member.MemberState) -> None:
        """Have a copy of a member without anybody having been told."""
        async with self.pool.transaction() as transaction:
            await copies.keep(transaction, [member])

    async def claims(self) -> Mail:
        """Have the next mail in hand, as a sender does before it offers it."""
        limits = queue.Limits(per_second=99, per_hour=99, per_domain_and_minute=99)
        async with self.pool.transaction() as connection:
            mail = await queue.claim(connection, uuid4(), limits=limits, now=self.clock())
        assert mail is not None
        return mail

    async def sends_all(self) -> None:
        while await self.sender.turn():
            pass

    async def rows(self, query: str, *args: object) -> list[Any]:
        async with self.pool.connection() as connection:
            return await connection.fetch(query, *args)

    async def mails(self) -> list[Any]:
        return await self.rows("select * from mail order by created_at, id")

    async def states(self) -> list[str]:
        return [row["state"] for row in await self.mails()]

    async def said(self, name: str) -> list[Any]:
        return await self.rows("select * from outbox where topic = $1 order by seq", name)

    def opened_by(self, purpose: LinkPurpose, mail: CaughtMail) -> LinkClaims:
        """What the mail's only link of this purpose opens, and for whom."""
        [claims] = self.all_opened_by(purpose, mail)
        return claims

    def all_opened_by(self, purpose: LinkPurpose, mail: CaughtMail) -> list[LinkClaims]:
        before, _, after = PATHS[purpose].partition("{token}")
        tokens = re.findall(rf"{re.escape(before)}([\w-]{{90,}}){re.escape(after)}", mail.text)
        signer = self.runtime.settings.link_signer(purpose)
        return [LinkClaims.unpacked(signer.verify(token)) for token in tokens]

    def with_settings(self, **changes: Any) -> "Exchange":
        settings = self.runtime.settings.model_copy(update=changes)
        return Exchange(replace(self.runtime, settings=settings), self.clock)


def session_of(member_id: UUID, *, since: datetime | None = None) -> str:
    claims = SessionClaims(member_id=member_id, since=since or datetime.now(UTC))
    return SessionSigner.from_text(SESSION_KEYS.private).sign(claims.packed())
