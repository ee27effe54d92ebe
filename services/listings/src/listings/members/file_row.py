"""What its line of a file last said of a member, as traces: only the file's own changes count.

What somebody left, an address above all, is kept neither in words nor so that a guess confirms it.
"""

from collections.abc import Mapping
from typing import Protocol

from listings.erased.traces import Tracer, column_saying
from schemas.vocabulary import Language, Role


class IncomingMember(Protocol):
    """What a row of the file says."""

    @property
    def external_id(self) -> str: ...
    @property
    def organisation_external_id(self) -> str: ...
    @property
    def name(self) -> str: ...
    @property
    def email(self) -> str: ...
    @property
    def language(self) -> Language: ...
    @property
    def role(self) -> Role: ...


def said(row: IncomingMember, tracer: Tracer) -> Mapping[str, tuple[str, ...]]:
    """A column's traces, the one to keep first; older keys recognise what was kept before.

    The external id makes those of two people differ.
    """
    columns = {
        "organisation": row.organisation_external_id,
        "name": row.name,
        "email": row.email.lower(),
        "language": row.language,
        "role": row.role,
    }
    return {column: _traces(row, column, text, tracer=tracer) for column, text in columns.items()}


def _traces(row: IncomingMember, column: str, text: str, *, tracer: Tracer) -> tuple[str, ...]:
    return tuple(map(bytes.hex, tracer.traces([column_saying(row.external_id, column, text)])))
