"""The SQL of offers that ended: copied from `listing` with the analysis they have."""

from datetime import datetime, timedelta
from uuid import UUID

from chassis.database import Connection
from matching.analysed_columns import COLUMNS
from matching.kept_listing import KeptListing
from matching.unmet.capability import (
    Source,
    as_json,
    shown_title,
)
from schemas.vocabulary import ClosingReason

UNCONFIRMED_FOR = timedelta(days=1)


_REMEMBER = f"""
    insert into capability (capability_id, organisation_id, source, title, text,
        source_revision, ended_as, ended_at, analysis_version, unusable, {COLUMNS},
        changed_at, subjects)
    select l.listing_id, l.organisation_id, '{Source.OFFER}', $2, $3::jsonb, l.revision, $4, $5,
        a.version, coalesce(a.unusable, false), {COLUMNS}, $5, l.subjects
    from listing l left join (analysis a join analysis_version v
            on v.number = a.version and v.state = 'active')
        on a.listing_id = l.listing_id and a.part = 0 and a.text_revision = l.text_revision
    where l.listing_id = $1 and l.content is not null for share of l
    on conflict (capability_id) do update set ended_as = excluded.ended_as
"""


async def remember_offer(
    connection: Connection, offer: KeptListing, *, ended_as: ClosingReason | None, at: datetime
) -> None:
    await connection.execute(
        _REMEMBER, offer.listing_id, shown_title(offer), as_json(offer.text()), ended_as, at
    )


async def confirm_offer(
    connection: Connection, listing_id: UUID, *, ended_as: ClosingReason, at: datetime
) -> None:
    await connection.execute(
        "update capability set ended_as = $2, changed_at = $3"
        " where capability_id = $1 and ended_as is null",
        listing_id,
        ended_as,
        at,
    )


async def forget_offer(connection: Connection, listing_id: UUID) -> None:
    await connection.execute("delete from capability where capability_id = $1", listing_id)


async def forget_offers_ended_before(
    connection: Connection, *, before: datetime, now: datetime
) -> None:
    """Old ones, and those of which nobody said within a day why they ended."""
    await connection.execute(
        "delete from capability where ended_at < $1 or (ended_as is null and ended_at < $2)",
        before,
        now - UNCONFIRMED_FOR,
    )
