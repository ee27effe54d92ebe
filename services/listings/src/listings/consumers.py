"""Kafka in: the events this service listens to, and the command each one triggers."""

from chassis.cause import Cause
from chassis.consumers import Consumers
from chassis.database import Connection
from listings.enquiries.commands import follow_answer
from listings.listing.freshening import doubt_listing
from listings.listing.occasion import Occasion
from listings.listing.overflowing import ask_partners
from listings.listing.solved import note_solved
from listings.listing.unreachable import note_bounce
from listings.settings import ListingsSettings
from schemas.mail import MailBounced
from schemas.match import MatchAnswered
from schemas.request import EnquiryAnswered, RequestOverflowed
from schemas.vocabulary import DeclineReason

consumers = Consumers()


@consumers.on(MatchAnswered)
async def on_match_answered(event: MatchAnswered, transaction: Connection, cause: Cause) -> None:
    """Ask the owner of what is called outdated at once; offer to end what is solved."""
    ids = (event.offer_id, event.request_id)
    own, other = ids if event.side == "offer" else reversed(ids)
    if event.reason is DeclineReason.OUTDATED:
        await doubt_listing(transaction, other, now=event.occurred_at, cause=cause)
    if event.reason is DeclineReason.ALREADY_SOLVED:
        await note_solved(
            transaction, own, organisation_id=event.organisation_id, at=event.occurred_at
        )


@consumers.on(EnquiryAnswered)
async def on_enquiry_answered(
    event: EnquiryAnswered, transaction: Connection, cause: Cause
) -> None:
    """Prepare an offer and a contact after a yes; take them back after a later no."""
    await follow_answer(transaction, event, cause=cause)


@consumers.on(RequestOverflowed)
async def on_request_overflowed(
    event: RequestOverflowed, transaction: Connection, cause: Cause
) -> None:
    """Ask partner clusters about a request that is still public and may leave."""
    public_url = ListingsSettings().public_url
    occasion = Occasion(now=event.occurred_at, cause=cause, public_url=public_url)
    await ask_partners(transaction, event.request_id, occasion, answer_by=event.answer_by)


@consumers.on(MailBounced)
async def on_mail_bounced(event: MailBounced, transaction: Connection, cause: Cause) -> None:
    """Pause the listings of an organisation once none of its members can be reached."""
    if event.hard:
        await note_bounce(transaction, event.member_id, now=event.occurred_at, cause=cause)
