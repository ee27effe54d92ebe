"""Organisations from a file: new ones are added, changed ones restated, the rest left alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, EmailStr, Field
from uuid_utils.compat import uuid7

from chassis.cause import Cause
from chassis.database import Connection
from chassis.web.refusal import ADDRESS, refuse
from chassis.web.text import PlainLine, PlainProse
from listings.csv_file import CsvRow
from listings.erased.traces import organisation_named
from listings.imports import Import, Imported, Postcode, YesOrNo
from listings.organisations import events, staging, storage
from listings.organisations.organisation import Profile
from listings.outbox import outbox
from listings.revision import revision_after
from schemas.vocabulary import OrganisationKind, SizeClass


def _web_address(text: str) -> str:
    if not text.startswith(("https://", "http://")):
        raise refuse(ADDRESS)
    return text


class OrganisationRow(BaseModel):
    """The columns of the file."""

    model_config = ConfigDict(frozen=True)

    external_id: PlainLine = Field(max_length=100)
    name: PlainLine = Field(min_length=2, max_length=200)
    kind: OrganisationKind
    size_class: SizeClass
    industry_code: str | None = Field(default=None, max_length=10, pattern=r"^[A-U]?[0-9.]*$")
    capabilities: PlainProse = Field(default="", max_length=4000)
    street: PlainLine = Field(default="", max_length=200)
    postcode: Postcode
    city: PlainLine = Field(default="", max_length=120)
    website: Annotated[PlainLine, AfterValidator(_web_address)] | None = Field(
        default=None, max_length=300
    )
    email_domain: str | None = Field(
        default=None, max_length=253, pattern=r"^[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+$"
    )
    allow_enquiries: YesOrNo = False
    enquiry_email: EmailStr | None = Field(default=None, max_length=254)

    def profile(self) -> Profile:
        domain = self.email_domain and self.email_domain.lower()
        given = self.model_dump(exclude={"external_id", "allow_enquiries", "email_domain"})
        return Profile(**given, email_domain=domain, allows_enquiries=self.allow_enquiries)


async def import_organisations(
    connection: Connection,
    rows: Sequence[CsvRow[OrganisationRow]],
    *,
    now: datetime,
    cause: Cause,
) -> Imported:
    """Take the rows in and say the state of every organisation that is new or changed."""
    incoming = [(uuid7(), row.value.external_id, row.value.profile()) for row in rows]
    await staging.stage_organisations(connection, incoming)
    written = await staging.merge_staged(connection, revision=revision_after(0, now))
    organisations = await storage.organisations(connection, tuple(written))
    states = [events.organisation_state(organisation) for organisation in organisations]
    await outbox.append_many(connection, states, cause=cause)
    added = sum(written.values())
    return Imported(added=added, changed=len(written) - added, unchanged=len(rows) - len(written))


ORGANISATIONS = Import(
    model=OrganisationRow,
    unique=("external_id",),
    take_in=import_organisations,
    names=lambda row: (organisation_named(row.external_id),),
)
