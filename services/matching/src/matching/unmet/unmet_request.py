"""A request for which no strong proposal came within the set time."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class UnmetRequest:
    """A request that is unmet still; ``told_at`` is absent until its first ranking.

    From ``overflowed_at`` to ``answer_by`` partner clusters are asked.
    """

    request_id: UUID
    organisation_id: UUID
    published_at: datetime
    unmet_at: datetime
    told_at: datetime | None
    overflowed_at: datetime | None
    answer_by: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankingDue:
    """A request to be ranked, and the newest change of a capability that the ranking will know."""

    request_id: UUID
    up_to: datetime | None
