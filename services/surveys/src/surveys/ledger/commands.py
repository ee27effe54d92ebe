"""What is done with the ledger: facts are added once each, erased subjects lose their ids."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from chassis.database import Connection
from schemas.listing import ListingCreated, ListingUpdated
from surveys.ledger import storage
from surveys.ledger.entry import Entry


async def count_facts(connection: Connection, entries: Sequence[Entry]) -> None:
    """Add facts; one that is there already changes nothing.

    A fact that comes after the erasure of its subject counts, but for nobody: the random id of
    the earlier ones is stored nowhere, so nothing could lead back to it.
    """
    await storage.keep_erasures_out(connection)
    subjects = {subject for entry in entries for subject in entry.particulars.subjects}
    erased = await storage.erased_among(connection, subjects)
    await storage.append(connection, [entry.without(erased) for entry in entries])


async def keep_category_labels(
    connection: Connection, facts: Sequence[ListingCreated | ListingUpdated]
) -> None:
    await storage.keep_labels(
        connection, [(fact.content.category, fact.revision) for fact in facts]
    )


async def classify(connection: Connection, organisation_ids: Sequence[UUID]) -> None:
    """Give facts that came before their organisation its size class; later changes touch none."""
    await storage.fill_size_class(connection, organisation_ids)


async def keep_counting_out(connection: Connection) -> None:
    """Wait, before a gravestone is set, for those who looked for it and found none."""
    await storage.keep_counting_out(connection)


async def forget(connection: Connection, subject: UUID) -> None:
    """Replace an erased subject's id by one random id in all its rows.

    The rows still count, and still count as those of one organisation or member.
    """
    await storage.pseudonymise(connection, subject, pseudonym=uuid4())
