"""The JSON Schema of every event, at the address that its records carry as `ce_dataschema`."""

from fastapi import APIRouter
from starlette.responses import JSONResponse, Response

from chassis.web.problem import Problem
from schemas.events import EVENTS
from schemas.releases import released_form

router = APIRouter(prefix="/schemas", include_in_schema=False)

_CLASSES = {event_class.type(): event_class for event_class in EVENTS}


@router.get("/{event_type}.json")
async def schema(event_type: str) -> Response:
    """The schema of one event type, such as `listing.created.v1`."""
    event_class = _CLASSES.get(event_type)
    if event_class is None:
        raise Problem(404)
    return JSONResponse(
        released_form(event_class),
        headers={"Cache-Control": "public, max-age=3600"},
        media_type="application/schema+json",
    )
