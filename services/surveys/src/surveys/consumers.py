"""Kafka in: what is counted goes into the ledger, what is asked about is followed.

The order of the registrations is the order of work within a batch: facts are counted before a
tombstone of the same batch is kept, so that they get the pseudonym and are not counted for nobody.
"""

from collections.abc import Sequence
from uuid import UUID

from chassis import outbox
from chassis.cause import Cause
from chassis.consumers import Consumers
from chassis.database import Connection
from chassis.envelope import Gone
from schemas.contact import (
    ContactAccepted,
    ContactDeclined,
    ContactLapsed,
    ContactRequested,
    ContactWithdrawn,
)
from schemas.event import Fact
from schemas.listing import ListingClosed, ListingCreated, ListingUpdated
from schemas.mail import MailBounced, MailSent
from schemas.match import MatchAnswered, MatchProposed, MatchWithdrawn
from schemas.member import MemberState
from schemas.organisation import OrganisationState
from schemas.outcome import OutcomeAsked, OutcomeReported
from surveys.ledger import commands as ledger
from surveys.ledger.entry import entry_of
from surveys.outcomes import commands as outcomes

COUNTED: tuple[type[Fact], ...] = (
    ListingCreated,
    ListingUpdated,
    ListingClosed,
    MatchProposed,
    MatchAnswered,
    MatchWithdrawn,
    ContactRequested,
    ContactAccepted,
    ContactDeclined,
    ContactLapsed,
    ContactWithdrawn,
    MailSent,
    MailBounced,
    OutcomeAsked,
    OutcomeReported,
)

consumers = Consumers()


# First of all: a transaction that counted already would wait here for one that waits for it.
@consumers.on_gone(OrganisationState)
@consumers.on_gone(MemberState)
async def on_subject_leaving(_gone: Gone, transaction: Connection) -> None:
    """Wait for all who count and ask as if nobody were erased, before the gravestone stands."""
    await ledger.keep_counting_out(transaction)


async def on_counted_facts(
    facts: Sequence[Fact], transaction: Connection, causes: Sequence[Cause]
) -> None:
    """Enter facts into the ledger under their event ids."""
    entries = [
        entry_of(fact, UUID(cause.event_id)) for fact, cause in zip(facts, causes, strict=True)
    ]
    await ledger.count_facts(transaction, entries)


for fact_class in COUNTED:
    consumers.on_batch(fact_class)(on_counted_facts)


@consumers.on_batch(ListingCreated)
@consumers.on_batch(ListingUpdated)
async def on_listing_described(
    facts: Sequence[ListingCreated | ListingUpdated], transaction: Connection
) -> None:
    """Keep how the cluster calls its categories."""
    await ledger.keep_category_labels(transaction, facts)


@consumers.on(ContactAccepted)
async def on_contact_accepted(event: ContactAccepted, transaction: Connection) -> None:
    """Plan the questions to both sides after 7, 30 and 90 days."""
    await outcomes.follow_contact(transaction, event)


@consumers.on(OutcomeAsked)
async def on_outcome_asked(event: OutcomeAsked, transaction: Connection) -> None:
    """Know again what was asked between a restored moment and the restore."""
    await outcomes.recall_asking(transaction, event)


@consumers.on(OutcomeReported)
async def on_outcome_reported(event: OutcomeReported, transaction: Connection) -> None:
    """Know again what was answered between a restored moment and the restore."""
    await outcomes.recall_answer(transaction, event)


consumers.keep(OrganisationState, MemberState)


@consumers.on_batch(OrganisationState)
async def on_organisation_states(
    states: Sequence[OrganisationState], transaction: Connection
) -> None:
    """Give facts that came before their organisation its size class."""
    await ledger.classify(transaction, [state.organisation_id for state in states])


@consumers.on_gone(OrganisationState)
@consumers.on_gone(MemberState)
async def on_subject_gone(gone: Gone, transaction: Connection) -> None:
    """Forget who an erased organisation or member was, and ask no more about it."""
    await outcomes.forget(transaction, gone.id)
    await ledger.forget(transaction, gone.id)
    await outbox.blank(transaction, gone.id)
