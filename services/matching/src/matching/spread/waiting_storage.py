"""The SQL of which waiting pairs may have their turn, one function a statement."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.database import Connection, Row
from matching.spread.spread import WaitingPair
from schemas.vocabulary import Strength

# A pair decided on other texts, or under a version that is not active, is decided again first.
# Listings `o` and `r` of the pair `w`, at the time `$1`.
MAY_COME = """
    o.listing_id = w.offer_id and r.listing_id = w.request_id and o.live and r.live
    and o.valid_until > $1 and r.valid_until > $1
    and o.text_revision = w.offer_text_revision and r.text_revision = w.request_text_revision
    and exists (select from analysis_version v
        where v.number = w.engine_version and v.state = 'active')
    and not exists (select from hidden_pair h where
        (h.organisation_id, h.hidden_organisation_id) in
            ((w.offer_organisation_id, w.request_organisation_id),
            (w.request_organisation_id, w.offer_organisation_id)))
"""

_WAITING = f"""
    select w.proposal_id, w.offer_id, w.request_id, w.offer_organisation_id,
        w.request_organisation_id, w.category, w.strength, w.d,
        (w.features ->> 'bar')::double precision as bar
    from waiting_proposal w, listing o, listing r where {MAY_COME}
"""

_WAITING_OF_OTHERS = f"""
    with passed_over as (select unnest($2::uuid[]) as id) {_WAITING}
        and not exists (select from passed_over where id = w.offer_organisation_id)
        and not exists (select from passed_over where id = w.request_organisation_id)
"""


async def waiting(
    connection: Connection, *, without: Sequence[UUID], now: datetime
) -> tuple[WaitingPair, ...]:
    """All but those of some organisations: of a hundred thousand pairs few can have their turn."""
    return _pairs(await connection.fetch(_WAITING_OF_OTHERS, now, list(without)))


async def waiting_about(
    connection: Connection, listing_id: UUID, *, now: datetime
) -> tuple[WaitingPair, ...]:
    about = f"{_WAITING} and (w.offer_id = $2 or w.request_id = $2)"
    return _pairs(await connection.fetch(about, now, listing_id))


def _pairs(rows: Sequence[Row]) -> tuple[WaitingPair, ...]:
    return tuple(
        WaitingPair(**(dict(row) | {"strength": Strength(row["strength"])})) for row in rows
    )
