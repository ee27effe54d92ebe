"""Kafka in: every revision of a listing is kept once and becomes due; nothing is encoded here.

State copies are registered first, so that within a batch an erasure is known before a late text.
"""

from collections.abc import Sequence
from datetime import UTC, datetime

from chassis import outbox
from chassis.cause import Cause
from chassis.consumers import Consumers
from chassis.database import Connection
from chassis.envelope import Gone
from matching import commands, member_storage
from matching.enquiries import commands as enquiries
from matching.kept_listing import KeptListing
from matching.searches import commands as searches
from matching.unmet import commands as unmet
from schemas.claims import NO_ORGANISATION
from schemas.listing import ListingClosed, ListingCreated, ListingState, ListingUpdated
from schemas.mail import MailBounced, MailSent
from schemas.member import MemberState
from schemas.organisation import OrganisationState
from schemas.vocabulary import ListingStatus

consumers = Consumers()


# First of all: before anything of the batch is locked.
@consumers.on_gone(OrganisationState)
@consumers.on_gone(MemberState)
async def on_erasure(_gone: Gone, transaction: Connection) -> None:
    """Wait for all who count on it that nobody is erased meanwhile."""
    await member_storage.begin_erasing(transaction)


consumers.keep(OrganisationState, MemberState)


@consumers.on(ListingCreated)
@consumers.on(ListingUpdated)
async def on_listing_described(
    event: ListingCreated | ListingUpdated, transaction: Connection, cause: Cause
) -> None:
    """Keep a published text, unless the state brought it before; one that is paused stays so."""
    listing = _kept(event, live=True)
    await commands.keep_listing(transaction, listing, from_state=False, cause=cause)
    await searches.enter_listing(transaction, listing, at=event.occurred_at, cause=cause)


@consumers.on(ListingState)
async def on_listing_state(state: ListingState, transaction: Connection, cause: Cause) -> None:
    """Keep a listing as it stands; one that is paused meets nobody until it returns."""
    listing = _kept(state, live=state.status is ListingStatus.PUBLISHED)
    await commands.keep_listing(transaction, listing, from_state=True, cause=cause)
    await unmet.await_request(transaction, listing, published_at=state.published_at)
    await unmet.note_partners(transaction, listing, answer_by=state.answer_by)
    await searches.enter_listing(transaction, listing, at=state.published_at, cause=cause)


@consumers.on(ListingClosed)
async def on_listing_closed(event: ListingClosed, transaction: Connection, cause: Cause) -> None:
    """Remember what an offer could do before its text goes, then bury the listing."""
    await unmet.drop_request(transaction, event.listing_id)
    await unmet.remember_offer(
        transaction, event.listing_id, ended_as=event.reason, at=event.occurred_at
    )
    await commands.bury_listing(
        transaction,
        event.listing_id,
        organisation_id=event.organisation_id,
        revision=event.revision,
        at=event.occurred_at,
        cause=cause,
    )


@consumers.on_gone(ListingState)
async def on_listing_gone(gone: Gone, transaction: Connection, cause: Cause) -> None:
    """The tombstone says what the closing fact says; it names no organisation."""
    now = datetime.now(UTC)
    await unmet.drop_request(transaction, gone.id)
    await unmet.remember_offer(transaction, gone.id, ended_as=None, at=now)
    await commands.bury_listing(
        transaction,
        gone.id,
        organisation_id=NO_ORGANISATION,
        revision=gone.revision,
        at=now,
        cause=cause,
    )


@consumers.on_batch(MailSent)
async def on_mails_sent(mails: Sequence[MailSent], transaction: Connection) -> None:
    """Note which enquiries are on their way to somebody."""
    await enquiries.note_mails(transaction, mails, sent=True)


@consumers.on_batch(MailBounced)
async def on_mails_bounced(mails: Sequence[MailBounced], transaction: Connection) -> None:
    """Note which enquiries reached nobody, so that no broker waits for their answer."""
    await enquiries.note_mails(transaction, mails, sent=False)


@consumers.on_gone(OrganisationState)
@consumers.on_gone(MemberState)
async def on_subject_gone(gone: Gone, transaction: Connection) -> None:
    """Blank what is stored of an erased organisation or member, in the order others lock it."""
    await unmet.forget(transaction, gone.id)
    await commands.forget(transaction, gone.id)
    await enquiries.forget(transaction, gone.id)
    await searches.forget(transaction, gone.id)
    await outbox.blank(transaction, gone.id)


def _kept(event: ListingCreated | ListingUpdated | ListingState, *, live: bool) -> KeptListing:
    return KeptListing(
        listing_id=event.listing_id,
        organisation_id=event.organisation_id,
        revision=event.revision,
        live=live,
        content=event.content,
    )
