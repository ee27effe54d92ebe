"""What its line of a file last said of a member, as digests: only the file's own changes count.

What somebody left, an address above all, is nowhere kept in words.
"""

from collections.abc import Mapping
from hashlib import sha256
from typing import Protocol

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


def said(row: IncomingMember) -> Mapping[str, str]:
    """A digest a column; the external id makes those of two people differ."""
    columns = {
        "organisation": row.organisation_external_id,
        "name": row.name,
        "email": row.email.lower(),
        "language": row.language,
        "role": row.role,
    }
    return {
        column: sha256(f"{row.external_id}\0{column}\0{text}".encode()).hexdigest()
        for column, text in columns.items()
    }
