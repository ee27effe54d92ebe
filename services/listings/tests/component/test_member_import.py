"""Importing members: people an operator vouches for, tied to organisations of the directory."""

from pathlib import Path

import pytest
from listings_scene import (
    ORGANISATIONS,
    SAMPLE,
    TRACER,
    AMember,
    Clock,
    Published,
    Run,
    some_organisations,
)

from chassis.database import Connection
from listings.csv_faults import FaultyFile
from listings.csv_file import CsvRow
from listings.imports import UNREACHABLE_ADDRESS, Imported, take_in
from listings.members import storage
from listings.members.importing import MEMBERS, MemberRow
from schemas.member import MemberState
from schemas.organisation import OrganisationState
from schemas.vocabulary import Role


@pytest.fixture
async def directory(connection: Connection, clock: Clock) -> None:
    rows = some_organisations("Eins", "Zwei")
    await take_in(connection, ORGANISATIONS, rows, now=clock(), dry_run=False, tracer=TRACER)


def a_row(
    name: str = "Eva Ott", *, organisation: str = "org-2", email: str = "", role: Role = Role.MEMBER
) -> MemberRow:
    slug = name.lower().replace(" ", ".")
    return MemberRow(
        external_id=slug,
        organisation_external_id=organisation,
        name=name,
        email=email or f"{slug}@example.org",
        role=role,
    )


async def imported(connection: Connection, clock: Clock, *rows: MemberRow) -> Imported:
    lines = tuple(CsvRow(line=line, value=row) for line, row in enumerate(rows, start=2))
    return await take_in(connection, MEMBERS, lines, now=clock(), dry_run=False, tracer=TRACER)


@pytest.mark.usefixtures("directory")
class TestImport:
    async def test_says_members_and_that_their_organisation_has_some(
        self, connection: Connection, clock: Clock, published: Published
    ) -> None:
        done = await imported(connection, clock, a_row("Eva Ott"), a_row("Tom Ude"))

        members = [
            MemberState.model_validate_json(each) for each in await published("member.state")
        ]
        last = OrganisationState.model_validate_json((await published("organisation.state"))[-1])
        assert done == Imported(added=2, changed=0, unchanged=0)
        assert {member.member_name for member in members} == {"Eva Ott", "Tom Ude"}
        assert all(member.organisation_ids == (last.organisation_id,) for member in members)
        assert last.has_members
        assert len(await published("organisation.state")) == 3

    async def test_repeated_says_nothing(
        self, connection: Connection, clock: Clock, published: Published
    ) -> None:
        await imported(connection, clock, a_row(role=Role.BROKER))

        again = await imported(connection, clock, a_row(role=Role.BROKER))

        assert again == Imported(added=0, changed=0, unchanged=1)
        assert len(await published("member.state")) == 1

    async def test_a_role_is_added_and_never_taken(
        self, connection: Connection, clock: Clock
    ) -> None:
        await imported(connection, clock, a_row(role=Role.MODERATOR))

        done = await imported(connection, clock, a_row(role=Role.BROKER))

        member = await storage.member_by_email(connection, "eva.ott@example.org")
        assert done.changed == 1
        assert member is not None
        assert set(member.roles) == {Role.MEMBER, Role.MODERATOR, Role.BROKER}

    async def test_a_new_address_voids_the_sessions(
        self, connection: Connection, clock: Clock
    ) -> None:
        await imported(connection, clock, a_row())
        clock.advance(days=1)

        await imported(connection, clock, a_row(email="eva@example.net"))

        member = await storage.member_by_email(connection, "eva@example.net")
        assert member is not None
        assert member.sessions_valid_from == clock()

    async def test_a_second_organisation_is_joined_under_a_new_revision(
        self, connection: Connection, clock: Clock, published: Published
    ) -> None:
        await imported(connection, clock, a_row())

        done = await imported(connection, clock, a_row(organisation="org-3"))

        before, after = map(MemberState.model_validate_json, await published("member.state"))
        assert done.changed == 1
        assert len(after.organisation_ids) == 2
        assert after.revision > before.revision

    async def test_an_unknown_organisation_refuses_the_whole_file(
        self, connection: Connection, clock: Clock, published: Published
    ) -> None:
        with pytest.raises(FaultyFile) as refused:
            await imported(connection, clock, a_row(), a_row("Tom Ude", organisation="org-9"))

        (fault,) = refused.value.faults
        assert (fault.line, fault.column) == (3, "organisation_external_id")
        assert await published("member.state") == []

    async def test_an_address_of_somebody_else_is_refused(
        self, connection: Connection, clock: Clock, a_member: AMember
    ) -> None:
        await a_member("Eva Ott", email="eva.ott@example.org")

        with pytest.raises(FaultyFile) as refused:
            await imported(connection, clock, a_row("Eva Ott"))

        assert refused.value.faults[0].column == "email"

    def test_an_address_written_in_two_ways_is_a_duplicate(self, tmp_path: Path) -> None:
        path = tmp_path / "people.csv"
        path.write_text(
            "external_id,organisation_external_id,name,email\n"
            "x1,org-2,Max Ahrens,max@a.example.org\n"
            "x2,org-2,Max Behn,Max <max@a.example.org>\n",
            encoding="utf-8",
        )

        with pytest.raises(FaultyFile) as refused:
            MEMBERS.read(path)

        (fault,) = refused.value.faults
        assert (fault.line, fault.column, fault.refusal.values) == (3, "email", {"first": 2})

    def test_an_address_that_no_mail_reaches_is_a_fault(self, tmp_path: Path) -> None:
        path = tmp_path / "people.csv"
        path.write_text(
            "external_id,organisation_external_id,name,email\n"
            "x1,org-2,Bärbel Ott,bärbel@example.org\n"
            "x2,org-2,Tom Ude,tom@müller.example.org\n",
            encoding="utf-8",
        )

        with pytest.raises(FaultyFile) as refused:
            MEMBERS.read(path)

        (fault,) = refused.value.faults
        assert (fault.line, fault.column) == (2, "email")
        assert fault.refusal == UNREACHABLE_ADDRESS

    async def test_the_faults_of_every_stage_are_told_at_once(
        self, tmp_path: Path, run: Run, connection: Connection
    ) -> None:
        path = tmp_path / "people.csv"
        path.write_text(
            "external_id,organisation_external_id,name,email\n"
            "x1,org-9,Max Ahrens,max@a.example.org\n"
            "x2,org-2,Max Behn,max\n",
            encoding="utf-8",
        )

        told = await run("import", "members", str(path))

        assert "line 2, organisation_external_id" in told.output
        assert "line 3, email" in told.output
        assert await connection.fetchval("select count(*) from member") == 0


async def test_the_sample_cluster_is_taken_in(connection: Connection, clock: Clock) -> None:
    firms = ORGANISATIONS.read(SAMPLE / "organisations.csv")
    await take_in(connection, ORGANISATIONS, firms, now=clock(), dry_run=False, tracer=TRACER)
    people = MEMBERS.read(SAMPLE / "members.csv")
    done = await take_in(connection, MEMBERS, people, now=clock(), dry_run=False, tracer=TRACER)

    assert done == Imported(added=148, changed=0, unchanged=0)
