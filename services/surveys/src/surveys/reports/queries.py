"""The reports as their readers ask for them."""

from datetime import date
from zoneinfo import ZoneInfo

from chassis.database import Connection
from surveys.reports import storage
from surveys.reports.figure import Figure
from surveys.reports.funnel import funnel_figure
from surveys.reports.period import Period
from surveys.reports.press import PressCounts, press_figures


async def press(connection: Connection, period: Period, *, zone: ZoneInfo) -> tuple[Figure, ...]:
    within = period.bounds(zone)
    counts = PressCounts(
        listings_by_kind=await storage.listings_by_kind(connection, within),
        listings_by_category=await storage.listings_by_category(connection, within),
        organisations_by_size=await storage.organisations_by_size(connection, within),
        organisations_by_contacts=await storage.organisations_by_contacts(connection, within),
        contacts_by_result=await storage.contacts_by_result(connection, within),
        closings_by_answer=await storage.closings_by_answer(connection, within),
    )
    return press_figures(counts, categories=await storage.category_labels(connection))


async def funnel(connection: Connection, period: Period, *, zone: ZoneInfo) -> tuple[Figure, ...]:
    return (funnel_figure(await storage.funnel_counts(connection, period.bounds(zone))),)


async def first_day(connection: Connection, *, zone: ZoneInfo, today: date) -> date:
    """The day of the oldest fact; today where there is none yet."""
    return await storage.first_day(connection, time_zone=zone.key) or today
