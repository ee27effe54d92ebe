"""What every page of this service works with."""

from dataclasses import dataclass

from chassis.database import Pool
from chassis.sweeps import Clock
from chassis.web.pages import Pages
from matching.access import Doorkeeper


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    pages: Pages
    pool: Pool
    clock: Clock
    doorkeeper: Doorkeeper
