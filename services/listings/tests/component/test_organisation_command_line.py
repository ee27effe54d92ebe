"""The command line as an operator types it: imports with words for every fault, roles, erasure."""

import asyncio
from pathlib import Path

import pytest
from listings_scene import NOW, SAMPLE, AMember, AnOrganisation, Published, Run
from lock_racing import LOCKED

from chassis.cause import Cause
from chassis.database import Connection, Pool
from embedded.ports import free_port
from embedded.testing import eventually
from listings.members import commands
from schemas.member import MemberState
from schemas.organisation import OrganisationState
from schemas.vocabulary import Role


class TestImport:
    async def test_a_dry_run_and_the_import_count_alike(
        self, run: Run, connection: Connection
    ) -> None:
        file = str(SAMPLE / "organisations.csv")

        tried = await run("import", "organisations", file, "--dry-run")
        empty = await connection.fetchval("select count(*) from organisation")
        done = await run("import", "organisations", file)

        assert empty == 0
        assert "300 new, 0 changed, 0 unchanged" in tried.stdout
        assert "300 new, 0 changed, 0 unchanged" in done.stdout
        assert await connection.fetchval("select command from operator_action") == (
            "import organisations"
        )

    async def test_faults_are_told_by_line_and_column_with_a_remedy(
        self, run: Run, connection: Connection, tmp_path: Path
    ) -> None:
        file = tmp_path / "bad.csv"
        file.write_text("external_id,name,kind,size_class,postcode\na,Klinik,firma,small,18055\n")

        refused = await run("import", "organisations", str(file))

        assert refused.exit_code == 1
        assert "line 2, kind: “kind” is not one of the choices. Allowed: company" in refused.stderr
        assert "Nothing was taken in." in refused.stderr
        assert await connection.fetchval("select count(*) from organisation") == 0

    async def test_an_absent_database_is_told_in_one_sentence(
        self, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        absent = f"postgresql://listings:s3cret@127.0.0.1:{free_port()}/listings"
        monkeypatch.setenv("LISTINGS_DATABASE_URL", absent)

        refused = await run("import", "organisations", str(SAMPLE / "organisations.csv"))

        assert refused.exit_code == 1
        assert "is the setting LISTINGS_DATABASE_URL right?" in refused.stderr
        assert isinstance(refused.exception, SystemExit)
        assert "s3cret" not in refused.output

    async def test_the_first_hundred_faults_are_shown(self, run: Run, tmp_path: Path) -> None:
        file = tmp_path / "bad.csv"
        rows = [f"id-{number},Klinik,firma,small,18055" for number in range(120)]
        file.write_text("\n".join(["external_id,name,kind,size_class,postcode", *rows]))

        refused = await run("import", "organisations", str(file))

        assert refused.stderr.count("line ") == 100
        assert "120 faults (the first 100 are shown)" in refused.stderr


class TestMembers:
    async def test_a_role_is_granted_and_revoked(self, run: Run, a_member: AMember) -> None:
        await a_member(email="britta@example.org")

        granted = await run("role", "grant", "Britta@example.org", "moderator")
        revoked = await run("role", "revoke", "britta@example.org", "moderator")

        assert granted.stdout == "Roles: member, moderator.\n"
        assert revoked.stdout == "Roles: member.\n"

    async def test_the_last_administrator_stays_one_until_another_is_there(
        self, run: Run, a_member: AMember, connection: Connection
    ) -> None:
        await a_member(email="britta@example.org", roles=frozenset({Role.ADMIN}))
        await a_member("Eva Ott", email="eva@example.org")

        alone = await run("role", "revoke", "britta@example.org", "admin")
        await run("role", "grant", "eva@example.org", "admin")
        followed = await run("role", "revoke", "britta@example.org", "admin")

        assert (alone.exit_code, followed.exit_code) == (1, 0)
        assert "grant the role to somebody else first" in alone.stderr
        admins = "select email from member where 'admin' = any(roles)"
        assert await connection.fetchval(admins) == "eva@example.org"
        commands = "select command from operator_action order by id"
        assert [row["command"] for row in await connection.fetch(commands)] == [
            "role grant admin",
            "role revoke admin",
        ]

    async def test_roles_granted_at_once_are_all_kept(
        self, run: Run, a_member: AMember, pool: Pool, connection: Connection
    ) -> None:
        member = await a_member(email="britta@example.org")

        async with pool.transaction() as own:
            roles = frozenset({Role.BROKER})
            await commands.set_roles(own, member.id, roles, now=NOW, cause=Cause.new())
            later = asyncio.create_task(run("role", "grant", member.email, "moderator"))
            await eventually(lambda: connection.fetchval(LOCKED))
        granted = await later

        assert granted.stdout == "Roles: member, moderator, broker.\n"

    async def test_erasing_asks_first(
        self, run: Run, a_member: AMember, connection: Connection, published: Published
    ) -> None:
        await a_member(email="britta@example.org")

        asked = await run("erase", "member", "britta@example.org")
        kept = await connection.fetchval("select count(*) from member")
        erased = await run("erase", "member", "britta@example.org", "--yes")

        assert (asked.exit_code, kept) == (1, 1)
        assert erased.exit_code == 0
        assert await connection.fetchval("select count(*) from member") == 0
        assert (await published("member.state"))[-1] == ""

    async def test_erasing_by_an_address_before_names_the_one_that_counts(
        self, run: Run, a_member: AMember, connection: Connection
    ) -> None:
        await a_member(email="britta@example.org")
        await run("member", "move", "britta@example.org", "britta@example.com")

        before = await run("erase", "member", "Britta@example.org", "--yes")
        kept = await connection.fetchval("select count(*) from member")
        unknown = await run("erase", "member", "nobody@example.org", "--yes")

        assert (before.exit_code, kept) == (1, 1)
        assert "Whoever had it before has another now: britta@example.com." in before.stderr
        assert unknown.stderr == "There is no such member.\n"

    async def test_an_organisation_is_erased_by_its_id_or_external_id(
        self, run: Run, connection: Connection, an_organisation: AnOrganisation
    ) -> None:
        by_id, by_external_id = await an_organisation("Eins"), await an_organisation("Zwei")
        await connection.execute(
            "update organisation set external_id = 'O-17' where id = $1", by_external_id.id
        )

        answers = [
            await run("erase", "organisation", key, "--yes")
            for key in (str(by_id.id), "O-17", "O-17")
        ]

        assert [answer.exit_code for answer in answers] == [0, 0, 1]
        assert answers[-1].stderr == "There is no such organisation.\n"
        assert await connection.fetchval("select count(*) from organisation") == 0

    async def test_a_token_is_printed_once(self, run: Run, a_member: AMember) -> None:
        await a_member(email="britta@example.org")

        made = await run("token", "create", "britta@example.org", "--label", "demo")

        assert made.stdout.startswith("kb_")

    async def test_who_lost_a_device_is_signed_out_everywhere(
        self, run: Run, a_member: AMember, connection: Connection, published: Published
    ) -> None:
        before = await a_member(email="britta@example.org")
        await run("token", "create", "britta@example.org", "--label", "demo")

        done = await run("member", "sign-out", "britta@example.org")

        state = MemberState.model_validate_json((await published("member.state"))[-1])
        assert done.exit_code == 0
        assert state.revision > before.revision
        assert state.sessions_valid_from != before.sessions_valid_from
        assert await connection.fetchval("select count(*) from api_token") == 0

    async def test_who_left_an_organisation_acts_for_it_no_more(
        self,
        run: Run,
        an_organisation: AnOrganisation,
        a_member: AMember,
        published: Published,
    ) -> None:
        left, other = await an_organisation("Eins"), await an_organisation("Zwei")
        member = await a_member(email="britta@example.org", of=left)
        words = ("member", "leave", "britta@example.org", str(left.id))

        refused = await run(*words[:3], str(other.id))
        done, again = await run(*words), await run(*words)

        state = MemberState.model_validate_json((await published("member.state"))[-1])
        said = OrganisationState.model_validate_json((await published("organisation.state"))[-1])
        assert [each.exit_code for each in (refused, done, again)] == [1, 0, 1]
        assert done.stdout.startswith("Done. Left to act for it: 0.\nWhat it posted pauses")
        assert (state.member_id, state.organisation_ids) == (member.id, ())
        assert (said.organisation_id, said.has_members) == (left.id, False)

    async def test_an_unknown_address_is_refused(self, run: Run) -> None:
        refused = await run("role", "grant", "nobody@example.org", "moderator")

        assert refused.exit_code == 1
        assert refused.stderr == "No member has this address.\n"
