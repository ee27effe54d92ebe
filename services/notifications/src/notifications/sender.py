"""Drains the queue: pending → claimed → sending (committed just before DATA) → settled.

A mail that was handed over without an answer is never sent again silently.
"""

from dataclasses import dataclass
from uuid import uuid4

import structlog

from chassis.database import Connection, Pool, is_transient
from chassis.sweeps import Clock
from notifications import addressing, digest_storage, linking, queue, settling
from notifications.composing import Composer, Links, Message
from notifications.mail import (
    NOT_COMPOSED,
    Mail,
    MailState,
    Notice,
    Recipient,
    Unsent,
    message_id,
    next_try,
)
from notifications.mail_server import (
    HandoverUnknown,
    MailServer,
    OfferFailed,
    ServerUnavailable,
)
from notifications.mime import Sender as From
from notifications.mime import wire_form
from notifications.refusal import Refused

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A mail ready to go."""

    mail: Mail
    recipient: Recipient
    links: Links
    message: Message

    @property
    def kept(self) -> Message:
        """The message without its tokens, for the operators' pages."""
        return self.message.without(*self.links.tokens)


class Sender:
    """One sender of one replica; any number may work side by side."""

    def __init__(
        self,
        *,
        pool: Pool,
        clock: Clock,
        server: MailServer,
        composer: Composer,
        token: linking.Token,
        sent_from: From,
        limits: queue.Limits,
        origin: str,
    ) -> None:
        self._pool = pool
        self._clock = clock
        self._server = server
        self._composer = composer
        self._token = token
        self._from = sent_from
        self._limits = limits
        self._origin = origin

    async def turn(self) -> bool:
        """Send one mail; whether there was one."""
        async with self._pool.transaction() as connection:
            mail = await queue.claim(connection, uuid4(), limits=self._limits, now=self._clock())
        if mail is None:
            await self._server.rest()
            return False
        draft = await self._drafted(mail)
        if draft is not None:
            await self._send(draft)
        return True

    async def _drafted(self, mail: Mail) -> Draft | None:
        """The mail in words; None where it must not go out, which is then recorded."""
        async with self._pool.transaction() as connection:
            try:
                return await self._draft(connection, mail)
            except Exception as error:
                if is_transient(error):
                    raise
                log.error("mail_not_composed", mail_id=str(mail.id), error=type(error).__name__)
                diagnostic = f"{NOT_COMPOSED}: {type(error).__name__}"
                await self._settle(connection, mail, MailState.HELD, diagnostic)
                return None

    async def _draft(self, connection: Connection, mail: Mail) -> Draft | None:
        recipient = await addressing.recipient(connection, mail.notice, mail.member_id)
        left = await self._left_to_tell(connection, mail)
        tells = await addressing.addressed_to(connection, mail.member_id, left)
        unsent = await settling.obstacle(connection, mail, recipient, left=left, tells=tells)
        if unsent is not None:
            await self._settle(connection, mail, unsent.state, unsent)
        if unsent is Unsent.NOT_CONCERNED and mail.notice.is_to_one:
            await queue.hand_on(connection, mail)
        if recipient is None or unsent is not None:
            return None
        links = linking.links_of(
            tells, mail.member_id, origin=self._origin, token=self._token, now=self._clock()
        )
        message = self._composer.compose(
            tells,
            recipient,
            links,
            counterpart=await addressing.counterpart_of(connection, mail.notice),
        )
        return Draft(mail=mail, recipient=recipient, links=links, message=message)

    async def _left_to_tell(self, connection: Connection, mail: Mail) -> tuple[Notice, ...]:
        if mail.is_digest:
            return await digest_storage.items_of(connection, mail.id)
        return (mail.notice,)

    async def _send(self, draft: Draft) -> None:
        mail = draft.mail
        try:
            await self._server.offer(
                sender=self._from.envelope_address(mail.id.hex),
                recipient=draft.recipient.email,
            )
            if not await self._begin(draft):
                await self._server.withdraw()
                return
            await self._server.hand_over(self._wire_form(draft))
        except Refused as refusal:
            await self._refused(draft, refusal)
        except HandoverUnknown as error:
            log.error("handover_unknown", mail_id=str(mail.id), error=str(error))
        except OfferFailed as failure:
            log.warning("mail_offer_failed", mail_id=str(mail.id), reason=str(failure))
            await self._refused(draft, failure)
            raise
        except ServerUnavailable as error:
            log.warning("mail_server_unavailable", reason=str(error))
            async with self._pool.transaction() as connection:
                await queue.release(connection, mail)
            raise
        else:
            async with self._pool.transaction() as connection:
                await settling.record_sent(connection, mail, now=self._clock())

    async def _begin(self, draft: Draft) -> bool:
        async with self._pool.transaction() as connection:
            return await queue.begin_sending(
                connection,
                draft.mail,
                draft.kept,
                address=draft.recipient.email,
                now=self._clock(),
            )

    def _wire_form(self, draft: Draft) -> bytes:
        return wire_form(
            draft.message,
            draft.recipient,
            sender=self._from,
            links=draft.links,
            message_id=message_id(draft.mail.id, self._from.domain),
            now=self._clock(),
        )

    async def _refused(self, draft: Draft, refusal: Refused | OfferFailed) -> None:
        """Later again for a day after a temporary refusal, never after a permanent one."""
        mail, now = draft.mail, self._clock()
        again = next_try(attempts=mail.attempts, first_tried_at=mail.first_tried_at, now=now)
        async with self._pool.transaction() as connection:
            if refusal.is_permanent or again is None:
                address = draft.recipient.email
                await settling.record_failed(connection, mail, refusal, address=address, now=now)
            else:
                await queue.defer(connection, mail, until=again, diagnostic=str(refusal))

    async def _settle(
        self, connection: Connection, mail: Mail, state: MailState, diagnostic: str
    ) -> None:
        await queue.settle(connection, mail, state, diagnostic=diagnostic, now=self._clock())
