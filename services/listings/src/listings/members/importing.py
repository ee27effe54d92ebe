"""Members from a file: people an operator vouches for; only what changed in the file counts.

A file adds roles, it never takes one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from asyncpg import UniqueViolationError
from pydantic import BaseModel, ConfigDict, Field

from chassis.cause import Cause
from chassis.database import Connection
from chassis.web.text import PlainLine
from listings.csv_faults import Fault, FaultyFile, fault
from listings.csv_file import CsvRow
from listings.erased.traces import (
    Name,
    Tracer,
    address_named,
    member_named,
    organisation_named,
)
from listings.imports import ChangedMeanwhile, Import, Imported, ReachableAddress
from listings.members import events, moving, registration_storage, staging, storage
from listings.members.import_faults import EMAIL_TAKEN, UNKNOWN_ORGANISATION
from listings.organisations.commands import restate_organisation
from listings.outbox import outbox
from listings.revision import revision_after
from schemas.vocabulary import Language, Role


class MemberRow(BaseModel):
    """The columns of the file."""

    model_config = ConfigDict(frozen=True)

    external_id: PlainLine = Field(max_length=100)
    organisation_external_id: PlainLine = Field(max_length=100)
    name: PlainLine = Field(min_length=2, max_length=200)
    email: ReachableAddress = Field(max_length=254)
    language: Language = Language.GERMAN
    role: Role = Role.MEMBER


@dataclass(frozen=True, slots=True, kw_only=True)
class MembersImport:
    """``tracer`` hashes what the file says, and the addresses that members leave by it."""

    tracer: Tracer

    async def take_in(
        self,
        connection: Connection,
        rows: Sequence[CsvRow[MemberRow]],
        *,
        now: datetime,
        cause: Cause,
    ) -> Imported:
        """Take the rows in and say the state of every member and organisation that changed."""
        staged = [(row.line, row.value) for row in rows]
        await staging.stage_members(connection, staged, tracer=self.tracer)
        await staging.lock_known(connection)
        await staging.keep_what_is_no_news(connection)
        await _refuse_faulty(connection)
        newly_with_members = await staging.organisations_without_members(connection)
        former = await storage.members(connection, await staging.moving_members(connection))
        written = await _merged(connection, now=now)
        await registration_storage.follow_members(
            connection, tuple(written), left=[each.email for each in former]
        )
        await moving.note_moved(connection, former, tracer=self.tracer, now=now, cause=cause)
        members = await storage.members(connection, tuple(written))
        states = [events.member_state(member) for member in members]
        await outbox.append_many(connection, states, cause=cause)
        for organisation_id in newly_with_members:
            await restate_organisation(connection, organisation_id, now=now, cause=cause)
        new, all_ = sum(written.values()), len(written)
        return Imported(added=new, changed=all_ - new, unchanged=len(rows) - all_)


async def _merged(connection: Connection, *, now: datetime) -> Mapping[UUID, bool]:
    """Of an address that somebody registers at this moment, the next try names the line."""
    try:
        return await staging.merge_members(connection, now=now, revision=revision_after(0, now))
    except UniqueViolationError:
        raise ChangedMeanwhile from None


async def _refuse_faulty(connection: Connection) -> None:
    faults: list[Fault] = [
        fault(line, "organisation_external_id", UNKNOWN_ORGANISATION)
        for line in await staging.lines_of_unknown_organisations(connection)
    ]
    faults += [
        fault(line, "email", EMAIL_TAKEN)
        for line in await staging.lines_of_taken_emails(connection)
    ]
    if faults:
        raise FaultyFile(faults)


def _names(row: MemberRow) -> tuple[Name, ...]:
    return (
        organisation_named(row.organisation_external_id),
        member_named(row.external_id),
        address_named(row.email),
    )


def members_import(tracer: Tracer) -> Import[MemberRow]:
    return Import(
        model=MemberRow,
        unique=("external_id", "email"),
        take_in=MembersImport(tracer=tracer).take_in,
        names=_names,
    )
