"""A route that says of a malformed listing also what else of it is impossible."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from chassis.web.problem import Problem
from chassis.web.refusal import refusal_of
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
                raise _problem(request, error, error.body) from None

        return told


def _problem(request: Request, error: RequestValidationError, given: dict[str, object]) -> Problem:
    around = Surroundings.of(request)
    told = [(each["loc"], refusal_of(each, for_programs=True)) for each in error.errors()]
    malformed = {str(location[1]) for location, _ in told if len(location) > 1}
    found = refused_besides(given, malformed, categories=around.categories, now=around.clock())
    return Problem(422, errors=[*told, *((("body", name), each) for name, each in found.items())])
