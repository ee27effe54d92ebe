"""Organisations from a file: new ones are added, changed ones restated, the rest left alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    EmailStr,
    Field,
    TypeAdapter,
    ValidationError,
)
from uuid_utils.compat import uuid7

from chassis.cause import Cause
from chassis.database import Connection
from chassis.web.refusal import ADDRESS, refuse
from chassis.web.text import PlainLine, PlainProse
from listings.csv_faults import FORM
from listings.csv_file import CsvRow
from listings.erased.traces import organisation_named
from listings.imports import Import, Imported, Postcode, ReachableAddress, YesOrNo
from listings.listing.occasion import Occasion
from listings.listing.restating import public_listings_of, restate_changed
from listings.organisations import events, staging, storage
from listings.organisations.organisation import Profile
from listings.outbox import outbox
from listings.revision import revision_after
from schemas.vocabulary import OrganisationKind, SizeClass

_ADDRESS: TypeAdapter[str] = TypeAdapter(EmailStr)


def _web_address(text: str) -> str:
    if not text.startswith(("https://", "http://")):
        raise refuse(ADDRESS)
    return text


def _as_in_addresses(domain: str) -> str:
    """With umlauts, if it has any: so read the addresses that are compared with it."""
    try:
        address = _ADDRESS.validate_python(f"name@{domain}")
    except ValidationError:
        raise refuse(FORM, examples="beispiel.de") from None
    return address.rpartition("@")[2].lower()


class OrganisationRow(BaseModel):
    """The columns of the file."""

    model_config = ConfigDict(frozen=True)

    external_id: PlainLine = Field(max_length=100)
    name: PlainLine = Field(min_length=2, max_length=200)
    kind: OrganisationKind
    size_class: SizeClass
    industry_code: str | None = Field(
        default=None, max_length=10, pattern=r"^[A-U]?[0-9.]*$", examples=["28.13"]
    )
    capabilities: PlainProse = Field(default="", max_length=4000)
    street: PlainLine = Field(default="", max_length=200)
    postcode: Postcode
    city: PlainLine = Field(default="", max_length=120)
    website: Annotated[PlainLine, AfterValidator(_web_address)] | None = Field(
        default=None, max_length=300
    )
    email_domain: Annotated[str, AfterValidator(_as_in_addresses)] | None = Field(
        default=None, max_length=253
    )
    allow_enquiries: YesOrNo = False
    enquiry_email: ReachableAddress | None = Field(default=None, max_length=254)

    def profile(self) -> Profile:
        given = self.model_dump(exclude={"external_id", "allow_enquiries"})
        return Profile(**given, allows_enquiries=self.allow_enquiries)


@dataclass(frozen=True, slots=True, kw_only=True)
class OrganisationsImport:
    """`public_url` is where the listings stand that show something else of their organisations."""

    public_url: str

    async def take_in(
        self,
        connection: Connection,
        rows: Sequence[CsvRow[OrganisationRow]],
        *,
        now: datetime,
        cause: Cause,
    ) -> Imported:
        """Take the rows in and say the state of everything that is new or changed."""
        incoming = [(uuid7(), row.value.external_id, row.value.profile()) for row in rows]
        await staging.stage_organisations(connection, incoming)
        changing = await staging.lock_changing(connection)
        listings = await public_listings_of(connection, changing, public_url=self.public_url)
        written = await staging.merge_staged(connection, revision=revision_after(0, now))
        organisations = await storage.organisations(connection, tuple(written))
        states = [events.organisation_state(organisation) for organisation in organisations]
        await outbox.append_many(connection, states, cause=cause)
        occasion = Occasion(now=now, cause=cause, public_url=self.public_url)
        await restate_changed(connection, listings, occasion)
        new, all_ = sum(written.values()), len(written)
        return Imported(added=new, changed=all_ - new, unchanged=len(rows) - all_)


def organisations_import(*, public_url: str) -> Import[OrganisationRow]:
    return Import(
        model=OrganisationRow,
        unique=("external_id",),
        take_in=OrganisationsImport(public_url=public_url).take_in,
        names=lambda row: (organisation_named(row.external_id),),
    )
