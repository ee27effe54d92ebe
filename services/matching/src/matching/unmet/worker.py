"""The worker: reads what organisations can do, then ranks them for the requests that need it.

Listings come first: while one waits to be matched, no profile is read. Reading and ranking run
outside transactions; repeating either changes nothing.
"""

import asyncio
from uuid import UUID

from chassis import copies
from chassis.cause import Cause
from chassis.database import Connection, Pool
from chassis.service import Runtime
from chassis.sweeps import Clock
from chassis.workers import Worker
from matching import listing_storage
from matching.active_engine import ActiveEngine
from matching.analyst import analysed
from matching.coarse import nearest
from matching.engine import Engine
from matching.explanation import Position
from matching.kept_listing import KeptListing, names_of
from matching.settings import MatchingSettings
from matching.unmet import candidate_storage, capability_storage, commands, storage
from matching.unmet.candidate import Candidate, ranked
from schemas.organisation import OrganisationState

PROFILES_AT_ONCE = 500
READ_AT_ONCE = 8
NEAREST = 100
IDLE_SECONDS = 5.0


class Scouting:
    """One worker's turns; each does the first of the three things that there is to do."""

    def __init__(self, engines: ActiveEngine, *, pool: Pool, clock: Clock) -> None:
        self._engines = engines
        self._pool = pool
        self._clock = clock

    async def turn(self) -> bool:
        """True if there may be more to do."""
        engine = await self._engines.engine(self._pool, self._clock())
        if engine is None:
            return False
        if await self._take_profiles():
            return True
        async with self._pool.connection() as connection:
            if await storage.listing_waits(connection):
                return False
        return await self._read(engine) or await self._rank(engine)

    async def _take_profiles(self) -> bool:
        async with self._pool.transaction() as connection:
            changed = await capability_storage.changed_organisations(
                connection, limit=PROFILES_AT_ONCE
            )
            await capability_storage.keep_profiles(connection, changed, at=self._clock())
        return bool(changed)

    async def _read(self, engine: Engine) -> bool:
        version = engine.version.number
        async with self._pool.connection() as connection:
            unread = await capability_storage.unread(connection, version, limit=READ_AT_ONCE)
        for capability in unread:
            read = await analysed(engine, [capability.text], about=capability.capability_id)
            async with self._pool.transaction() as connection:
                for analysis in read:
                    await capability_storage.store_analysis(
                        connection, capability, analysis, at=self._clock()
                    )
                if not read:
                    await capability_storage.mark_unusable(connection, capability, version)
        return bool(unread)

    async def _rank(self, engine: Engine) -> bool:
        now, version = self._clock(), engine.version.number
        async with self._pool.connection() as connection:
            due = await storage.next_to_rank(connection, version, now=now)
            request = None if due is None else await _listing(connection, due.request_id)
        if due is None or request is None:
            return False
        candidates = await self._candidates(engine, request)
        async with self._pool.transaction() as connection:
            await commands.keep_candidates(
                connection,
                request,
                candidates,
                version=version,
                up_to=due.up_to,
                at=now,
                cause=Cause.new(),
            )
        return True

    async def _candidates(self, engine: Engine, request: KeptListing) -> tuple[Candidate, ...]:
        version = engine.version.number
        async with self._pool.connection() as connection:
            parts = await storage.analyses_of(connection, request, version)
            everything = await capability_storage.coarse(connection, version)
        near: dict[UUID, None] = {}
        for part in parts:
            found = await asyncio.to_thread(
                nearest,
                part,
                everything,
                typical_deviation=engine.version.typical[2],
                count=NEAREST,
            )
            near |= dict.fromkeys(found)
        async with self._pool.connection() as connection:
            known = await capability_storage.known(connection, list(near), version)
            organisations = await _counterparts(
                connection, request, [each.organisation_id for each in known]
            )
        return await asyncio.to_thread(
            ranked,
            engine,
            parts,
            known,
            organisations,
            position=_position(request),
            place_names=names_of(request.content.place),
            text=request.whole_text(),
            lines=request.content.needs,
        )


async def _listing(connection: Connection, listing_id: UUID) -> KeptListing | None:
    return (await listing_storage.listings(connection, [listing_id])).get(listing_id)


async def _counterparts(
    connection: Connection, request: KeptListing, organisation_ids: list[UUID]
) -> dict[UUID, OrganisationState]:
    allowed = await candidate_storage.may_be_asked(
        connection, organisation_ids, request_organisation_id=request.organisation_id
    )
    found = await copies.find_many(connection, OrganisationState, list(allowed))
    return {each.organisation_id: each for each in found}


def _position(request: KeptListing) -> Position | None:
    """Where distances are told from; from an anonymous request they would give it away."""
    place = request.content.place
    if place is None or request.is_anonymous:
        return None
    return Position(latitude=place.latitude, longitude=place.longitude)


def scouting_worker(runtime: Runtime) -> Worker:
    settings: MatchingSettings = runtime.settings
    scouting = Scouting(settings.active_engine, pool=runtime.pool, clock=runtime.clock)
    return Worker("scouting", scouting.turn, idle_seconds=IDLE_SECONDS)
