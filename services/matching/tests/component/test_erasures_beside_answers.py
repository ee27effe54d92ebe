"""Erasures and what people do at the same moment wait for each other, and never in a circle."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

from kept_listing_builders import a_member, a_request, an_offer
from spread_builders import a_decision, an_active_version, answering, decided
from unmet_builders import Unmet, a_pump_maker, approve, unmet

from chassis.cause import Cause
from chassis.envelope import Gone
from embedded.testing import eventually
from matching.enquiries.commands import (
    Approval,
    RequestNoLongerUnmet,
    answer_enquiry,
    approve_enquiries,
)
from matching.enquiries.enquiry import EnquiryOver, GivenEnquiryAnswer
from matching.proposal import GivenAnswer
from schemas.member import MemberState
from schemas.organisation import OrganisationState
from schemas.request import EnquiryApproved
from schemas.vocabulary import Answer, EnquiryAnswer

WAITING = (
    "select count(*) from pg_stat_activity"
    " where datname = current_database() and wait_event_type = 'Lock'"
)


@asynccontextmanager
async def held_up(matching: Any, query: str, *args: object) -> AsyncIterator[None]:
    """Somebody keeps rows to themselves, so that others stop there."""
    async with matching.pool.transaction() as connection:
        assert await connection.fetch(query, *args)
        yield


async def stopped(matching: Any, doing: Coroutine[Any, Any, None], *, others: int) -> Any:
    """Let it run until it is done or waits as well."""
    task = asyncio.create_task(doing)

    async def is_done_or_waits() -> bool:
        return task.done() or bool(await matching.value(WAITING) > others)

    await eventually(is_done_or_waits)
    return task


def gone(state: type[Any], subject: UUID) -> Gone:
    return Gone(state=state, id=subject, revision=10**15)


async def hide_somebody_from(matching: Any, organisation_id: UUID, proposal_id: UUID) -> None:
    async with matching.pool.transaction() as connection:
        await connection.execute(
            "insert into hidden_pair values ($1, $2, $3, array[$1, $2]::uuid[])",
            organisation_id,
            uuid4(),
            proposal_id,
        )


async def a_pair(matching: Any) -> Any:
    offer, request = an_offer(), a_request()
    await an_active_version(matching)
    await matching.hears(offer, request)
    pair = a_decision(offer, request, at=matching.now)
    await decided(matching, pair)
    return pair


async def approving(matching: Any, found: Unmet, *firms: OrganisationState) -> None:
    approval = Approval(
        request_id=found.request.listing_id,
        organisation_ids=tuple(each.organisation_id for each in firms),
        question="Könnten Sie Dosierpumpen liefern?",
        broker_id=found.broker.member_id,
    )
    async with matching.pool.transaction() as connection:
        try:
            await approve_enquiries(connection, approval, at=matching.now, cause=Cause.new())
        except RequestNoLongerUnmet:
            return


async def test_a_colleagues_new_answer_beside_two_erasures(matching: Any) -> None:
    pair = await a_pair(matching)
    organisation_id, other = pair.request_organisation_id, pair.offer_organisation_id
    leaver, colleague = a_member(organisation_id), a_member(organisation_id)
    await matching.hears(leaver, colleague)
    interested = GivenAnswer(answer=Answer.INTERESTED)
    async with matching.pool.transaction() as connection:
        await answering(connection, pair, interested, leaver, at=matching.now)

    async def answers_anew() -> None:
        async with matching.pool.transaction() as connection:
            given = GivenAnswer(answer=Answer.NOT_FOR_US)
            await answering(connection, pair, given, colleague, at=matching.now)

    of_the_other = "select from listing where organisation_id = $1 for share"
    async with held_up(matching, of_the_other, other):
        erasures = [gone(MemberState, leaver.member_id), gone(OrganisationState, other)]
        erasing = await stopped(matching, matching.hears(*erasures), others=0)
        answer = await stopped(matching, answers_anew(), others=1)
    await asyncio.gather(erasing, answer)

    assert await matching.value("select member_id from answer") == colleague.member_id


async def test_an_answer_to_an_enquiry_beside_the_erasure_of_whoever_seeks(matching: Any) -> None:
    maker = a_pump_maker(has_members=True)
    member = a_member(maker.organisation_id)
    found = await unmet(matching, maker)
    await matching.hears(member)
    await approve(matching, found, maker)
    [fact] = await matching.published(EnquiryApproved)
    pair = await a_pair(matching)
    seeker = found.request.organisation_id
    await hide_somebody_from(matching, seeker, pair.proposal_id)

    async def answers() -> None:
        async with matching.pool.transaction() as connection:
            try:
                await answer_enquiry(
                    connection,
                    fact.enquiry_id,
                    GivenEnquiryAnswer(answer=EnquiryAnswer.YES),
                    organisation_id=maker.organisation_id,
                    member_id=member.member_id,
                    at=matching.now,
                    cause=Cause.new(),
                )
            except EnquiryOver:
                return

    in_the_middle = "select from hidden_pair where organisation_id = $1 for update"
    async with held_up(matching, in_the_middle, seeker):
        erasing = await stopped(matching, matching.hears(gone(OrganisationState, seeker)), others=0)
        answer = await stopped(matching, answers(), others=1)
    await asyncio.gather(erasing, answer)

    assert await matching.value("select question from enquiry") == ""


async def test_an_approval_beside_the_erasure_of_whoever_seeks(matching: Any) -> None:
    maker = a_pump_maker()
    found = await unmet(matching, maker)
    pair = await a_pair(matching)
    seeker = found.request.organisation_id
    await hide_somebody_from(matching, seeker, pair.proposal_id)

    in_the_middle = "select from hidden_pair where organisation_id = $1 for update"
    async with held_up(matching, in_the_middle, seeker):
        erasing = await stopped(matching, matching.hears(gone(OrganisationState, seeker)), others=0)
        approval = await stopped(matching, approving(matching, found, maker), others=1)
    await asyncio.gather(erasing, approval)

    assert await matching.value("select count(*) from awaited_request") == 0


async def test_an_approval_beside_the_erasures_of_both_sides(matching: Any) -> None:
    maker = a_pump_maker()
    found = await unmet(matching, maker)
    seeker = found.request.organisation_id

    of_the_seeker = "select from listing where organisation_id = $1 for share"
    async with held_up(matching, of_the_seeker, seeker):
        erasures = [gone(OrganisationState, each) for each in (seeker, maker.organisation_id)]
        erasing = await stopped(matching, matching.hears(*erasures), others=0)
        approval = await stopped(matching, approving(matching, found, maker), others=1)
    await asyncio.gather(erasing, approval)

    assert await matching.value("select count(*) from awaited_request") == 0
