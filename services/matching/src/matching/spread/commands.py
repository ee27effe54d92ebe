"""Decided pairs are kept, and proposed when their turn comes; inside the caller's transaction."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection
from matching import events, listing_storage, proposal_storage
from matching.proposal import Proposal
from matching.spread import standing_storage, storage, waiting_storage
from matching.spread.rules import SpreadRules
from matching.spread.spread import WaitingPair, chosen
from matching.spread.storage import Taken
from schemas.match import MatchProposed
from schemas.vocabulary import Strength


async def decide(
    connection: Connection,
    listing_id: UUID,
    decided: Sequence[Proposal],
    *,
    version: str,
    now: datetime,
    cause: Cause,
) -> None:
    """Take in whom a listing met, and propose those that have room at once.

    The lock comes before any row that others write, and after the listings of this meeting.
    """
    if decided:
        await storage.lock(connection)
        await storage.keep(connection, decided, cause=cause)
        strong = [each for each in decided if each.strength is Strength.STRONG]
        await proposal_storage.confirm_wordings(connection, strong)
    await storage.drop_outdated(connection, listing_id, version=version)
    if decided:
        pairs = await waiting_storage.waiting_about(connection, listing_id, now=now)
        await _propose(connection, pairs, now=now)


async def decided_about(
    connection: Connection, listing_id: UUID, *, version: str
) -> frozenset[UUID]:
    """The counterparts of a listing that are proposed, or wait as this version decided."""
    return await storage.decided_about(connection, listing_id, version=version)


async def release_waiting(connection: Connection, *, now: datetime) -> None:
    """Propose what has found room since: after answers, ends, waves and weeks."""
    await storage.lock(connection)
    full = await standing_storage.without_attention(connection, SpreadRules(), now=now)
    pairs = await waiting_storage.waiting(connection, without=full, now=now)
    await _propose(connection, pairs, now=now)


async def count_exposure(connection: Connection, *, now: datetime) -> None:
    """What is usual in each category is counted once an hour."""
    if await standing_storage.exposure_is_due(connection, now=now):
        since = now - SpreadRules().exposure_window
        await standing_storage.count_exposure(connection, since=since, now=now)


async def drop_listing(connection: Connection, listing_id: UUID) -> None:
    """What waited about a listing that ended is never proposed."""
    await storage.drop_of(connection, listing_id)


async def forget(connection: Connection, subject: UUID) -> None:
    await storage.forget(connection, subject)


async def _propose(connection: Connection, pairs: Sequence[WaitingPair], *, now: datetime) -> None:
    if not pairs:
        return
    rules = SpreadRules()
    standing = await standing_storage.standing(connection, pairs, rules, now=now)
    order = {pair.proposal_id: place for place, pair in enumerate(chosen(pairs, standing, rules))}
    if not order:
        return
    taken = sorted(
        await storage.take(connection, list(order), at=now),
        key=lambda each: order[each.proposal.proposal_id],
    )
    if taken:
        await _tell(connection, taken)
        await storage.drop(connection, [each.proposal.proposal_id for each in taken])


async def _tell(connection: Connection, taken: Sequence[Taken]) -> None:
    """A pair that somebody else proposed meanwhile is told no more."""
    proposals = [each.proposal for each in taken]
    new = await proposal_storage.insert_many(connection, proposals)
    about = {id_ for each in proposals for id_ in (each.offer_id, each.request_id)}
    listings = await listing_storage.listings(connection, list(about))
    facts: defaultdict[Cause, list[MatchProposed]] = defaultdict(list)
    for each in taken:
        proposal = each.proposal
        if proposal.proposal_id in new:
            sides = listings[proposal.request_id], listings[proposal.offer_id]
            facts[each.cause].append(events.match_proposed(proposal, *sides))
    for cause, said in facts.items():
        await events.outbox.append_many(connection, said, cause=cause)
