"""What this service does with events and members' wishes, inside the caller's transaction.

A notice stays open for members who become known later: for all its useful life while nobody has
been addressed, for an hour after. So nothing is lost whatever the order of topics.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from chassis.cause import Cause
from chassis.database import Connection
from chassis.outbox import blank
from chassis.restoring import Restoration
from notifications import (
    addressing,
    digest_storage,
    endings,
    events,
    preferences,
    storage,
    wavering_storage,
)
from notifications.digest import Rhythm, digest_id
from notifications.events import outbox
from notifications.letter import Letter
from notifications.mail import Notice, Recipient, Unsent, notices_of
from notifications.search_letters import ENQUIRY_APPROVED, REQUEST_UNMET
from schemas.event import Fact
from schemas.match import MatchProposed
from schemas.request import EnquiryAnswered, EnquiryApproved, EnquiryFact
from schemas.vocabulary import Frequency, MailPurpose

OPEN_FOR_COLLEAGUES = timedelta(hours=1)


async def notify(
    connection: Connection, letter: Letter[Any], event: Fact, *, cause: Cause, now: datetime
) -> None:
    """Keep an event's notices, and queue the mails to all who are known already.

    An event that names somebody erased leads to no mail.
    """
    await storage.keep_erasures_out(connection)
    if await storage.any_erased(connection, event.subjects()):
        return
    for notice in notices_of(letter, event, cause=cause):
        if await storage.insert_notice(connection, notice, now=now):
            await address(connection, notice, now=now)


async def address(connection: Connection, notice: Notice, *, now: datetime) -> None:
    """Queue a mail to each known recipient; a second time changes nothing."""
    recipients = await addressing.recipients_of(connection, notice)
    for recipient in recipients:
        await _queue(connection, notice, recipient, now=now)
    if recipients:
        await wavering_storage.let_stand(connection, notice)
        await endings.expire_pointless(connection, notice.ends_with, now=now)
        closes_at = min(notice.expires_at, now + OPEN_FOR_COLLEAGUES)
        await storage.mark_addressed(connection, notice.id, closes_at=closes_at, now=now)


async def _queue(
    connection: Connection, notice: Notice, recipient: Recipient, *, now: datetime
) -> None:
    if await digest_storage.is_told(connection, notice.mail_id(recipient.member_id)):
        return
    if await _waits(connection, notice, recipient, now=now):
        await _collect(connection, notice, recipient, now=now)
    else:
        await storage.insert_mail(connection, notice, recipient, now=now)


async def _waits(
    connection: Connection, notice: Notice, recipient: Recipient, *, now: datetime
) -> bool:
    letter, rhythm = notice.letter, Rhythm()
    ends = rhythm.period_end(now)
    if letter.together is None or not await digest_storage.may_wait(connection, notice, until=ends):
        return False
    return not letter.first_at_once or await digest_storage.wrote_since(
        connection, letter.template, recipient.member_id, since=now - rhythm.period
    )


async def _collect(
    connection: Connection, notice: Notice, recipient: Recipient, *, now: datetime
) -> None:
    """Into the digest of the period that is running, or of the next one that nobody sent yet."""
    item_id = notice.mail_id(recipient.member_id)
    rhythm = Rhythm()
    ends = rhythm.period_end(now)
    while True:
        key = digest_id(notice.letter.template, recipient.member_id, period_end=ends)
        if await digest_storage.open_digest(
            connection, key, notice, recipient, due_at=ends, now=now
        ):
            break
        ends += rhythm.period
    await digest_storage.add_item(connection, key, item_id, notice_id=notice.id)


async def end(connection: Connection, ended: UUID, because: Unsent, *, now: datetime) -> None:
    """Expire what waits to say something about it; what comes later is expired on arrival."""
    await endings.record(connection, ended, because, now=now)
    await endings.expire_pointless(connection, [ended], now=now)


async def meet_request(connection: Connection, met_by: MatchProposed, *, now: datetime) -> None:
    """Nobody is told any more that a request was unmet before a good offer for it came."""
    by, request_id = uuid5(met_by.proposal_id, "met"), met_by.request.listing_id
    if await endings.end_what_was_said(
        connection, REQUEST_UNMET.template, request_id, by=by, until=met_by.occurred_at
    ):
        await end(connection, by, Unsent.REQUEST_MET, now=now)


async def ask_no_more(connection: Connection, said: EnquiryAnswered, *, now: datetime) -> None:
    """Keep back what waits to ask them about other requests; who changed their mind is asked."""
    wish = await endings.keep_wish(connection, said)
    await _keep_back_questions(connection, wish, until=said, now=now)


async def ask_if_wanted(connection: Connection, asked: EnquiryApproved, *, now: datetime) -> None:
    """Keep back a question that comes after the later wish to be asked nothing more."""
    wish = await endings.wish_since(connection, asked)
    if wish is not None:
        await _keep_back_questions(connection, wish, until=asked, now=now)


async def _keep_back_questions(
    connection: Connection, wish: UUID, *, until: EnquiryFact, now: datetime
) -> None:
    template, of, at = ENQUIRY_APPROVED.template, until.organisation_id, until.occurred_at
    if await endings.end_what_was_said(connection, template, of, by=wish, until=at):
        await endings.expire_pointless(connection, [wish], now=now)


async def address_waiting_for(
    connection: Connection, member_ids: Sequence[UUID], *, now: datetime
) -> None:
    await storage.keep_erasures_out(connection)
    for notice in await storage.open_notices_for(connection, member_ids, now=now):
        await address(connection, notice, now=now)


async def address_waiting(connection: Connection, *, now: datetime) -> None:
    """Look again for recipients of all that waits: a member may have come in the same moment."""
    await storage.keep_erasures_out(connection)
    for notice in await storage.waiting_notices(connection, now=now):
        await address(connection, notice, now=now)


async def choose_frequency(
    connection: Connection,
    member_id: UUID,
    purpose: MailPurpose,
    frequency: Frequency,
    *,
    given_by: str,
    cause: Cause,
    now: datetime,
) -> None:
    """Keep how often a member wants to hear about something; the same choice again is no news.

    Nothing is kept of who is erased.
    """
    await storage.keep_erasures_out(connection)
    if await storage.any_erased(connection, [member_id]):
        return
    revision = await preferences.next_subscription_revision(connection, member_id, now=now)
    if await preferences.frequency_of(connection, member_id, purpose) == frequency:
        return
    await preferences.save_preference(connection, member_id, purpose, frequency, now=now)
    await preferences.log_consent(
        connection, member_id, purpose, frequency, given_by=given_by, now=now
    )
    event = events.subscription_changed(member_id, purpose, frequency, revision=revision, now=now)
    await outbox.append(connection, event, cause=cause)


async def erase(connection: Connection, subject: UUID, *, now: datetime) -> None:
    """Blank all that mails, notices and stored events say about a member or an organisation."""
    await storage.keep_addressing_out(connection)
    await digest_storage.leave_out(connection, subject)
    await storage.blank_mails_about(connection, subject, now=now)
    await storage.blank_notices_about(connection, subject, now=now)
    await storage.forget_member(connection, subject)
    await blank(connection, subject)


async def hold_after_restore(connection: Connection, _restoration: Restoration) -> None:
    """Hold what waits for the operator: until the restore it may have gone out."""
    await storage.hold_what_waits(connection)
