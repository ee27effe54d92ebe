"""Importing members: people an operator vouches for, tied to organisations of the directory."""

import asyncio
import json
from pathlib import Path
from uuid import UUID

import pytest
from listings_scene import (
    MEMBERS,
    ORGANISATIONS,
    SAMPLE,
    TRACER,
    AMember,
    AnOrganisation,
    Browser,
    Clock,
    Published,
    Run,
    some_organisations,
)
from lock_racing import LOCKED

from chassis.cause import Cause
from chassis.database import Connection, Pool
from embedded.testing import eventually
from listings.csv_faults import FaultyFile
from listings.csv_file import CsvRow
from listings.erased.traces import Tracer, address_named
from listings.imports import UNREACHABLE_ADDRESS, Imported, take_in
from listings.members import commands, granting, storage
from listings.members.forms import RegistrationForm
from listings.members.import_faults import EMAIL_TAKEN
from listings.members.importing import MemberRow, members_import
from listings.members.joining import ask_to_join, register
from listings.members.member import Member
from listings.members.sign_in import redeem, request_sign_in
from listings.members.tokens import create_token
from schemas.member import AddressChanged, MemberState
from schemas.organisation import OrganisationState
from schemas.vocabulary import Language, OrganisationKind, Role, SizeClass


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


async def imported(
    connection: Connection, clock: Clock, *rows: MemberRow, tracer: Tracer = TRACER
) -> Imported:
    lines = tuple(CsvRow(line=line, value=row) for line, row in enumerate(rows, start=2))
    kind = members_import(tracer)
    return await take_in(connection, kind, lines, now=clock(), dry_run=False, tracer=tracer)


async def member_at(connection: Connection, email: str) -> Member:
    member = await storage.member_by_email(connection, email)
    assert member is not None
    return member


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
        self, connection: Connection, browser: Browser, clock: Clock
    ) -> None:
        await imported(connection, clock, a_row())
        clock.advance(days=1, milliseconds=700)
        browser.sign_in(await member_at(connection, "eva.ott@example.org"))
        before = await browser.open("/my/data")

        await imported(connection, clock, a_row(email="eva@example.net"))

        after = await browser.open("/my/data")
        assert (before.status_code, after.status_code) == (200, 303)

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


async def eva_who_moved(connection: Connection, clock: Clock) -> Member:
    """Taken in from a file, then at another address by her own wish."""
    await imported(connection, clock, a_row())
    eva = await member_at(connection, "eva.ott@example.org")
    return await commands.change_address(
        connection, eva.id, "eva@example.net", now=clock(), cause=Cause.new()
    )


@pytest.mark.usefixtures("directory")
class TestWhatTheFileSaidBefore:
    """A file that is taken in again does not undo what was changed here meanwhile."""

    async def test_leaves_members_as_they_corrected_themselves(
        self, connection: Connection, clock: Clock, published: Published
    ) -> None:
        await imported(connection, clock, a_row())
        eva = await member_at(connection, "eva.ott@example.org")
        await commands.correct_member(
            connection,
            eva.id,
            name="Eva Ott-Lund",
            language=Language.ENGLISH,
            now=clock(),
            cause=Cause.new(),
        )
        await commands.change_address(
            connection, eva.id, "eva@example.net", now=clock(), cause=Cause.new()
        )

        again = await imported(connection, clock, a_row())

        kept = await member_at(connection, "eva@example.net")
        assert again == Imported(added=0, changed=0, unchanged=1)
        assert (kept.name, kept.language) == ("Eva Ott-Lund", Language.ENGLISH)
        assert len(await published("member.state")) == 3

    async def test_changes_what_else_is_new_in_the_line(
        self, connection: Connection, clock: Clock
    ) -> None:
        await eva_who_moved(connection, clock)
        married = a_row().model_copy(update={"name": "Eva Lund"})

        done = await imported(connection, clock, married)
        again = await imported(connection, clock, married)

        assert (done.changed, again.changed) == (1, 0)
        assert (await member_at(connection, "eva@example.net")).name == "Eva Lund"

    async def test_is_news_again_once_the_file_says_something_else(
        self, connection: Connection, clock: Clock
    ) -> None:
        eva = await eva_who_moved(connection, clock)
        caught_up = await imported(connection, clock, a_row(email="eva@example.net"))

        back = await imported(connection, clock, a_row())

        assert (caught_up.changed, back.changed) == (0, 1)
        assert (await member_at(connection, "eva.ott@example.org")).id == eva.id

    async def test_that_nobody_kept_yet_is_news_once(
        self, connection: Connection, clock: Clock
    ) -> None:
        """As of members whom the release before took in."""
        await imported(connection, clock, a_row())
        await connection.execute("update member set file_row = null, name = 'Eva Lund'")

        once = await imported(connection, clock, a_row())
        await connection.execute("update member set name = 'Eva Lund'")
        again = await imported(connection, clock, a_row())

        assert (once.changed, again.changed) == (1, 0)

    async def test_refuses_no_file_for_an_address_that_somebody_else_got_since(
        self, connection: Connection, clock: Clock, a_member: AMember
    ) -> None:
        eva = await eva_who_moved(connection, clock)
        await a_member("Tom Ude", email="eva.ott@example.org")

        again = await imported(connection, clock, a_row())

        assert again.unchanged == 1
        assert (await member_at(connection, "eva@example.net")).id == eva.id

    async def test_gives_no_role_back_that_was_taken(
        self, connection: Connection, clock: Clock
    ) -> None:
        await imported(connection, clock, a_row(role=Role.MODERATOR))
        eva = await member_at(connection, "eva.ott@example.org")
        await granting.revoke_role(
            connection, eva.id, Role.MODERATOR, by="root", now=clock(), cause=Cause.new()
        )

        again = await imported(connection, clock, a_row(role=Role.MODERATOR))

        assert again.unchanged == 1
        assert (await member_at(connection, "eva.ott@example.org")).roles == (Role.MEMBER,)

    async def test_brings_nobody_back_to_an_organisation_that_they_left(
        self, connection: Connection, clock: Clock
    ) -> None:
        await imported(connection, clock, a_row())
        eva = await member_at(connection, "eva.ott@example.org")
        await commands.leave_organisation(
            connection, eva.id, eva.organisation_ids[0], now=clock(), cause=Cause.new()
        )

        again = await imported(connection, clock, a_row())
        await imported(connection, clock, a_row(organisation="org-3"))

        assert again.unchanged == 1
        (other,) = (await member_at(connection, "eva.ott@example.org")).organisation_ids
        assert other != eva.organisation_ids[0]

    async def test_is_kept_without_its_words(self, connection: Connection, clock: Clock) -> None:
        await imported(connection, clock, a_row(), a_row("Tom Ude"))

        rows = await connection.fetch("select file_row from member")

        said = [json.loads(row["file_row"]) for row in rows]
        assert not any("example.org" in text for each in said for text in each.values())
        assert len({text for each in said for text in each.values()}) == 10

    async def test_is_kept_so_that_only_who_has_the_key_can_confirm_a_guess(
        self, connection: Connection, clock: Clock
    ) -> None:
        """The row beside it names the external id, and an address is soon guessed."""
        kept = []
        for key in (b"1" * 32, b"2" * 32):
            await connection.execute("delete from member")
            await imported(connection, clock, a_row(), tracer=Tracer([key]))
            kept.append(json.loads(await connection.fetchval("select file_row from member")))

        assert set(kept[0].values()).isdisjoint(kept[1].values())

    async def test_is_known_again_under_a_new_key(
        self, connection: Connection, clock: Clock
    ) -> None:
        old, new = b"1" * 32, b"2" * 32
        await imported(connection, clock, a_row(role=Role.MODERATOR), tracer=Tracer([old]))
        await connection.execute("update member set name = 'Eva Lund', roles = '{member}'")

        both = await imported(
            connection, clock, a_row(role=Role.MODERATOR), tracer=Tracer([new, old])
        )
        later = await imported(connection, clock, a_row(role=Role.MODERATOR), tracer=Tracer([new]))

        assert (both.unchanged, later.unchanged) == (1, 1)
        assert (await member_at(connection, "eva.ott@example.org")).name == "Eva Lund"


@pytest.mark.usefixtures("directory")
class TestAnotherAddress:
    async def test_is_told_at_the_former_one_and_not_where_the_member_went(
        self, connection: Connection, clock: Clock, published: Published
    ) -> None:
        await imported(connection, clock, a_row(), a_row("Tom Ude"))

        await imported(connection, clock, a_row(email="eva@example.net"), a_row("Tom Ude"))

        (told,) = map(AddressChanged.model_validate_json, await published("address.changed"))
        eva = await member_at(connection, "eva@example.net")
        assert (told.member_id, told.former_email) == (eva.id, "eva.ott@example.org")
        assert "eva@example.net" not in told.model_dump_json()
        traces = "select member_id, trace from former_address"
        (left,) = await connection.fetch(traces)
        assert tuple(left) == (eva.id, TRACER.trace(address_named("eva.ott@example.org")))

    async def test_ends_what_the_former_one_could_still_open(
        self, connection: Connection, clock: Clock
    ) -> None:
        await imported(connection, clock, a_row(), a_row("Tom Ude"))
        for email in ("eva.ott@example.org", "tom.ude@example.org"):
            member = await member_at(connection, email)
            await create_token(connection, member.id, label="test", now=clock())
            await request_sign_in(connection, email, next_path=None, now=clock(), cause=Cause.new())

        await imported(connection, clock, a_row(email="eva@example.net"), a_row("Tom Ude"))

        tom = await member_at(connection, "tom.ude@example.org")
        for table in ("signin_nonce", "api_token"):
            (row,) = await connection.fetch(f"select member_id from {table}")
            assert row["member_id"] == tom.id

    async def test_is_read_by_whoever_decides_on_a_wish_to_join(
        self, connection: Connection, clock: Clock, an_organisation: AnOrganisation
    ) -> None:
        await imported(connection, clock, a_row())
        eva = await member_at(connection, "eva.ott@example.org")
        wanted = await an_organisation()
        await ask_to_join(connection, eva.id, wanted.id, now=clock(), cause=Cause.new())

        await imported(connection, clock, a_row(email="eva@example.net"))

        assert await connection.fetchval("select email from joining") == "eva@example.net"

    async def test_of_a_trial_tells_nobody(
        self, connection: Connection, clock: Clock, published: Published
    ) -> None:
        await imported(connection, clock, a_row())
        row = CsvRow(line=2, value=a_row(email="eva@example.net"))

        await take_in(connection, MEMBERS, [row], now=clock(), dry_run=True, tracer=TRACER)

        assert await published("address.changed") == []


async def eva_registers(connection: Connection, clock: Clock) -> tuple[UUID, UUID]:
    """The nonce of the link in her mail, and whom it names."""
    form = RegistrationForm(
        name="Eva Ott",
        email="eva.ott@example.org",
        organisation_name="Ott Feinmechanik",
        organisation_kind=OrganisationKind.COMPANY,
        organisation_size_class=SizeClass.MICRO,
        organisation_postcode="18055",
    )
    await register(
        connection, form, Language.GERMAN, next_path=None, now=clock(), cause=Cause.new()
    )
    nonce = await connection.fetchrow("select nonce, member_id from signin_nonce")
    assert nonce is not None
    return nonce["nonce"], nonce["member_id"]


@pytest.mark.usefixtures("directory")
class TestAnAddressThatSomebodyRegistersAtTheSameMoment:
    """Whoever comes second waits for the first, and both end in plain words."""

    @pytest.mark.parametrize("moves", [False, True])
    async def test_is_a_fault_of_its_line_where_the_file_comes_second(
        self, connection: Connection, pool: Pool, clock: Clock, *, moves: bool
    ) -> None:
        nonce, registered = await eva_registers(connection, clock)
        if moves:
            await imported(connection, clock, a_row(email="eva@example.net"))

        async with pool.connection() as watching, pool.transaction() as hers:
            await redeem(hers, nonce, member_id=registered, now=clock(), cause=Cause.new())
            taken_in = asyncio.ensure_future(
                imported(connection, clock, a_row("Tom Ude"), a_row("Eva Ott"))
            )
            await eventually(lambda: watching.fetchval(LOCKED))
        with pytest.raises(FaultyFile) as refused:
            await taken_in

        (fault,) = refused.value.faults
        assert (fault.line, fault.column, fault.refusal.remedy) == (3, "email", EMAIL_TAKEN.remedy)
        assert await storage.member_by_email(connection, "tom.ude@example.org") is None
        assert (await member_at(connection, "eva.ott@example.org")).id == registered

    async def test_signs_in_as_the_member_of_the_file_where_the_file_comes_first(
        self, connection: Connection, pool: Pool, clock: Clock
    ) -> None:
        nonce, registered = await eva_registers(connection, clock)

        async def redeemed() -> UUID:
            async with pool.transaction() as hers:
                signed_in = await redeem(
                    hers, nonce, member_id=registered, now=clock(), cause=Cause.new()
                )
            return signed_in.member.id

        async with pool.transaction() as own:
            await imported(own, clock, a_row("Eva Ott"))
            signing_in = asyncio.ensure_future(redeemed())
            await eventually(lambda: connection.fetchval(LOCKED))
        signed_in = await signing_in

        eva = await member_at(connection, "eva.ott@example.org")
        assert (signed_in, eva.external_id) == (eva.id, "eva.ott")
        assert await connection.fetchval("select member_id from joining") == eva.id


async def test_the_sample_cluster_is_taken_in(connection: Connection, clock: Clock) -> None:
    firms = ORGANISATIONS.read(SAMPLE / "organisations.csv")
    await take_in(connection, ORGANISATIONS, firms, now=clock(), dry_run=False, tracer=TRACER)
    people = MEMBERS.read(SAMPLE / "members.csv")
    done = await take_in(connection, MEMBERS, people, now=clock(), dry_run=False, tracer=TRACER)

    assert done == Imported(added=148, changed=0, unchanged=0)
