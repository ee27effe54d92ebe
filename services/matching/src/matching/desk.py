"""What every page of this service works with."""

from dataclasses import dataclass

from starlette.requests import Request

from chassis.database import Pool
from chassis.sweeps import Clock
from chassis.web.pages import Pages
from chassis.web.problem import Problem
from matching.access import Doorkeeper
from schemas.claims import LinkClaims


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    pages: Pages
    pool: Pool
    clock: Clock
    doorkeeper: Doorkeeper

    async def refuse_late(self, request: Request, claims: LinkClaims, problem: Problem) -> None:
        """A link that expired says so in the language of its mail."""
        if claims.expires_at <= self.clock():
            async with self.pool.transaction() as connection:
                await self.doorkeeper.speak_to(request, connection, claims.member_id)
            raise problem
