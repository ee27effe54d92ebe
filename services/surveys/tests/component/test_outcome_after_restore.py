"""What was asked and answered after a restored moment is known again: Kafka still has it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from chassis.cause import Cause
from schemas.contact import ContactAccepted
from schemas.outcome import OutcomeAsked, OutcomeReported
from schemas.vocabulary import Outcome
from surveys.outcomes import commands
from surveys.outcomes.question import GivenAnswer

FORGET = "update question set asked_at = null, closes_at = null"
RESTORED_TO_THE_MOMENT_AFTER_ASKING = (
    "update question set outcome = null, reason = null, final = false, answered_at = null"
)
KNOWN = "select question_id, asked_at, closes_at, outcome, final, answered_at from question"


@pytest.fixture
async def contact(surveys: Any, story: Any) -> ContactAccepted:
    accepted: ContactAccepted = story.accepted(story.a_contact())
    await surveys.hears(accepted)
    return accepted


@pytest.fixture
async def asked(surveys: Any, contact: ContactAccepted) -> OutcomeAsked:
    await surveys.sweep(contact.occurred_at + timedelta(days=7))
    question: OutcomeAsked = (await surveys.questions())[0]
    return question


async def answer(surveys: Any, asked: OutcomeAsked, outcome: Outcome, *, now: datetime) -> None:
    async with surveys.pool.transaction() as connection:
        given = GivenAnswer(outcome=outcome)
        await commands.report_outcome(
            connection, asked.question_id, given, now=now, cause=Cause.new()
        )


async def said(surveys: Any) -> list[OutcomeReported]:
    published = await surveys.published(OutcomeReported.topic)
    return [OutcomeReported.model_validate_json(each) for each in published]


async def run(surveys: Any, statement: str) -> None:
    async with surveys.pool.connection() as connection:
        await connection.execute(statement)


async def known(surveys: Any) -> list[tuple[Any, ...]]:
    async with surveys.pool.connection() as connection:
        return sorted(tuple(row) for row in await connection.fetch(KNOWN))


async def test_a_final_answer_ends_the_questions_again(
    surveys: Any, contact: ContactAccepted, asked: OutcomeAsked
) -> None:
    await answer(surveys, asked, Outcome.ORDER, now=asked.occurred_at + timedelta(days=1))
    before = await known(surveys)
    await run(surveys, RESTORED_TO_THE_MOMENT_AFTER_ASKING)

    await surveys.hears(*await said(surveys))

    assert await known(surveys) == before
    await surveys.sweep(contact.occurred_at + timedelta(days=30))
    later = [each.member_id for each in await surveys.questions() if each.after_days > 7]
    assert asked.member_id not in later
    assert len(later) == 1


async def test_the_later_of_two_answers_counts_in_any_order(
    surveys: Any, asked: OutcomeAsked
) -> None:
    await answer(surveys, asked, Outcome.ORDER, now=asked.occurred_at + timedelta(days=1))
    await answer(surveys, asked, Outcome.QUOTE, now=asked.occurred_at + timedelta(days=2))
    before = await known(surveys)
    await run(surveys, RESTORED_TO_THE_MOMENT_AFTER_ASKING)

    for each in reversed(await said(surveys)):
        await surveys.hears(each)

    assert await known(surveys) == before


async def test_an_answer_given_since_is_kept(surveys: Any, asked: OutcomeAsked) -> None:
    await answer(surveys, asked, Outcome.ORDER, now=asked.occurred_at + timedelta(days=1))
    forgotten = await said(surveys)
    await run(surveys, RESTORED_TO_THE_MOMENT_AFTER_ASKING)
    await answer(surveys, asked, Outcome.TALKED, now=asked.occurred_at + timedelta(days=2))

    await surveys.hears(*forgotten)

    outcomes = await surveys.column("select outcome from question where outcome is not null")
    assert outcomes == ["talked"]


async def test_what_was_asked_is_not_asked_again(
    surveys: Any, contact: ContactAccepted, asked: OutcomeAsked
) -> None:
    questions, before = await surveys.questions(), await known(surveys)
    await run(surveys, FORGET)

    await surveys.hears(*questions)

    assert await known(surveys) == before
    await surveys.sweep(contact.occurred_at + timedelta(days=8))
    assert await surveys.questions() == questions


async def test_an_answer_that_only_kafka_knows_is_counted(surveys: Any, story: Any) -> None:
    contact = story.a_contact()
    reported = story.reported(story.asked(contact), Outcome.ORDER, final=True)

    await surveys.hears(contact, story.accepted(contact), reported)

    assert (await surveys.counts())["funnel"][-3:-1] == (("outcome", 1, 1), ("agreed", 1, 1))


async def test_our_own_words_change_nothing(
    surveys: Any, asked: OutcomeAsked, as_record: Any
) -> None:
    await answer(surveys, asked, Outcome.QUOTE, now=asked.occurred_at + timedelta(days=1))
    before = await known(surveys)
    ids = await surveys.column("select id from outbox order by seq")
    words = [*await surveys.questions(), *await said(surveys)]

    await surveys.receives(*map(as_record, words, ids))

    assert await known(surveys) == before
    assert await surveys.value("select count(*) from ledger where type like 'outcome.%'") == 3
