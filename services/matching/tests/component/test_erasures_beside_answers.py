"""Erasures and what people do at the same moment wait for each other, and never in a circle."""

import asyncio
from collections.abc import AsyncIterator, Coroutine
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import pytest
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
from matching.enquiries.enquiry import EnquiryOver, GivenEnquiryAnswer, UnknownEnquiry
from matching.proposal import GivenAnswer
from matching.searches.commands import Wanted, report_hits, save_search
from matching.searches.search import SavedSearch
from matching.searches.storage import searches_of
from schemas.member import MemberState
from schemas.organisation import OrganisationState
from schemas.request import EnquiryApproved
from schemas.vocabulary import Answer, EnquiryAnswer, ListingKind

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


async def a_saved_search(matching: Any, *, of: MemberState) -> SavedSearch:
    """The member's only one; each has a higher id than the one before."""
    wanted = Wanted(words="Pumpe", kind=ListingKind.OFFER, category=None, place=None)
    async with matching.pool.transaction() as connection:
        number = await connection.fetchval("select count(*) from saved_search")
        await save_search(connection, of, wanted, search_id=UUID(int=number + 1), at=matching.now)
        [saved] = await searches_of(connection, of.member_id)
    return saved


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


async def test_an_approval_beside_the_erasures_of_two_who_are_asked(matching: Any) -> None:
    first, second = sorted((a_pump_maker(), a_pump_maker()), key=lambda each: each.organisation_id)
    found = await unmet(matching, first, second)

    of_the_first = "select from state_copy where id = $1 for share"
    async with held_up(matching, of_the_first, first.organisation_id):
        erasures = [gone(OrganisationState, each.organisation_id) for each in (second, first)]
        erasing = await stopped(matching, matching.hears(*erasures), others=0)
        approval = await stopped(matching, approving(matching, found, first, second), others=1)
    await asyncio.gather(erasing, approval)

    assert await matching.value("select count(*) from candidate") == 0


async def test_hits_beside_the_erasures_of_two_who_search(matching: Any) -> None:
    offer = an_offer()
    members = [a_member(uuid4()), a_member(uuid4())]
    await matching.hears(*members, offer)
    first, second = [await a_saved_search(matching, of=each) for each in members]
    enquiry_id = uuid4()
    async with matching.pool.transaction() as connection:
        await connection.execute(
            "insert into enquiry_address values ($1, $2, $1)", enquiry_id, first.member_id
        )

    async def reports() -> None:
        async with matching.pool.transaction() as connection:
            await report_hits(
                connection, offer.listing_id, [first, second], at=matching.now, cause=Cause.new()
            )

    between_both = "select from enquiry_address where enquiry_id = $1 for update"
    async with held_up(matching, between_both, enquiry_id):
        erasures = [gone(MemberState, each.member_id) for each in (second, first)]
        erasing = await stopped(matching, matching.hears(*erasures), others=0)
        reporting = await stopped(matching, reports(), others=1)
    await asyncio.gather(erasing, reporting)

    assert await matching.value("select count(*) from saved_search") == 0
    assert await matching.value("select count(*) from outbox where topic = 'search.hit'") == 0


@pytest.mark.parametrize("by_member", [False, True])
async def test_an_answer_to_an_enquiry_beside_the_erasure_of_whoever_is_asked(
    matching: Any, *, by_member: bool
) -> None:
    maker = a_pump_maker(has_members=by_member)
    member = a_member(maker.organisation_id)
    found = await unmet(matching, maker)
    await matching.hears(member)
    await approve(matching, found, maker)
    [fact] = await matching.published(EnquiryApproved)
    async with matching.pool.transaction() as connection:
        await connection.execute(
            "insert into enquiry_address values ($1, $2, $1)", uuid4(), maker.organisation_id
        )

    async def answers() -> None:
        async with matching.pool.transaction() as connection:
            try:
                await answer_enquiry(
                    connection,
                    fact.enquiry_id,
                    GivenEnquiryAnswer(answer=EnquiryAnswer.NO, note="Fragen Sie Frau Kim."),
                    organisation_id=maker.organisation_id,
                    member_id=member.member_id if by_member else None,
                    at=matching.now,
                    cause=Cause.new(),
                )
            except UnknownEnquiry:
                return

    once_blanked = "select from enquiry_address where recipient_id = $1 for update"
    async with held_up(matching, once_blanked, maker.organisation_id):
        erasure = matching.hears(gone(OrganisationState, maker.organisation_id))
        erasing = await stopped(matching, erasure, others=0)
        answer = await stopped(matching, answers(), others=1)
    await asyncio.gather(erasing, answer)

    assert await matching.value("select note from enquiry") == ""
    assert await matching.value("select count(*) from outbox where topic = 'enquiry.answered'") == 0
