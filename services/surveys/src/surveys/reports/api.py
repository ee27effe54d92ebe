"""The reports as JSON, for operators who are signed in."""

from datetime import date, datetime

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import Response

from surveys.reports.desk import Asked, ReportDesk
from surveys.reports.worded import WordedFigure


class ReportAnswer(BaseModel):
    """A report of a period, both days included, as it was counted at a moment."""

    model_config = ConfigDict(frozen=True)

    since: date
    until: date
    counted_at: datetime
    figures: tuple[WordedFigure, ...]


def report_api(desk: ReportDesk) -> APIRouter:
    router = APIRouter(prefix="/api/reports", tags=["reports"])

    @router.get("/press")
    async def press(request: Request, response: Response) -> ReportAnswer:
        """The press figures; ``since`` and ``until`` choose the days."""
        return _answer(await desk.ask(request, "press"), response)

    @router.get("/funnel")
    async def funnel(request: Request, response: Response) -> ReportAnswer:
        """From listing to agreement; ``since`` and ``until`` choose the days."""
        return _answer(await desk.ask(request, "funnel"), response)

    return router


def _answer(asked: Asked, response: Response) -> ReportAnswer:
    period = asked.required_period()
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Language"] = asked.language
    return ReportAnswer(
        since=period.since,
        until=period.until,
        counted_at=asked.counted_at,
        figures=asked.figures,
    )
