"""The command line as an operator types it: imports with words for every fault, roles, erasure."""

from pathlib import Path

from listings_scene import SAMPLE, AMember, AnOrganisation, Published, Run

from chassis.database import Connection


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

    async def test_an_unknown_address_is_refused(self, run: Run) -> None:
        refused = await run("role", "grant", "nobody@example.org", "moderator")

        assert refused.exit_code == 1
        assert refused.stderr == "No member has this address.\n"
