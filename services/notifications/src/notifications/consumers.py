"""Kafka in: the events that lead to mails or end them, and the states that say who reads them.

Which event leads to which mail stands in ``letters.py``.
"""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

from chassis.cause import Cause
from chassis.consumers import Consumers
from chassis.database import Connection
from chassis.envelope import Gone
from chassis.sweeps import utc_now
from notifications import commands, enquiry_news
from notifications.letter import Letter
from notifications.letters import LETTERS
from notifications.mail import Unsent
from notifications.search_letters import attempts_before
from schemas.contact import ContactAccepted, ContactDeclined, ContactLapsed, ContactWithdrawn
from schemas.event import Fact
from schemas.listing import ListingClosed
from schemas.match import MatchProposed, MatchWithdrawn
from schemas.member import MemberState
from schemas.organisation import OrganisationState
from schemas.request import EnquiryAnswered, EnquiryApproved
from schemas.vocabulary import Strength

consumers = Consumers()
consumers.keep(OrganisationState, MemberState)


# First of all: a transaction that addressed already would wait here for one that waits for it.
@consumers.on_gone(MemberState)
async def on_member_gone(gone: Gone, transaction: Connection) -> None:
    """Blank every mail to or about an erased member."""
    await commands.erase(transaction, gone.id, now=utc_now())


@consumers.on_gone(OrganisationState)
async def on_organisation_gone(gone: Gone, transaction: Connection) -> None:
    """Blank every mail about an erased organisation."""
    await commands.erase(transaction, gone.id, now=utc_now())


@consumers.on_batch(MemberState)
async def on_member_state(members: Sequence[MemberState], transaction: Connection) -> None:
    """Address what waited for these members."""
    ids = [member.member_id for member in members]
    await commands.address_waiting_for(transaction, ids, now=utc_now())


def _told_by(letter: Letter[Any]) -> Callable[[Fact, Connection, Cause], Awaitable[None]]:
    async def on_event(event: Fact, transaction: Connection, cause: Cause) -> None:
        await commands.notify(transaction, letter, event, cause=cause, now=utc_now())

    return on_event


for each in LETTERS:
    if each.event is not EnquiryAnswered:
        consumers.on(each.event)(_told_by(each))


# After the letters: what one batch tells of a request is kept by then.
@consumers.on(MatchProposed)
async def on_match_proposed(event: MatchProposed, transaction: Connection) -> None:
    """Keep back that a request is unmet for which a good offer came since."""
    if event.strength is Strength.STRONG:
        await commands.meet_request(transaction, event, now=utc_now())


@consumers.on(MatchWithdrawn)
async def on_match_withdrawn(event: MatchWithdrawn, transaction: Connection) -> None:
    """Keep back what is not sent yet about a proposal that is void."""
    await commands.end(transaction, event.proposal_id, Unsent.PROPOSAL_WITHDRAWN, now=utc_now())


@consumers.on(ListingClosed)
async def on_listing_closed(event: ListingClosed, transaction: Connection) -> None:
    """Keep back proposals, hits and questions about a listing that ended."""
    await commands.end(transaction, event.listing_id, Unsent.LISTING_CLOSED, now=utc_now())


@consumers.on(ContactAccepted)
@consumers.on(ContactDeclined)
async def on_contact_answered(
    event: ContactAccepted | ContactDeclined, transaction: Connection
) -> None:
    """Keep back a message and its reminder that a colleague answered."""
    await commands.end(transaction, event.contact_id, Unsent.CONTACT_ANSWERED, now=utc_now())


@consumers.on(ContactLapsed)
async def on_contact_lapsed(event: ContactLapsed, transaction: Connection) -> None:
    """Keep back a message that nobody can answer any more."""
    await commands.end(transaction, event.contact_id, Unsent.CONTACT_LAPSED, now=utc_now())


@consumers.on(ContactWithdrawn)
async def on_contact_withdrawn(event: ContactWithdrawn, transaction: Connection) -> None:
    """Keep back a message and its reminder that the requester took back."""
    await commands.end(transaction, event.contact_id, Unsent.CONTACT_WITHDRAWN, now=utc_now())


@consumers.on(EnquiryApproved)
async def on_enquiry_approved(event: EnquiryApproved, transaction: Connection) -> None:
    """Keep back what is left of the attempts before this one, and this one where none is wanted."""
    for attempt in attempts_before(event):
        await commands.end(transaction, attempt, Unsent.ASKED_AGAIN, now=utc_now())
    await commands.ask_if_wanted(transaction, event, now=utc_now())


@consumers.on(EnquiryAnswered)
async def on_enquiry_answered(
    event: EnquiryAnswered, transaction: Connection, cause: Cause
) -> None:
    """Tell whom it concerns; keep back what is answered, and others where they want none."""
    await enquiry_news.tell(transaction, event, cause=cause, now=utc_now())
    await commands.end(transaction, event.enquiry_id, Unsent.ENQUIRY_ANSWERED, now=utc_now())
