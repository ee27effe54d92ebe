"""When and why somebody does something, and at which address people see it."""

from dataclasses import dataclass
from datetime import datetime

from chassis.cause import Cause


@dataclass(frozen=True, slots=True, kw_only=True)
class Occasion:
    now: datetime
    cause: Cause
    public_url: str
