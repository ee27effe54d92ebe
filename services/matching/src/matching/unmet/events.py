"""What is said of unmet requests."""

from datetime import datetime

from matching.kept_listing import KeptListing
from matching.unmet.unmet_request import UnmetRequest
from schemas.request import RequestUnmet


def request_unmet(
    unmet: UnmetRequest,
    request: KeptListing,
    *,
    possible_proposals: int,
    candidates: int,
    at: datetime,
) -> RequestUnmet:
    return RequestUnmet(
        revision=max(request.revision + 1, int(at.timestamp() * 1000)),
        occurred_at=unmet.unmet_at,
        request_id=unmet.request_id,
        organisation_id=unmet.organisation_id,
        title=request.content.title,
        language=request.content.language,
        category=request.content.category,
        published_at=unmet.published_at,
        possible_proposals=possible_proposals,
        candidates=candidates,
    )
