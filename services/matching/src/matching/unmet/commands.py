"""What is done about requests that nobody fits; each runs inside the transaction of its caller."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection
from matching import listing_storage, member_storage
from matching.enquiries.commands import askable_among
from matching.events import outbox
from matching.kept_listing import KeptListing
from matching.unmet import (
    candidate_storage,
    capability_storage,
    events,
    former_offer_storage,
    overflow_storage,
    storage,
    tried_storage,
)
from matching.unmet.candidate import Candidate
from matching.unmet.capability import REMEMBERED
from matching.unmet.overflow import deadline_of
from matching.unmet.patience import Patience
from matching.unmet.unmet_request import UnmetRequest
from schemas.vocabulary import ClosingReason, ListingKind, Strength

OFFERS_KEPT_FOR = timedelta(days=2 * 365)


async def await_request(
    connection: Connection, listing: KeptListing, *, published_at: datetime
) -> None:
    """From its publication on, a request waits for a strong proposal."""
    if listing.live and listing.kind is ListingKind.REQUEST:
        await storage.await_request(
            connection,
            listing.listing_id,
            organisation_id=listing.organisation_id,
            published_at=published_at,
        )


async def note_partners(
    connection: Connection, listing: KeptListing, *, answer_by: datetime | None
) -> None:
    """Whether partner clusters are asked is as the listing's state says, whatever was decided."""
    if listing.kind is ListingKind.REQUEST:
        await overflow_storage.note_partners(
            connection, listing.listing_id, revision=listing.revision, answer_by=answer_by
        )


async def drop_request(connection: Connection, listing_id: UUID) -> None:
    """Nobody has to be found any more."""
    await storage.drop_request(connection, listing_id)


async def remember_offer(
    connection: Connection, listing_id: UUID, *, ended_as: ClosingReason | None, at: datetime
) -> None:
    """Before an offer's text goes: keep what its organisation was able to do.

    A tombstone may come before the fact that says why the offer ended, or after it.
    """
    if ended_as is not None and ended_as not in REMEMBERED:
        await former_offer_storage.forget_offer(connection, listing_id)
        return
    listing = (await listing_storage.listings(connection, [listing_id])).get(listing_id)
    if listing is not None and listing.kind is ListingKind.OFFER:
        await former_offer_storage.remember_offer(connection, listing, ended_as=ended_as, at=at)
    elif ended_as is not None:
        await former_offer_storage.confirm_offer(connection, listing_id, ended_as=ended_as, at=at)


async def find_unmet(connection: Connection, *, after: timedelta, now: datetime) -> None:
    """Requests that have waited long enough; each is found once."""
    await storage.mark_unmet(connection, published_before=now - after, now=now)


async def forget_old_offers(connection: Connection, now: datetime) -> None:
    await former_offer_storage.forget_offers_ended_before(
        connection, before=now - OFFERS_KEPT_FOR, now=now
    )


async def keep_candidates(
    connection: Connection,
    request: KeptListing,
    candidates: Sequence[Candidate],
    *,
    version: str,
    up_to: datetime | None,
    at: datetime,
    cause: Cause,
) -> None:
    """Keep whom a broker could ask; with the first ranking the request is told to be unmet.

    Not one that was met while it was ranked: it is ranked again if that falls.
    """
    ranked = [each.organisation_id for each in candidates]
    await member_storage.keep_erasures_out(connection)
    await candidate_storage.hold(connection, ranked)
    unmet = await storage.unmet_request(connection, request.listing_id, now=at, locked=True)
    if unmet is None or await storage.is_met(connection, unmet.request_id, now=at):
        return
    allowed = await candidate_storage.may_be_asked(
        connection, ranked, request_organisation_id=unmet.organisation_id
    )
    kept = [each for each in candidates if each.organisation_id in allowed]
    await candidate_storage.replace_candidates(
        connection,
        unmet.request_id,
        kept,
        request_organisation_id=unmet.organisation_id,
    )
    await storage.keep_ranking(
        connection, unmet.request_id, version=version, revision=request.revision, up_to=up_to
    )
    if await storage.tell_once(connection, unmet.request_id, at=at):
        await _tell(connection, unmet, request, kept, at=at, cause=cause)


async def overflow_requests(
    connection: Connection, patience: Patience, *, now: datetime, cause: Cause
) -> None:
    """Let partner clusters be asked about what brokers knew for long enough."""
    told_before = now - patience.overflow_after
    due = await overflow_storage.requests_due(connection, told_before=told_before, now=now)
    requests = await listing_storage.listings(connection, [each.request_id for each in due])
    for unmet in due:
        request = requests[unmet.request_id]
        answer_by = deadline_of(request.content, patience, now=now)
        if answer_by is None:
            continue
        await overflow_storage.keep_overflow(
            connection, unmet.request_id, at=now, answer_by=answer_by
        )
        fact = events.request_overflowed(unmet, request, answer_by=answer_by, at=now)
        await outbox.append(connection, fact, cause=cause)


async def _tell(
    connection: Connection,
    unmet: UnmetRequest,
    request: KeptListing,
    candidates: Sequence[Candidate],
    *,
    at: datetime,
    cause: Cause,
) -> None:
    """Of the candidates only those count whom a broker can ask."""
    tried = await tried_storage.made_to(connection, unmet.request_id)
    askable = await askable_among(
        connection, request, [each.organisation_id for each in candidates]
    )
    fact = events.request_unmet(
        unmet,
        request,
        possible_proposals=sum(each.strength is Strength.POSSIBLE for each in tried),
        candidates=len(askable),
        at=at,
    )
    await outbox.append(connection, fact, cause=cause)


async def forget(connection: Connection, subject: UUID) -> None:
    await capability_storage.forget(connection, subject)
    await storage.forget(connection, subject)
