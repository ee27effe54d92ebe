"""Partner clusters are asked about a request: matching says when, its state here whether at all."""

from datetime import datetime
from uuid import UUID

from chassis.database import Connection
from listings.listing import storage
from listings.listing.occasion import Occasion
from listings.listing.publication import record_overflow


async def ask_partners(
    connection: Connection, request_id: UUID, occasion: Occasion, *, answer_by: datetime
) -> None:
    """Once, and only about what visitors see and its owner still wishes."""
    request = await storage.listing_for_update(connection, request_id)
    if request is None or not request.may_overflow:
        return
    after = request.overflowed(answer_by=answer_by, at=occasion.now)
    # The owner may have named a sooner day since matching decided.
    if after.answer_by is not None and after.answer_by > occasion.now:
        await record_overflow(connection, after, after.answer_by, occasion)
