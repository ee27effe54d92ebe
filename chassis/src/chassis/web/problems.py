"""Answers to what went wrong: RFC 9457 for JSON routes, a page for people; never a trace."""

from collections.abc import Sequence
from http import HTTPStatus
from urllib.parse import urlencode

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict
from pydantic_core import ErrorDetails
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from chassis.web.language import Language, language_of
from chassis.web.pages import Pages
from chassis.web.problem import Problem
from chassis.web.refusal import Refusal, refusal_of
from chassis.web.sent_again import Kept, kept_of, with_what_was_sent
from chassis.web.translation import Catalogue
from chassis.web.unreadable import NOT_SAID_TO_BE_JSON, refusal_of_body

PROBLEM_TYPE = "application/problem+json"
PLACES = ("body", "query", "path", "header", "cookie")


class FieldProblem(BaseModel):
    """One refused field: where it is, what is wrong with it, what to do."""

    model_config = ConfigDict(frozen=True)

    place: str
    field: str
    pointer: str | None = None
    detail: str
    remedy: str


class Problems:
    """Turns refusals into answers in the reader's language and form."""

    def __init__(self, pages: Pages) -> None:
        self._pages = pages
        self._api = f"{pages.prefix}/api/"

    def install(self, app: FastAPI) -> None:
        app.add_exception_handler(Problem, self._on_problem)
        app.add_exception_handler(RequestValidationError, self._on_invalid)
        app.add_exception_handler(HTTPException, self._on_status)

    def answer(self, request: Request, problem: Problem, kept: Kept | None = None) -> Response:
        if self._wants_json(request):
            return self._json(request, problem)
        return self._to_sign_in(request, problem) or self._page(request, problem, kept)

    async def answer_keeping(self, request: Request, problem: Problem) -> Response:
        """The answer to a form; where it would be lost, the page holds what was sent."""
        told = problem if self._wants_json(request) else with_what_was_sent(request, problem)
        return self.answer(request, told, await kept_of(request) if told.keeps else None)

    async def _on_problem(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, Problem)  # noqa: S101
        return await self.answer_keeping(request, error)

    async def _on_status(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)  # noqa: S101
        unreadable = refusal_of_body(error.__cause__)
        errors = [(("body",), unreadable)] if unreadable else []
        return self.answer(
            request, Problem(error.status_code, errors=errors, headers=error.headers)
        )

    async def _on_invalid(self, request: Request, error: Exception) -> Response:
        assert isinstance(error, RequestValidationError)  # noqa: S101
        found: Sequence[ErrorDetails] = error.errors()
        unreadable = refusal_of_body(error.__cause__)
        refused = [(("body",), unreadable)] if unreadable else list(map(_refused, found))
        return self.answer(request, Problem(422, errors=refused))

    def _wants_json(self, request: Request) -> bool:
        accept = request.headers.get("accept", "")
        return request.url.path.startswith(self._api) or (
            "json" in accept and "text/html" not in accept
        )

    def _json(self, request: Request, problem: Problem) -> Response:
        language = language_of(request)
        said = _Said(self._pages.catalogue, language, problem)
        body: dict[str, object] = {
            "type": "about:blank",
            "title": said.title,
            "status": problem.status,
            "detail": said.detail,
            "remedy": said.remedy,
            "instance": f"urn:uuid:{request.state.correlation_id}",
        }
        if said.errors:
            body["errors"] = [error.model_dump(exclude_none=True) for error in said.errors]
        headers = {**problem.headers, "Cache-Control": "no-store", "Content-Language": language}
        return JSONResponse(body, problem.status, headers, media_type=PROBLEM_TYPE)

    def _to_sign_in(self, request: Request, problem: Problem) -> Response | None:
        """A visitor who may read a page once signed in is sent to do so, and comes back."""
        sign_in = self._pages.site.sign_in
        if problem.status != HTTPStatus.UNAUTHORIZED or request.method != "GET" or not sign_in:
            return None
        query = f"?{request.url.query}" if request.url.query else ""
        wanted = urlencode({"next": f"{request.url.path}{query}"})
        headers = {"Cache-Control": "no-store"}
        return RedirectResponse(f"{sign_in.href}?{wanted}", HTTPStatus.SEE_OTHER, headers)

    def _page(self, request: Request, problem: Problem, kept: Kept | None) -> Response:
        said = _Said(self._pages.catalogue, language_of(request), problem)
        return self._pages.render(
            request,
            "chassis/problem.html",
            status=problem.status,
            headers=problem.headers,
            problem=said,
            kept=kept,
            reference=request.state.correlation_id,
        )


class _Said:
    """A problem in one language."""

    def __init__(self, catalogue: Catalogue, language: Language, problem: Problem) -> None:
        self.status = problem.status
        self.phrase = HTTPStatus(problem.status).phrase
        self.title = catalogue.sentence(language, problem.title, problem.values)
        self.detail = catalogue.sentence(language, problem.detail, problem.values)
        self.remedy = catalogue.sentence(language, problem.remedy, problem.values)
        self.errors = [
            _field_problem(catalogue, language, location, refusal)
            for location, refusal in problem.errors
        ]


def _refused(details: ErrorDetails) -> tuple[Sequence[str | int], Refusal]:
    # Nobody said that these bytes are JSON, so they were not read as such.
    if details["loc"] == ("body",) and isinstance(details["input"], bytes):
        return details["loc"], NOT_SAID_TO_BE_JSON
    return details["loc"], refusal_of(details, for_programs=True)


def _field_problem(
    catalogue: Catalogue, language: Language, location: Sequence[str | int], refusal: Refusal
) -> FieldProblem:
    place, path = ("body", location)
    if location and location[0] in PLACES:
        place, path = str(location[0]), location[1:]
    name = ".".join(str(step) for step in path)
    values = {"label": name or place, **refusal.values}
    return FieldProblem(
        place=place,
        field=name,
        pointer="#" + "".join(f"/{_escaped(step)}" for step in path) if place == "body" else None,
        detail=catalogue.sentence(language, refusal.detail, values),
        remedy=catalogue.sentence(language, refusal.in_data().remedy, values),
    )


def _escaped(step: str | int) -> str:
    return str(step).replace("~", "~0").replace("/", "~1")
