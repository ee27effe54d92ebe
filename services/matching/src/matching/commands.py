"""What is done about listings and proposals; each runs inside the transaction of its caller."""

from datetime import datetime
from uuid import UUID

from chassis.cause import Cause
from chassis.database import Connection
from matching import (
    analysis_storage,
    due_storage,
    events,
    listing_storage,
    member_storage,
    proposal_storage,
)
from matching.evaluation import commands as evaluation
from matching.kept_listing import KeptListing
from matching.proposal import GivenAnswer, ProposalWithdrawn, UnknownProposal
from matching.spread import commands as spread
from schemas.vocabulary import DeclineReason


async def keep_listing(
    connection: Connection, listing: KeptListing, *, from_state: bool, cause: Cause
) -> None:
    """Keep what fact or state says, whichever comes first; a live listing becomes due."""
    live = await listing_storage.keep(connection, listing, from_state=from_state)
    if live is None:
        return
    if live:
        await due_storage.queue(
            connection, listing.listing_id, revision=listing.revision, cause=cause
        )
    else:
        await due_storage.drop(connection, listing.listing_id)


async def bury_listing(
    connection: Connection,
    listing_id: UUID,
    *,
    organisation_id: UUID,
    revision: int,
    at: datetime,
    cause: Cause,
) -> None:
    """Leave a gravestone, and withdraw what was proposed about the listing."""
    buried = await listing_storage.bury(
        connection, listing_id, organisation_id=organisation_id, revision=revision
    )
    if not buried:
        return
    await due_storage.drop(connection, listing_id)
    await analysis_storage.drop(connection, listing_id)
    await spread.drop_listing(connection, listing_id)
    withdrawn = await proposal_storage.withdraw_of(connection, listing_id, at=at)
    facts = [events.match_withdrawn(each, revision=each.revision, at=at) for each in withdrawn]
    await events.outbox.append_many(connection, facts, cause=cause)


async def answer_proposal(
    connection: Connection,
    proposal_id: UUID,
    given: GivenAnswer,
    *,
    organisation_id: UUID,
    member_id: UUID,
    at: datetime,
    cause: Cause,
) -> None:
    """Keep one side's answer; the same one again changes nothing and says nothing."""
    await member_storage.keep_erasures_out(connection)
    if await member_storage.any_erased(connection, organisation_id, member_id):
        raise UnknownProposal(proposal_id)
    proposal = await proposal_storage.proposal(connection, proposal_id, locked=True)
    if proposal is None:
        raise UnknownProposal(proposal_id)
    side = proposal.side_of(organisation_id)
    if proposal.withdrawn_at is not None:
        raise ProposalWithdrawn(proposal_id)
    if given == await proposal_storage.answer_of(connection, proposal_id, side):
        return
    revision = await proposal_storage.next_revision(connection, proposal_id, at=at)
    await proposal_storage.save_answer(
        connection, proposal, side, given, member_id=member_id, at=at
    )
    await evaluation.keep_label(connection, proposal, side, given, at=at)
    if given.reason is DeclineReason.COMPETITOR:
        await proposal_storage.hide_pair(connection, proposal, side)
    else:
        await proposal_storage.show_pair_again(connection, proposal, side)
    fact = events.match_answered(
        proposal, side, given, member_id=member_id, revision=revision, at=at
    )
    await events.outbox.append(connection, fact, cause=cause)


async def forget(connection: Connection, subject: UUID) -> None:
    """Blank what an erased organisation wrote or an erased member said."""
    await listing_storage.forget(connection, subject)
    await analysis_storage.forget(connection, subject)
    await proposal_storage.forget(connection, subject)
    await spread.forget(connection, subject)
    await evaluation.forget(connection, subject)
