"""The columns of an analysis in tables beside `listing`: in and out as `stored_analysis` says."""

from collections.abc import Callable, Mapping
from dataclasses import fields
from operator import attrgetter
from typing import Any

from matching.analysis import Analysis
from matching.stored_analysis import StoredAnalysis, restored, stored
from schemas.vocabulary import ListingKind

NAMES = tuple(field.name for field in fields(StoredAnalysis) if field.name != "version")
COLUMNS = ", ".join(NAMES)


_columns: Callable[[StoredAnalysis], tuple[object, ...]] = attrgetter(*NAMES)


def columns_of(analysis: Analysis) -> tuple[object, ...]:
    """The columns in their order."""
    return _columns(stored(analysis))


def analysis_in(
    row: Mapping[str, Any], *, version: str, kind: ListingKind, category: str
) -> Analysis:
    columns = {name: row[name] for name in NAMES}
    return restored(StoredAnalysis(version=version, **columns), kind=kind, category=category)
