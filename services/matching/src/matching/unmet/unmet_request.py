"""A request for which no strong proposal came within the set time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetRequest:
    """A request that is unmet still; ``told_at`` is absent until its first ranking."""

    request_id: UUID
    organisation_id: UUID
    published_at: datetime
    unmet_at: datetime
    told_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingDue:
    """A request to be ranked, and the newest change of a capability that the ranking will know."""

    request_id: UUID
    up_to: datetime | None
