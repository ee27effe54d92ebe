"""The reports' pages for operators, and their CSV."""

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
        return pages.render(
            request,
            "reports.html",
            status=_status(asked),
            asked=asked,
            form=asked.form,
            figures=figures,
        )

    @router.get("/press")
    async def press(request: Request) -> Response:
        """The press figures of a period."""
        asked = await desk.ask(request, "press")
        return pages.render(
            request, "press.html", status=_status(asked), asked=asked, form=asked.form
        )

    @router.get("/funnel")
    async def funnel(request: Request) -> Response:
        """From listing to agreement in a period."""
        asked = await desk.ask(request, "funnel")
        return pages.render(
            request, "funnel.html", status=_status(asked), asked=asked, form=asked.form
        )

    @router.get("/press.csv")
    async def press_csv(request: Request) -> Response:
        return _csv("press", await desk.ask(request, "press"))

    @router.get("/funnel.csv")
    async def funnel_csv(request: Request) -> Response:
        return _csv("funnel", await desk.ask(request, "funnel"))

    return router


def _status(asked: Asked) -> int:
    return 422 if asked.period is None else 200


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
