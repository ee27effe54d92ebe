"""The question of somebody who left the organisation: a colleague answers it, they no longer."""

import asyncio
import re
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from chassis.envelope import Gone
from embedded.testing import eventually
from schemas.contact import ContactAccepted
from schemas.member import MemberState
from schemas.outcome import OutcomeAsked, OutcomeReported
from surveys.ledger.storage import keep_counting_out
from surveys.outcomes import commands

WAITING = (
    "select count(*) from pg_stat_activity"
    " where datname = current_database() and wait_event_type = 'Lock'"
)


@pytest.fixture
async def asked(surveys: Any, story: Any) -> OutcomeAsked:
    """What the requesting side is asked, eight days after the acceptance."""
    contact: ContactAccepted = story.accepted(story.a_contact())
    await surveys.hears(contact)
    await surveys.sweep(contact.occurred_at + timedelta(days=7))
    surveys.now = contact.occurred_at + timedelta(days=8)
    questions: list[OutcomeAsked] = await surveys.questions()
    requester = contact.requesting_organisation_id
    [mine] = [each for each in questions if each.organisation_id == requester]
    return mine


async def joins(surveys: Any, story: Any, member_id: UUID, *organisation_ids: UUID) -> None:
    member: MemberState = story.member(member_id)
    await surveys.hears(member.model_copy(update={"organisation_ids": organisation_ids}))


async def goes(surveys: Any, story: Any, member_id: UUID, how: str) -> None:
    if how == "left":
        await joins(surveys, story, member_id)
    else:
        await surveys.hears(Gone(state=MemberState, id=member_id, revision=10**12))


async def answers(surveys: Any, link: str) -> Any:
    page = await surveys.http.get(link)
    token = re.search(r'name="form_token" value="([^"]+)"', page.text)
    if token is None:
        return page
    return await surveys.http.post(link, data={"form_token": token[1], "outcome": "order"})


async def reported(surveys: Any) -> list[OutcomeReported]:
    published = await surveys.published("outcome.reported")
    return [OutcomeReported.model_validate_json(each) for each in published]


async def test_a_colleague_answers_it(
    surveys: Any, story: Any, asked: OutcomeAsked, linked: Any
) -> None:
    colleague = uuid4()
    await joins(surveys, story, asked.member_id)
    await joins(surveys, story, colleague, asked.organisation_id)

    done = await answers(surveys, linked(asked.model_copy(update={"member_id": colleague})))

    assert done.status_code == 303
    [answer] = await reported(surveys)
    assert (answer.question_id, answer.organisation_id) == (
        asked.question_id,
        asked.organisation_id,
    )


@pytest.mark.parametrize("elsewhere", [(), (uuid4(),)])
async def test_whoever_left_neither_reads_nor_answers_it(
    surveys: Any, story: Any, asked: OutcomeAsked, linked: Any, *, elsewhere: tuple[UUID, ...]
) -> None:
    await joins(surveys, story, asked.member_id, *elsewhere)

    refused = await answers(surveys, linked(asked))

    assert refused.status_code == 410
    assert await reported(surveys) == []


async def test_the_other_side_does_not_answer_for_it(
    surveys: Any, story: Any, asked: OutcomeAsked, linked: Any
) -> None:
    stranger = uuid4()
    await joins(surveys, story, stranger, asked.counterpart_organisation_id)

    refused = await answers(surveys, linked(asked.model_copy(update={"member_id": stranger})))

    assert refused.status_code == 410
    assert await reported(surveys) == []


@pytest.mark.parametrize("erased_first", [True, False])
async def test_a_colleague_is_asked_in_place_of_whoever_was_erased(
    surveys: Any, story: Any, *, erased_first: bool
) -> None:
    contact: ContactAccepted = story.accepted(story.a_contact())
    erased, colleague = contact.requester.member_id, uuid4()
    requester = contact.requesting_organisation_id
    await joins(surveys, story, colleague, requester)
    gone = Gone(state=MemberState, id=erased, revision=10**12)

    for heard in (gone, contact) if erased_first else (contact, gone):
        await surveys.hears(heard)
    await surveys.sweep(contact.occurred_at + timedelta(days=7))

    asked = await surveys.questions()
    assert {each.organisation_id: each.member_id for each in asked} == {
        requester: colleague,
        contact.owning_organisation_id: contact.owner.member_id,
    }
    assert not await surveys.value(
        "select count(*) from question where member_id = $1 or $1 = any(subjects)", erased
    )


class TestAQuestionThatIsOpenWhenTheyGo:
    """It was mailed to them alone: somebody who can answer has to hear of it."""

    @pytest.mark.parametrize("how", ["erased", "left"])
    async def test_is_asked_of_a_colleague_again(
        self, surveys: Any, story: Any, asked: OutcomeAsked, linked: Any, how: str
    ) -> None:
        colleague = uuid4()
        await joins(surveys, story, colleague, asked.organisation_id)

        await goes(surveys, story, asked.member_id, how)
        await surveys.sweep(surveys.now)

        *_, again = await surveys.questions()
        assert (again.question_id, again.member_id) == (asked.question_id, colleague)
        assert again.revision > asked.revision
        assert again.closes_at >= asked.closes_at
        assert (await answers(surveys, linked(again))).status_code == 303

    @pytest.mark.parametrize("how", ["erased", "left"])
    async def test_is_asked_again_once(
        self, surveys: Any, story: Any, asked: OutcomeAsked, how: str
    ) -> None:
        for _ in range(2):
            await joins(surveys, story, uuid4(), asked.organisation_id)

        await goes(surveys, story, asked.member_id, how)
        for _ in range(2):
            await surveys.sweep(surveys.now)

        said = [each.question_id for each in await surveys.questions()]
        assert said.count(asked.question_id) == {"erased": 1, "left": 2}[how]

    @pytest.mark.parametrize("how", ["erased", "left"])
    async def test_is_not_asked_again_once_it_is_answered(
        self, surveys: Any, story: Any, asked: OutcomeAsked, linked: Any, how: str
    ) -> None:
        await joins(surveys, story, asked.member_id, asked.organisation_id)
        await answers(surveys, linked(asked))
        colleague = uuid4()
        await joins(surveys, story, colleague, asked.organisation_id)

        await goes(surveys, story, asked.member_id, how)
        await surveys.sweep(surveys.now)

        assert colleague not in [each.member_id for each in await surveys.questions()]

    async def test_waits_for_a_colleague_who_joins_later(
        self, surveys: Any, story: Any, asked: OutcomeAsked
    ) -> None:
        await goes(surveys, story, asked.member_id, "left")
        await surveys.sweep(surveys.now)
        colleague = uuid4()

        await joins(surveys, story, colleague, asked.organisation_id)
        await surveys.sweep(surveys.now)

        *_, again = await surveys.questions()
        assert (again.question_id, again.member_id) == (asked.question_id, colleague)

    async def test_stays_theirs_while_they_are_there(
        self, surveys: Any, story: Any, asked: OutcomeAsked
    ) -> None:
        before = await surveys.questions()
        await joins(surveys, story, asked.member_id, uuid4(), asked.organisation_id)
        await joins(surveys, story, uuid4(), asked.organisation_id)

        await surveys.sweep(surveys.now)

        assert await surveys.questions() == before

    async def test_is_asked_although_our_own_word_comes_after_the_erasure(
        self, surveys: Any, story: Any, asked: OutcomeAsked
    ) -> None:
        colleague = uuid4()
        await joins(surveys, story, colleague, asked.organisation_id)

        await goes(surveys, story, asked.member_id, "erased")
        await surveys.hears(asked)
        await surveys.sweep(surveys.now)

        *_, again = await surveys.questions()
        assert (again.question_id, again.member_id) == (asked.question_id, colleague)

    async def test_is_over_for_whoever_is_erased_while_they_answer(
        self, surveys: Any, story: Any, asked: OutcomeAsked, linked: Any
    ) -> None:
        await joins(surveys, story, asked.member_id, asked.organisation_id)
        await joins(surveys, story, uuid4(), asked.organisation_id)

        async with surveys.pool.transaction() as erasing:
            await keep_counting_out(erasing)
            await commands.forget(erasing, asked.member_id)
            answering = asyncio.create_task(answers(surveys, linked(asked)))
            await eventually(lambda: surveys.value(WAITING))

        assert (await answering).status_code == 410
        assert await reported(surveys) == []


class TestAQuestionThatFallsDueAfterTheyLeft:
    """Whoever acts for the organisation is asked it, and once."""

    @pytest.fixture
    async def contact(self, surveys: Any, story: Any) -> ContactAccepted:
        """Accepted, and who asked has left since."""
        contact: ContactAccepted = story.accepted(story.a_contact())
        await surveys.hears(contact)
        await joins(surveys, story, contact.requester.member_id)
        surveys.now = contact.occurred_at + timedelta(days=7)
        return contact

    async def test_is_asked_of_a_colleague_once(
        self, surveys: Any, story: Any, contact: ContactAccepted
    ) -> None:
        colleague = uuid4()
        await joins(surveys, story, colleague, contact.requesting_organisation_id)

        for _ in range(2):
            await surveys.sweep(surveys.now)

        assert await self.asked_of(surveys, contact) == [colleague]

    async def test_waits_for_a_colleague(
        self, surveys: Any, story: Any, contact: ContactAccepted
    ) -> None:
        await surveys.sweep(surveys.now)
        before = await self.asked_of(surveys, contact)
        colleague = uuid4()

        await joins(surveys, story, colleague, contact.requesting_organisation_id)
        await surveys.sweep(surveys.now)

        assert (before, await self.asked_of(surveys, contact)) == ([], [colleague])

    async def asked_of(self, surveys: Any, contact: ContactAccepted) -> list[UUID]:
        requester = contact.requesting_organisation_id
        questions: list[OutcomeAsked] = await surveys.questions()
        return [each.member_id for each in questions if each.organisation_id == requester]
