"""What is done about outcomes; each command runs inside the transaction of its caller."""

from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from chassis.cause import Cause
from chassis.database import Connection
from schemas.contact import ContactAccepted
from schemas.event import Fact
from schemas.outcome import OutcomeAsked, OutcomeReported
from surveys import events
from surveys.ledger import commands as ledger
from surveys.ledger.entry import entry_of
from surveys.ledger.storage import erased_among, keep_erasures_out
from surveys.outcomes import colleague_storage, storage
from surveys.outcomes.question import (
    ANSWER_DAYS,
    FOLLOWED_FOR,
    GivenAnswer,
    Question,
    Side,
    earliest_next,
    questions_for,
)

ASKED_AT_ONCE = 500


class UnknownQuestion(LookupError):
    """There is no such question, or no longer."""


async def follow_contact(connection: Connection, contact: ContactAccepted) -> None:
    """Plan the questions to both sides; none about whoever is erased already.

    In place of an erased member a colleague is asked, where one is known.
    """
    await keep_erasures_out(connection)
    erased = await erased_among(connection, contact.subjects())
    if erased & {contact.requesting_organisation_id, contact.owning_organisation_id}:
        return
    if await storage.follow(connection, contact):
        for side in _sides(contact):
            planned = questions_for(contact.contact_id, side, accepted_at=contact.occurred_at)
            await storage.add_questions(connection, planned)
        for member_id in erased:
            await forget(connection, member_id)


def _sides(contact: ContactAccepted) -> tuple[Side, Side]:
    requester, owner = contact.requester, contact.owner
    return (
        Side(
            organisation_id=requester.organisation_id,
            member_id=requester.member_id,
            counterpart_organisation_id=owner.organisation_id,
        ),
        Side(
            organisation_id=owner.organisation_id,
            member_id=owner.member_id,
            counterpart_organisation_id=requester.organisation_id,
        ),
    )


async def ask_due_questions(
    connection: Connection, *, now: datetime, zone: ZoneInfo, cause: Cause
) -> None:
    """What whoever left would be asked, or did not answer, is asked of a colleague."""
    await keep_erasures_out(connection)
    await colleague_storage.pass_on(connection, now=now)
    due = await storage.due_questions(
        connection,
        now=now,
        within=timedelta(days=ANSWER_DAYS),
        next_from=earliest_next(now, zone),
        limit=ASKED_AT_ONCE,
    )
    for question in due:
        asked = question.asked(at=now, closes_at=question.closing(now, zone))
        await _ask(connection, asked, now=now, cause=cause)


async def _ask(connection: Connection, asked: Question, *, now: datetime, cause: Cause) -> None:
    revision = await storage.next_revision(connection, asked.contact_id, now=now)
    title = await storage.title_of(connection, asked.contact_id)
    event = events.outcome_asked(asked, listing_title=title, revision=revision, at=now)
    await storage.save(connection, asked)
    await _say(connection, event, cause=cause)


async def report_outcome(
    connection: Connection, question_id: UUID, answer: GivenAnswer, *, now: datetime, cause: Cause
) -> Question:
    """Keep an answer; giving the same one again changes nothing and says nothing."""
    await keep_erasures_out(connection)
    question = await storage.question_for_update(connection, question_id)
    if question is None:
        raise UnknownQuestion(question_id)
    answered = question.answered(answer, at=now)
    if answered == question:
        return question
    revision = await storage.next_revision(connection, question.contact_id, now=now)
    await storage.save(connection, answered)
    event = events.outcome_reported(answered, answer, revision=revision, at=now)
    await _say(connection, event, cause=cause)
    return answered


async def _say(connection: Connection, event: Fact, *, cause: Cause) -> None:
    """Publish a fact and count it, in one transaction."""
    event_id = await events.outbox.append(connection, event, cause=cause)
    await ledger.count_facts(connection, [entry_of(event, event_id)])


async def recall_asking(connection: Connection, asked: OutcomeAsked) -> None:
    """A question that waits although it was asked is asked; our own words are known already."""
    await storage.recall_asking(connection, asked)


async def recall_answer(connection: Connection, reported: OutcomeReported) -> None:
    """The later answer counts; our own words are known already."""
    await storage.recall_answer(connection, reported)


async def forget(connection: Connection, subject: UUID) -> None:
    """The question is the organisation's: a colleague of an erased member is asked it."""
    await colleague_storage.hand_over(connection, subject)
    await storage.forget(connection, subject)


async def forget_finished(connection: Connection, *, now: datetime) -> None:
    """Let go of contacts about which nothing can be answered any more."""
    await storage.forget_finished(connection, before=now - FOLLOWED_FOR)
