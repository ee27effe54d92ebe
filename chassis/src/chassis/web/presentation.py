"""Template filters: dates, numbers and spans of time as a reader of that language writes them."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal, format_percent

from chassis.web.language import Language

LOCALES: dict[Language, str] = {"de": "de_DE", "en": "en_GB"}
Number = int | float | Decimal


def in_percent(share: Number, digits: int = 0) -> Decimal:
    """Half goes up, as spreadsheets round; a file and a page that both ask here say the same."""
    return (Decimal(str(share)) * 100).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


class Presentation:
    """Formats values for one language in one time zone."""

    def __init__(self, language: Language, zone: ZoneInfo) -> None:
        self._locale = LOCALES[language]
        self._zone = zone

    def day(self, value: date | datetime) -> str:
        local = value.astimezone(self._zone).date() if isinstance(value, datetime) else value
        return format_date(local, "long", locale=self._locale)

    def short_day(self, value: date | datetime) -> str:
        local = value.astimezone(self._zone).date() if isinstance(value, datetime) else value
        return format_date(local, "dd.MM.yyyy" if self._is_german else "dd/MM/yyyy")

    def moment(self, value: datetime) -> str:
        pattern = "d. MMMM yyyy, HH:mm 'Uhr'" if self._is_german else "d MMMM yyyy, HH:mm"
        return format_datetime(value, pattern, tzinfo=self._zone, locale=self._locale)

    def short_moment(self, value: datetime) -> str:
        """For tables: a day and a time that fit one line."""
        pattern = "dd.MM.yyyy, HH:mm" if self._is_german else "dd/MM/yyyy, HH:mm"
        return format_datetime(value, pattern, tzinfo=self._zone, locale=self._locale)

    def relative(self, value: datetime, now: datetime) -> str:
        return format_timedelta(value - now, add_direction=True, locale=self._locale)

    def number(self, value: Number) -> str:
        return format_decimal(value, locale=self._locale)

    def percent(self, share: Number, digits: int = 0) -> str:
        pattern = ("#,##0" + ("." + "0" * digits if digits else "")) + (
            "\u00a0%" if self._is_german else "%"
        )
        return format_percent(in_percent(share, digits) / 100, pattern, locale=self._locale)

    @property
    def _is_german(self) -> bool:
        return self._locale.startswith("de")

    def filters(self) -> dict[str, Callable[..., str]]:
        return {
            "day": self.day,
            "short_day": self.short_day,
            "moment": self.moment,
            "short_moment": self.short_moment,
            "relative": self.relative,
            "number": self.number,
            "percent": self.percent,
        }
