"""The organisations and members that a file of listings names, and the lines that name nobody."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from chassis.database import Connection
from chassis.web.refusal import Refusal
from chassis.web.translation import mark
from listings.csv_faults import Fault

UNKNOWN_ORGANISATION = Refusal(
    detail=mark("Diese Organisation gibt es nicht."),
    remedy=mark("Importieren Sie zuerst die Organisationen."),
)
UNKNOWN_MEMBER = Refusal(
    detail=mark("Dieses Mitglied gibt es nicht."),
    remedy=mark("Importieren Sie zuerst die Mitglieder oder lassen Sie das Feld leer."),
)
FOREIGN_LISTING = Refusal(
    detail=mark("Der Eintrag mit dieser external_id gehört einer anderen Organisation."),
    remedy=mark(
        "Nennen Sie wieder jene Organisation, oder beenden Sie den Eintrag und führen Sie ihn für "
        "diese unter einer neuen external_id ein."
    ),
)


class Naming(Protocol):
    """A row that names an organisation and perhaps a member."""

    @property
    def organisation_external_id(self) -> str: ...
    @property
    def member_external_id(self) -> str | None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class References:
    organisations: Mapping[str, UUID]
    members: Mapping[str, UUID]

    def faults_of(self, line: int, row: Naming, owner_id: UUID | None) -> Iterator[Fault]:
        """`owner_id` is the organisation of the listing, where it is there already."""
        named = self.organisations.get(row.organisation_external_id)
        if named is None:
            yield Fault(line=line, column="organisation_external_id", refusal=UNKNOWN_ORGANISATION)
        elif owner_id not in (None, named):
            yield Fault(line=line, column="organisation_external_id", refusal=FOREIGN_LISTING)
        if row.member_external_id and row.member_external_id not in self.members:
            yield Fault(line=line, column="member_external_id", refusal=UNKNOWN_MEMBER)


async def references_of(connection: Connection, rows: Sequence[Naming]) -> References:
    organisations = {row.organisation_external_id for row in rows}
    members = {row.member_external_id for row in rows if row.member_external_id}
    return References(
        # Held, so that none is erased meanwhile, and before any listing, to be trusted later.
        organisations=await _ids(
            connection, "organisation", organisations, "order by id for no key update"
        ),
        members=await _ids(connection, "member", members),
    )


async def _ids(
    connection: Connection, table: str, external_ids: set[str], locked: str = ""
) -> dict[str, UUID]:
    rows = await connection.fetch(
        f"select external_id, id from {table} where external_id = any($1::text[]) {locked}",
        list(external_ids),
    )
    return {row["external_id"]: row["id"] for row in rows}
