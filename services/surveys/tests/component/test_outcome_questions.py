"""Questions fall due after 7, 30 and 90 days and stop with a final answer or an erasure."""

from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from chassis.cause import Cause
from chassis.database import Connection
from chassis.envelope import Gone
from schemas.contact import ContactAccepted
from schemas.member import MemberState
from schemas.organisation import OrganisationState
from schemas.outcome import OutcomeReported
from schemas.vocabulary import NothingReason, Outcome
from surveys.outcomes import commands
from surveys.outcomes.question import GivenAnswer

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture
async def contact(surveys: Any, story: Any) -> ContactAccepted:
    accepted: ContactAccepted = story.accepted(story.a_contact())
    await surveys.hears(accepted)
    return accepted


def after(contact: ContactAccepted, days: float) -> datetime:
    return contact.occurred_at + timedelta(days=days)


async def answer_all(surveys: Any, answer: GivenAnswer, *, now: datetime) -> None:
    for asked in await surveys.questions():
        async with surveys.pool.transaction() as connection:
            await commands.report_outcome(
                connection, asked.question_id, answer, now=now, cause=Cause.new()
            )


async def asked_days(surveys: Any) -> list[int]:
    return sorted(asked.after_days for asked in await surveys.questions())


async def test_nobody_is_asked_early(surveys: Any, contact: ContactAccepted) -> None:
    await surveys.sweep(after(contact, 6.9))

    assert await surveys.questions() == []


async def test_both_sides_are_asked_once(surveys: Any, contact: ContactAccepted) -> None:
    await surveys.sweep(after(contact, 7))
    await surveys.sweep(after(contact, 8))

    asked = await surveys.questions()
    assert {each.member_id for each in asked} == {
        contact.requester.member_id,
        contact.owner.member_id,
    }
    assert {each.after_days for each in asked} == {7}
    assert {each.listing_title for each in asked} == {"Dosierpumpen"}
    assert {each.revision for each in asked} == {asked[0].revision, asked[0].revision + 1}
    assert await surveys.value("select count(*) from ledger where type = 'outcome.asked'") == 2


async def test_the_ledger_knows_a_question_by_its_events_id(
    surveys: Any, contact: ContactAccepted
) -> None:
    await surveys.sweep(after(contact, 7))

    published = await surveys.column("select id from outbox order by id")
    counted = await surveys.column(
        "select event_id from ledger where type = 'outcome.asked' order by event_id"
    )
    assert counted == published


async def test_a_redelivered_acceptance_plans_nothing_twice(
    surveys: Any, contact: ContactAccepted
) -> None:
    await surveys.hears(contact)

    assert await surveys.value("select count(*) from question") == 6


async def test_after_an_outage_only_the_latest_question_is_asked(
    surveys: Any, contact: ContactAccepted
) -> None:
    await surveys.sweep(after(contact, 31))

    assert await asked_days(surveys) == [30, 30]


async def test_what_is_long_past_is_not_asked(surveys: Any, contact: ContactAccepted) -> None:
    await surveys.sweep(after(contact, 112))

    assert await surveys.questions() == []


async def test_the_clock_going_back_asks_nothing_earlier(
    surveys: Any, contact: ContactAccepted
) -> None:
    await surveys.sweep(after(contact, 30))
    await surveys.sweep(after(contact, 8))

    assert await asked_days(surveys) == [30, 30]


@pytest.mark.parametrize(
    ("answer", "asked_again"),
    [
        (GivenAnswer(outcome=Outcome.TALKED), True),
        (GivenAnswer(outcome=Outcome.QUOTE), True),
        (GivenAnswer(outcome=Outcome.NOTHING, reason=NothingReason.NO_REPLY), True),
        (GivenAnswer(outcome=Outcome.NOTHING, reason=NothingReason.PRICE), False),
        (GivenAnswer(outcome=Outcome.ORDER), False),
        (GivenAnswer(outcome=Outcome.JOINT_PROJECT), False),
    ],
)
async def test_a_final_answer_ends_the_questions(
    surveys: Any, contact: ContactAccepted, answer: GivenAnswer, *, asked_again: bool
) -> None:
    await surveys.sweep(after(contact, 7))
    await answer_all(surveys, answer, now=after(contact, 8))

    await surveys.sweep(after(contact, 30))

    assert await asked_days(surveys) == ([7, 7, 30, 30] if asked_again else [7, 7])


async def test_one_sides_final_answer_leaves_the_other_to_be_asked(
    surveys: Any, contact: ContactAccepted
) -> None:
    await surveys.sweep(after(contact, 7))
    first = (await surveys.questions())[0]
    async with surveys.pool.transaction() as connection:
        await commands.report_outcome(
            connection,
            first.question_id,
            GivenAnswer(outcome=Outcome.ORDER),
            now=after(contact, 8),
            cause=Cause.new(),
        )

    await surveys.sweep(after(contact, 30))

    asked = await surveys.questions()
    assert [each.after_days for each in asked if each.member_id == first.member_id] == [7]
    assert await asked_days(surveys) == [7, 7, 30]


async def test_a_correction_to_a_final_answer_opens_the_later_questions_again(
    surveys: Any, contact: ContactAccepted
) -> None:
    await surveys.sweep(after(contact, 7))
    await answer_all(surveys, GivenAnswer(outcome=Outcome.ORDER), now=after(contact, 8))
    await answer_all(surveys, GivenAnswer(outcome=Outcome.QUOTE), now=after(contact, 9))

    await surveys.sweep(after(contact, 30))

    assert await asked_days(surveys) == [7, 7, 30, 30]
    reported = [
        OutcomeReported.model_validate_json(each)
        for each in await surveys.published("outcome.reported")
    ]
    assert [each.outcome for each in reported] == ["order", "order", "quote", "quote"]
    assert sorted({each.revision for each in reported}) == [each.revision for each in reported]


async def test_an_answer_that_is_rolled_back_leaves_no_trace(
    surveys: Any, contact: ContactAccepted
) -> None:
    await surveys.sweep(after(contact, 7))
    question = (await surveys.questions())[0]

    with pytest.raises(RuntimeError):  # noqa: PT012 - the transaction is what is tested
        async with surveys.pool.transaction() as connection:
            await commands.report_outcome(
                connection,
                question.question_id,
                GivenAnswer(outcome=Outcome.ORDER),
                now=after(contact, 8),
                cause=Cause.new(),
            )
            raise RuntimeError

    assert await surveys.published("outcome.reported") == []
    assert await surveys.value("select count(*) from ledger where type = 'outcome.reported'") == 0


class TestErasure:
    async def test_an_erased_organisation_is_asked_and_asked_about_no_more(
        self, surveys: Any, contact: ContactAccepted
    ) -> None:
        gone = contact.owning_organisation_id
        await surveys.hears(Gone(state=OrganisationState, id=gone, revision=10**12))

        await surveys.sweep(after(contact, 7))

        assert await surveys.questions() == []
        assert await surveys.value("select count(*) from followed_contact") == 0

    async def test_an_erased_member_is_asked_no_more_the_other_side_is(
        self, surveys: Any, contact: ContactAccepted
    ) -> None:
        gone = contact.requester.member_id
        await surveys.hears(Gone(state=MemberState, id=gone, revision=10**12))

        await surveys.sweep(after(contact, 7))

        assert [each.member_id for each in await surveys.questions()] == [contact.owner.member_id]

    async def test_an_acceptance_that_comes_after_the_erasure_asks_nobody(
        self, surveys: Any, story: Any
    ) -> None:
        late = story.accepted(story.a_contact())
        await surveys.hears(
            Gone(state=OrganisationState, id=late.owning_organisation_id, revision=10**12)
        )

        await surveys.hears(late)

        assert await surveys.value("select count(*) from question") == 0

    async def test_what_was_published_about_it_is_blanked(
        self, surveys: Any, contact: ContactAccepted
    ) -> None:
        await surveys.sweep(after(contact, 7))

        gone = contact.owning_organisation_id
        await surveys.hears(Gone(state=OrganisationState, id=gone, revision=10**12))

        assert await surveys.questions() == []


class TestErasureBesideAnotherReplica:
    """One asks, hears an answer or plans, and has not committed; the tombstone comes meanwhile."""

    async def test_what_is_just_asked_is_taken_back(
        self, surveys: Any, contact: ContactAccepted
    ) -> None:
        async def ask(connection: Connection) -> None:
            now = after(contact, 7)
            await commands.ask_due_questions(connection, now=now, zone=BERLIN, cause=Cause.new())

        await surveys.hears_beside(ask, (self.owner_gone(contact),))

        await self.nothing_is_left(surveys, contact)

    async def test_what_is_just_answered_counts_for_nobody_known(
        self, surveys: Any, contact: ContactAccepted
    ) -> None:
        await surveys.sweep(after(contact, 7))
        owner = contact.owning_organisation_id
        [asked] = [each for each in await surveys.questions() if each.organisation_id == owner]

        async def answer(connection: Connection) -> None:
            given, now = GivenAnswer(outcome=Outcome.ORDER), after(contact, 8)
            await commands.report_outcome(
                connection, asked.question_id, given, now=now, cause=Cause.new()
            )

        await surveys.hears_beside(answer, (self.owner_gone(contact),))

        await self.nothing_is_left(surveys, contact)
        reported = "select count(*) from ledger where type = 'outcome.reported'"
        assert await surveys.value(reported) == 1

    async def test_what_is_just_planned_is_dropped(self, surveys: Any, story: Any) -> None:
        contact = story.accepted(story.a_contact())

        async def plan(connection: Connection) -> None:
            await commands.follow_contact(connection, contact)

        await surveys.hears_beside(plan, (self.owner_gone(contact),))

        await self.nothing_is_left(surveys, contact)

    def owner_gone(self, contact: ContactAccepted) -> Gone:
        return Gone(state=OrganisationState, id=contact.owning_organisation_id, revision=10**12)

    async def nothing_is_left(self, surveys: Any, contact: ContactAccepted) -> None:
        gone = contact.owning_organisation_id
        assert await surveys.questions() == []
        assert await surveys.value("select count(*) from followed_contact") == 0
        assert await surveys.value("select count(*) from question") == 0
        assert not await surveys.column("select type from ledger where $1 = any(subjects)", gone)


class TestShortlyBeforeTheNextQuestion:
    async def test_a_late_one_closes_before_the_next_day_of_asking(
        self, surveys: Any, contact: ContactAccepted
    ) -> None:
        await surveys.sweep(after(contact, 20))
        await surveys.sweep(after(contact, 30))

        asked = {each.after_days: each for each in await surveys.questions()}
        seven, thirty = asked[7], asked[30]
        assert seven.closes_at < thirty.occurred_at
        day_before = after(contact, 29).astimezone(BERLIN).date()
        assert seven.closes_at.astimezone(BERLIN).date() == day_before

    async def test_no_question_is_open_beside_the_next(
        self, surveys: Any, contact: ContactAccepted
    ) -> None:
        open_at = "select count(*) from question where asked_at <= $1 and closes_at > $1"
        for day in (27, 28, 30):
            await surveys.sweep(after(contact, day))

        assert await surveys.value(open_at, after(contact, 30)) == 2

    async def test_none_is_asked_that_could_not_stay_open_for_two_days(
        self, surveys: Any, contact: ContactAccepted
    ) -> None:
        await surveys.sweep(after(contact, 27.9))
        assert await asked_days(surveys) == []

        await surveys.sweep(after(contact, 30))
        assert await asked_days(surveys) == [30, 30]


async def test_days_end_where_the_site_is(
    surveys: Any, contact: ContactAccepted, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SERVICES_TIME_ZONE", "America/New_York")

    await surveys.sweep(after(contact, 7))

    (closing,) = {each.closes_at for each in await surveys.questions()}
    assert closing.astimezone(ZoneInfo("America/New_York")).time() == time(23, 59, 59)


async def test_finished_contacts_are_let_go_of(surveys: Any, contact: ContactAccepted) -> None:
    await surveys.sweep(after(contact, 133))
    assert await surveys.value("select count(*) from question") == 6

    await surveys.sweep(after(contact, 135))

    assert await surveys.value("select count(*) from question") == 0
    assert await surveys.value("select count(*) from ledger") == 1
