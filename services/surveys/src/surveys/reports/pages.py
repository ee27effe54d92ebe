"""The reports' pages for operators, and their CSV."""

from typing import Any

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from chassis.web.pages import Pages
from surveys.reports.desk import Asked, ReportDesk
from surveys.reports.spreadsheet import as_csv


def report_routes(pages: Pages, desk: ReportDesk) -> APIRouter:
    router = APIRouter(prefix="/reports", include_in_schema=False)

    @router.get("")
    async def overview(request: Request) -> Response:
        """The most important figures and the way to all reports."""
        asked = await desk.ask(request, "press", "funnel")
        figures = {figure.slug: figure for figure in asked.figures}
        return _page(pages, request, "reports.html", asked, figures=figures)

    @router.get("/press")
    async def press(request: Request) -> Response:
        """The press figures of a period."""
        asked = await desk.ask(request, "press")
        return _page(pages, request, "press.html", asked)

    @router.get("/funnel")
    async def funnel(request: Request) -> Response:
        """From listing to agreement in a period."""
        asked = await desk.ask(request, "funnel")
        return _page(pages, request, "funnel.html", asked)

    @router.get("/press.csv")
    async def press_csv(request: Request) -> Response:
        return _csv("press", await desk.ask(request, "press"))

    @router.get("/funnel.csv")
    async def funnel_csv(request: Request) -> Response:
        return _csv("funnel", await desk.ask(request, "funnel"))

    return router


def _page(pages: Pages, request: Request, template: str, asked: Asked, **context: Any) -> Response:
    status = 422 if asked.period is None else 200
    return pages.render(request, template, status=status, asked=asked, form=asked.form, **context)


def _csv(report: str, asked: Asked) -> Response:
    period = asked.required_period()
    body = as_csv(
        asked.figures,
        period,
        counted_at=asked.counted_at,
        say=asked.say,
        language=asked.language,
    )
    name = f"{report}-{period.since}-{period.until}.csv"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
        "Content-Language": asked.language,
    }
    return Response(body, media_type="text/csv; charset=utf-8", headers=headers)
