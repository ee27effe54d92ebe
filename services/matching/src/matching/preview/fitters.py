"""Who would fit a draft: read outside transactions, answered to the member, kept nowhere."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from chassis import copies
from chassis.database import Connection, Pool
from chassis.sweeps import Clock
from chassis.web.problem import Problem
from chassis.web.rate_limit import Buckets, require_allowance
from chassis.web.translation import mark
from matching import listing_storage
from matching.active_engine import ActiveEngine
from matching.analyst import analysed
from matching.kept_listing import KeptListing
from matching.preview import storage
from matching.preview.draft import Draft
from matching.preview.fitting import Fit, best_fits
from matching.preview.nearby import Nearby, other_side
from schemas.member import MemberState
from schemas.organisation import OrganisationState

LIMIT = 30
PER = timedelta(minutes=10)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitting:
    """A counterpart as the member may see it; ``organisation`` is missing where it is anonymous."""

    listing: KeptListing
    organisation: str | None
    fit: Fit


class Fitters:
    """Asks the engine about drafts, so often a member and no more."""

    def __init__(
        self, engines: ActiveEngine, nearby: Nearby, *, pool: Pool, clock: Clock, buckets: Buckets
    ) -> None:
        self._engines = engines
        self._nearby = nearby
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
        found = await self._nearby.of(engine, parts, reader=member, now=self._clock())
        async with self._pool.connection() as connection:
            near = await listing_storage.listings(connection, found)
            others = await storage.analyses_of(
                connection, found, other_side(parts), version=engine.version.number
            )
        fits = await asyncio.to_thread(
            best_fits,
            engine,
            parts,
            others,
            near,
            text=draft.whole_text(),
            lines=draft.needs,
        )
        async with self._pool.connection() as connection:
            return await _shown(connection, fits, near)

    async def _count(self, member_id: UUID) -> None:
        bucket = self._buckets.bucket("preview", str(member_id))
        async with self._pool.transaction() as connection:
            await require_allowance(connection, bucket, limit=LIMIT, per=PER, now=self._clock())


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
