"""Who would fit a draft: read outside transactions, answered to the member, kept nowhere."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from chassis import copies
from chassis.database import Connection, Pool
from chassis.sweeps import Clock
from chassis.web.problem import Problem
from chassis.web.rate_limit import Buckets, require_allowance
from chassis.web.translation import mark
from matching import listing_storage
from matching.active_engine import ActiveEngine
from matching.analysis import Analysis
from matching.analyst import analysed
from matching.coarse import nearest
from matching.engine import Engine
from matching.kept_listing import KeptListing
from matching.preview import storage
from matching.preview.draft import Draft
from matching.preview.fitting import Fit, best_fits
from schemas.member import MemberState
from schemas.organisation import OrganisationState
from schemas.vocabulary import ListingKind

LIMIT = 30
PER = timedelta(minutes=10)
NEAREST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """A counterpart as the member may see it; ``organisation`` is missing where it is anonymous."""

    listing: KeptListing
    organisation: str | None
    fit: Fit


class Fitters:
    """Asks the engine about drafts, so often a member and no more."""

    def __init__(
        self, engines: ActiveEngine, *, pool: Pool, clock: Clock, buckets: Buckets
    ) -> None:
        self._engines = engines
        self._pool = pool
        self._clock = clock
        self._buckets = buckets

    async def fitting(self, draft: Draft, member: MemberState) -> tuple[Fitting, ...]:
        """The best counterparts of other organisations, best first."""
        await self._count(member.member_id)
        engine = await self._engines.engine(self._pool, self._clock())
        if engine is None:
            raise _not_ready()
        parts = await analysed(engine, draft.texts(), about=member.member_id)
        if not parts:
            raise _not_ready()
        async with self._pool.connection() as connection:
            near, others = await _near(
                connection, engine, parts, own=member.organisation_ids, now=self._clock()
            )
        fits = await asyncio.to_thread(best_fits, engine, parts, others, near)
        async with self._pool.connection() as connection:
            return await _shown(connection, fits, near)

    async def _count(self, member_id: UUID) -> None:
        bucket = self._buckets.bucket("preview", str(member_id))
        async with self._pool.transaction() as connection:
            await require_allowance(connection, bucket, limit=LIMIT, per=PER, now=self._clock())


async def _near(
    connection: Connection,
    engine: Engine,
    parts: Sequence[Analysis],
    *,
    own: Sequence[UUID],
    now: datetime,
) -> tuple[dict[UUID, KeptListing], dict[UUID, tuple[Analysis, ...]]]:
    version = engine.version.number
    asked = parts[0].kind is ListingKind.REQUEST
    kind = ListingKind.OFFER if asked else ListingKind.REQUEST
    everybody = await storage.counterparts(connection, kind, version=version, own=own, now=now)
    typical = engine.version.typical[2]
    found: dict[UUID, None] = {}
    for part in parts:
        near = await asyncio.to_thread(
            nearest, part, everybody, typical_deviation=typical, count=NEAREST
        )
        found |= dict.fromkeys(near)
    listings = await listing_storage.listings(connection, list(found))
    return listings, await storage.analyses_of(connection, list(found), kind, version=version)


async def _shown(
    connection: Connection, fits: Sequence[Fit], near: dict[UUID, KeptListing]
) -> tuple[Fitting, ...]:
    listings = [near[fit.listing_id] for fit in fits]
    named = [each.organisation_id for each in listings if not each.is_anonymous]
    found = await copies.find_many(connection, OrganisationState, named)
    names = {each.organisation_id: each.organisation_name for each in found}
    return tuple(
        Fitting(
            listing=listing,
            organisation=None if listing.is_anonymous else names.get(listing.organisation_id),
            fit=fit,
        )
        for listing, fit in zip(listings, fits, strict=True)
    )


def _not_ready() -> Problem:
    return Problem(
        503,
        mark("Die Suche nach passenden Einträgen steht gerade nicht bereit."),
        remedy=mark(
            "Veröffentlichen Sie Ihren Eintrag ruhig schon: Vorschläge kommen später von selbst."
        ),
        headers={"Retry-After": "60"},
    )
