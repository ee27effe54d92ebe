"""What moderators do: release or reject what they read; the ledger keeps each reason.

`read` is the revision that they read: they decide about that text and no other.
"""

from datetime import datetime
from uuid import UUID

from chassis.database import Connection
from listings.listing import events, moderation, storage
from listings.listing.commands import UnknownListing, locked
from listings.listing.life_cycle import Act, NotPossibleNow
from listings.listing.listing import Listing
from listings.listing.moderation import Decision, Verdict
from listings.listing.occasion import Occasion
from listings.listing.publication import record_showing
from listings.listing.release import released
from listings.organisations.commands import hold_to_change, trust_organisation
from listings.outbox import outbox
from schemas.vocabulary import RejectionReason


class ChangedMeanwhile(Exception):
    """The listing is another one than the moderator read."""


async def release_listing(
    connection: Connection,
    listing_id: UUID,
    *,
    read: int,
    moderator_id: UUID,
    occasion: Occasion,
) -> Listing:
    """Publish what waits, a listing or an edit; from now on its organisation is trusted."""
    listing = await _read(connection, listing_id, read, Act.PUBLISH)
    after = released(listing, at=occasion.now)
    decision = _decision(listing, Verdict.RELEASED, by=moderator_id, at=occasion.now)
    await moderation.record(connection, decision)
    await trust_organisation(connection, listing.organisation_id)
    return await record_showing(connection, listing, after, occasion)


async def reject_listing(
    connection: Connection,
    listing_id: UUID,
    reason: RejectionReason,
    *,
    read: int,
    rule: str,
    appeal_to: str,
    moderator_id: UUID,
    occasion: Occasion,
) -> Listing:
    """Refuse what waits; of a refused edit the old text stays."""
    listing = await _read(connection, listing_id, read, Act.REJECT)
    now, edit = occasion.now, listing.pending
    after = listing.rejected(at=now) if edit is None else listing.edit_refused(at=now)
    decision = _decision(
        listing, Verdict.REJECTED, by=moderator_id, at=now, reason=reason, rule=rule
    )
    await moderation.record(connection, decision)
    if after.is_live:
        await record_showing(connection, listing, after, occasion)
    else:
        await storage.save(connection, after)
    refused = events.listing_rejected(
        listing, reason, revision=after.revision, rule=rule, appeal_to=appeal_to, at=now
    )
    await outbox.append(connection, refused, cause=occasion.cause)
    return after


async def is_decided_so(
    connection: Connection,
    listing_id: UUID,
    verdict: Verdict,
    *,
    by: UUID,
    reason: RejectionReason | None = None,
    rule: str = "",
) -> bool:
    """Whether this moderator decided just this: the second of two clicks, or a page sent again."""
    listing = await storage.listing(connection, listing_id)
    decisions = await moderation.decisions_about(connection, listing_id)
    if listing is None or listing.awaits_moderator or not decisions:
        return False
    last = decisions[0]
    stands = (last.verdict, last.decided_by, last.reason, last.rule)
    return stands == (verdict, by, reason, rule)


async def _read(connection: Connection, listing_id: UUID, read: int, act: Act) -> Listing:
    seen = await storage.listing(connection, listing_id)
    if seen is None:
        raise UnknownListing(listing_id)
    # A release changes the organisation too, whose row is locked before that of any listing.
    await hold_to_change(connection, [seen.organisation_id])
    listing = await locked(connection, listing_id)
    if listing.revision != read:
        raise ChangedMeanwhile
    if not listing.awaits_moderator:
        raise NotPossibleNow(listing.status, act)
    return listing


def _decision(
    listing: Listing,
    verdict: Verdict,
    *,
    by: UUID,
    at: datetime,
    reason: RejectionReason | None = None,
    rule: str = "",
) -> Decision:
    return Decision(
        listing_id=listing.id,
        organisation_id=listing.organisation_id,
        subject="listing" if listing.pending is None else "edit",
        verdict=verdict,
        decided_at=at,
        decided_by=by,
        reason=reason,
        rule=rule,
    )
