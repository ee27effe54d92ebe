"""A route that says of a malformed listing also what else of it is impossible."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from chassis.web.problem import Problem
from chassis.web.refusal import Refusal, refusal_of
from listings.listing.form_values import as_written
from listings.listing.impossible import KIND_STAYS
from listings.listing.listing import Listing
from listings.listing.well_formed import refused_besides
from listings.surroundings import Surroundings


class ToldAtOnce(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def told(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError as error:
                if not isinstance(error.body, dict):
                    raise
                if any(each["loc"][0] != "body" for each in error.errors()):
                    raise
                before = await self.changed(request)
                raise _problem(request, error, error.body, before) from None

        return told

    async def changed(self, _request: Request) -> Listing | None:
        """The listing that would be changed; None where a new one is written."""
        return None


def changes_kind(before: Listing, kind: object) -> bool:
    """Of a live listing others know already what it is."""
    return before.is_live and kind != before.content.kind


def _problem(
    request: Request,
    error: RequestValidationError,
    given: dict[str, object],
    before: Listing | None,
) -> Problem:
    told = [(each["loc"], refusal_of(each, for_programs=True)) for each in error.errors()]
    malformed = {str(location[1]) for location, _ in told if len(location) > 1}
    found = _found_besides(Surroundings.of(request), given, malformed, before)
    return Problem(422, errors=[*told, *((("body", name), each) for name, each in found.items())])


def _found_besides(
    around: Surroundings,
    given: dict[str, object],
    malformed: set[str],
    before: Listing | None,
) -> dict[str, Refusal]:
    found: dict[str, Refusal] = {}
    if before is not None and "kind" not in malformed and changes_kind(before, given["kind"]):
        found["kind"] = KIND_STAYS
        given = {**given, "kind": before.content.kind}
    return found | refused_besides(
        given,
        malformed,
        categories=around.categories,
        now=around.clock(),
        before=before,
        stands=None if before is None else as_written(before),
    )
