"""Where a report is asked for: who asks, for which period, and the figures in the asker's words."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import TypeAlias
from zoneinfo import ZoneInfo

from starlette.requests import Request

from chassis.database import Connection, Pool
from chassis.sweeps import Clock
from chassis.web.forms import Form
from chassis.web.language import Language, language_of
from chassis.web.pages import Pages
from chassis.web.problem import Problem
from surveys.operators import Operators
from surveys.reports import queries
from surveys.reports.figure import Figure
from surveys.reports.period import DEFAULT_DAYS, Period, PeriodForm
from surveys.reports.worded import Say, WordedFigure, worded

Query: TypeAlias = Callable[..., Awaitable[tuple[Figure, ...]]]

QUERIES: dict[str, Query] = {"press": queries.press, "funnel": queries.funnel}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A report as asked for; ``period`` and ``figures`` are missing where the form is refused.

    ``counted_at`` is local: what became of a period's beginnings is known until then.
    """

    form: Form[PeriodForm]
    counted_at: datetime
    first_day: date
    period: Period | None
    figures: tuple[WordedFigure, ...]
    say: Say
    language: Language

    @property
    def quick_periods(self) -> tuple[Period, Period, Period]:
        """The last 31 days, this year, everything."""
        today = self.counted_at.date()
        return (
            Period.last_days(DEFAULT_DAYS, today=today),
            Period(since=date(today.year, 1, 1), until=today),
            Period(since=min(self.first_day, today), until=today),
        )

    def required_period(self) -> Period:
        """The period, or a refusal with the field."""
        if self.period is None:
            refused = self.form.refused_fields()
            errors = [(("query", each.name), each.refusal) for each in refused if each.refusal]
            raise Problem(422, errors=errors)
        return self.period


class ReportDesk:
    """Answers for pages, CSV and JSON alike; one transaction a request."""

    def __init__(self, pages: Pages, *, pool: Pool, operators: Operators, clock: Clock) -> None:
        self._pages = pages
        self._pool = pool
        self._operators = operators
        self._clock = clock
        self._zone = ZoneInfo(pages.site.time_zone)

    async def ask(self, request: Request, *reports: str) -> Asked:
        now = self._clock().astimezone(self._zone)
        today = now.date()
        async with self._pool.transaction() as connection:
            await self._operators.require(request, connection)
            first_day = await queries.first_day(connection, zone=self._zone, today=today)
            form = _period_form(request)
            chosen = form.value
            period = chosen.period(today=today, first_day=first_day) if chosen else None
            figures = await self._figures(request, connection, period, reports)
        return Asked(
            form=_shown(request, form, period),
            counted_at=now,
            first_day=first_day,
            period=period,
            figures=figures,
            say=partial(self._pages.text, request),
            language=language_of(request),
        )

    async def _figures(
        self,
        request: Request,
        connection: Connection,
        period: Period | None,
        reports: tuple[str, ...],
    ) -> tuple[WordedFigure, ...]:
        if period is None:
            return ()
        say, language = partial(self._pages.text, request), language_of(request)
        figures = [
            figure
            for report in reports
            for figure in await QUERIES[report](connection, period, zone=self._zone)
        ]
        return tuple(worded(figure, say=say, language=language) for figure in figures)


def _period_form(request: Request) -> Form[PeriodForm]:
    typed = {name: tuple(request.query_params.getlist(name)) for name in PeriodForm.model_fields}
    form = Form(model=PeriodForm, language=language_of(request), typed=typed, refusals={})
    return form.validated()


def _shown(request: Request, form: Form[PeriodForm], period: Period | None) -> Form[PeriodForm]:
    """The form as typed where it is refused, otherwise with the period that it means."""
    if period is None:
        return form
    return Form.empty(request, PeriodForm, since=period.since, until=period.until)
