"""Pairs as the engine decides them, without an engine."""

from datetime import datetime
from typing import Any
from uuid import uuid5

from kept_listing_builders import a_member

from chassis.cause import Cause
from chassis.database import Connection
from matching import commands
from matching.features import Features
from matching.proposal import GivenAnswer, Proposal
from matching.spread import commands as spread
from matching.version_storage import VersionRow, activate, add, retire
from schemas.listing import ListingCreated
from schemas.match import Reasons, WordPair
from schemas.member import MemberState
from schemas.vocabulary import Answer, DeclineReason, Strength

VERSION = "v1"
BAR = 3.5


def a_decision(
    offer: ListingCreated, request: ListingCreated, *, at: datetime, d: float = 5.0,
    strong: bool = False, version: str = VERSION,
) -> Proposal:  # fmt: skip
    return Proposal(
        proposal_id=uuid5(request.listing_id, str(offer.listing_id)),
        offer_id=offer.listing_id,
        request_id=request.listing_id,
        offer_organisation_id=offer.organisation_id,
        request_organisation_id=request.organisation_id,
        revision=int(at.timestamp() * 1000),
        strength=Strength.STRONG if strong else Strength.POSSIBLE,
        reasons=Reasons(
            words=(WordPair(request_word="Pumpen", offer_word="Dosierpumpen"),),
            same_category=request.content.category,
            distance_km=49,
        ),
        q=d,
        d=d,
        engine_version=version,
        proposed_at=at,
        features=Features(
            tokens=d - 0.9, sentence=1.0, lexical=0.0,
            same_category=True, across_categories=False, bar=BAR,
        ),
    )  # fmt: skip


async def an_active_version(matching: Any, number: str = VERSION) -> None:
    row = VersionRow(
        number=number, engine=number, state="building", members=frozenset(), offers=0, requests=0,
        created_at=matching.now, activated_at=None,
    )  # fmt: skip
    async with matching.pool.transaction() as connection:
        active = await connection.fetchval(
            "select number from analysis_version where state = 'active'"
        )
        await retire(connection, [active])
        await add(connection, row, content=None, sha256=None)
        await activate(connection, number, at=matching.now)


async def decided(matching: Any, *pairs: Proposal, about: ListingCreated | None = None) -> None:
    """One listing met: the request of the first pair, unless told otherwise."""
    listing_id = pairs[0].request_id if about is None else about.listing_id
    version = pairs[0].engine_version if pairs else VERSION
    async with matching.pool.transaction() as connection:
        await spread.decide(
            connection, listing_id, pairs, version=version, now=matching.now, cause=Cause.new()
        )


async def answered(
    matching: Any, pair: Proposal, reason: DeclineReason | None, *, by_offer: bool = False
) -> None:
    """Interested where no reason is given."""
    answer = Answer.INTERESTED if reason is None else Answer.NOT_FOR_US
    organisation_id = pair.offer_organisation_id if by_offer else pair.request_organisation_id
    member = a_member(organisation_id)
    await matching.hears(member)
    async with matching.pool.transaction() as connection:
        await answering(
            connection, pair, GivenAnswer(answer=answer, reason=reason), member, at=matching.now
        )


async def answering(
    connection: Connection, pair: Proposal, given: GivenAnswer, member: MemberState, *, at: datetime
) -> None:
    """A member does for the organisation that they act for."""
    await commands.answer_proposal(
        connection,
        pair.proposal_id,
        given,
        organisation_id=member.organisation_ids[0],
        member_id=member.member_id,
        at=at,
        cause=Cause.new(),
    )
