"""Kafka in: the events that lead to mails, and the states that say who reads them."""

from collections.abc import Sequence

from chassis.cause import Cause
from chassis.consumers import Consumers
from chassis.database import Connection
from chassis.envelope import Gone
from chassis.sweeps import utc_now
from notifications import commands, letters
from notifications.mail import Unsent
from schemas.contact import (
    ContactAccepted,
    ContactAnswerDue,
    ContactDeclined,
    ContactLapsed,
    ContactRequested,
)
from schemas.listing import (
    ListingClosed,
    ListingConfirmationDue,
    ListingCreated,
    ListingRejected,
)
from schemas.match import MatchProposed, MatchWithdrawn
from schemas.member import MemberState, SignInRequested
from schemas.organisation import OrganisationState
from schemas.outcome import OutcomeAsked

consumers = Consumers()
consumers.keep(OrganisationState, MemberState)


@consumers.on_batch(MemberState)
async def on_member_state(members: Sequence[MemberState], transaction: Connection) -> None:
    """Address what waited for these members."""
    ids = [member.member_id for member in members]
    await commands.address_waiting_for(transaction, ids, now=utc_now())


@consumers.on_gone(MemberState)
async def on_member_gone(gone: Gone, transaction: Connection) -> None:
    """Blank every mail to or about an erased member."""
    await commands.erase(transaction, gone.id, now=utc_now())


@consumers.on_gone(OrganisationState)
async def on_organisation_gone(gone: Gone, transaction: Connection) -> None:
    """Blank every mail about an erased organisation."""
    await commands.erase(transaction, gone.id, now=utc_now())


@consumers.on(SignInRequested)
async def on_sign_in_requested(
    event: SignInRequested, transaction: Connection, cause: Cause
) -> None:
    """Mail the sign-in link to whoever asked for it."""
    await commands.notify(transaction, letters.SIGN_IN, event, cause=cause, now=utc_now())


@consumers.on(ListingCreated)
async def on_listing_created(event: ListingCreated, transaction: Connection, cause: Cause) -> None:
    """Tell the owner's members that their listing is published."""
    await commands.notify(transaction, letters.LISTING_PUBLISHED, event, cause=cause, now=utc_now())


@consumers.on(ListingRejected)
async def on_listing_rejected(
    event: ListingRejected, transaction: Connection, cause: Cause
) -> None:
    """Tell the owner's members why their listing is not published, and where to appeal."""
    await commands.notify(transaction, letters.LISTING_REJECTED, event, cause=cause, now=utc_now())


@consumers.on(ListingConfirmationDue)
async def on_listing_confirmation_due(
    event: ListingConfirmationDue, transaction: Connection, cause: Cause
) -> None:
    """Ask the owner's members whether a listing is still valid."""
    await commands.notify(transaction, letters.CONFIRMATION_DUE, event, cause=cause, now=utc_now())


@consumers.on(MatchProposed)
async def on_match_proposed(event: MatchProposed, transaction: Connection, cause: Cause) -> None:
    """Tell both sides who fits, and why."""
    await commands.notify(transaction, letters.PROPOSAL, event, cause=cause, now=utc_now())


@consumers.on(MatchWithdrawn)
async def on_match_withdrawn(event: MatchWithdrawn, transaction: Connection) -> None:
    """Keep back what is not sent yet about a proposal that is void."""
    await commands.end(transaction, event.proposal_id, Unsent.PROPOSAL_WITHDRAWN, now=utc_now())


@consumers.on(ListingClosed)
async def on_listing_closed(event: ListingClosed, transaction: Connection) -> None:
    """Keep back proposals and questions about a listing that ended."""
    await commands.end(transaction, event.listing_id, Unsent.LISTING_CLOSED, now=utc_now())


@consumers.on(ContactRequested)
async def on_contact_requested(
    event: ContactRequested, transaction: Connection, cause: Cause
) -> None:
    """Pass a message on to the listing's owner."""
    await commands.notify(transaction, letters.CONTACT_REQUESTED, event, cause=cause, now=utc_now())


@consumers.on(ContactAnswerDue)
async def on_contact_answer_due(
    event: ContactAnswerDue, transaction: Connection, cause: Cause
) -> None:
    """Remind the listing's owner of a message that waits for an answer."""
    await commands.notify(
        transaction, letters.CONTACT_ANSWER_DUE, event, cause=cause, now=utc_now()
    )


@consumers.on(ContactAccepted)
async def on_contact_accepted(
    event: ContactAccepted, transaction: Connection, cause: Cause
) -> None:
    """Give both sides each other's names and addresses."""
    await commands.end(transaction, event.contact_id, Unsent.CONTACT_ANSWERED, now=utc_now())
    await commands.notify(transaction, letters.CONTACT_ACCEPTED, event, cause=cause, now=utc_now())


@consumers.on(ContactDeclined)
async def on_contact_declined(
    event: ContactDeclined, transaction: Connection, cause: Cause
) -> None:
    """Tell whoever wrote that the owner declined, and why."""
    await commands.end(transaction, event.contact_id, Unsent.CONTACT_ANSWERED, now=utc_now())
    await commands.notify(transaction, letters.CONTACT_DECLINED, event, cause=cause, now=utc_now())


@consumers.on(ContactLapsed)
async def on_contact_lapsed(event: ContactLapsed, transaction: Connection, cause: Cause) -> None:
    """Tell whoever wrote that nobody answered."""
    await commands.end(transaction, event.contact_id, Unsent.CONTACT_LAPSED, now=utc_now())
    await commands.notify(transaction, letters.CONTACT_LAPSED, event, cause=cause, now=utc_now())


@consumers.on(OutcomeAsked)
async def on_outcome_asked(event: OutcomeAsked, transaction: Connection, cause: Cause) -> None:
    """Ask one side of a contact what came of it."""
    await commands.notify(transaction, letters.OUTCOME_ASKED, event, cause=cause, now=utc_now())
