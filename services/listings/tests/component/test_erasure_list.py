"""Whoever was erased stays so: neither the same file nor a restored backup brings them back."""

from pathlib import Path

import pytest
from listings_scene import NOW, Run

from chassis.database import Connection
from chassis.restoring import Restoration
from chassis.topic_states import LastWord
from listings.erased import storage
from listings.erased.traces import Tracer
from listings.restoring import lift_revisions_and_erase_again
from schemas.member import MemberState
from schemas.organisation import OrganisationState

FIRMS = (
    "external_id,name,kind,size_class,postcode\n"
    "O-1,Warnowblau Pumpen GmbH,company,small,18055\n"
    "O-2,Labor Ost GmbH,company,micro,18055\n"
)
PEOPLE = (
    "external_id,organisation_external_id,name,email\n"
    "P-1,O-1,Britta Sommer,britta@warnowblau.example\n"
    "P-2,O-2,Paul Partner,paul@labor-ost.example\n"
)
LISTINGS = (
    "external_id,organisation_external_id,member_external_id,kind,cooperation,title,description,"
    "category\n"
    "L-1,O-1,,offer,product,Dosierpumpen,Schlauchpumpen ab Lager lieferbar.,laboratory\n"
    "L-2,O-2,P-2,offer,product,Zentrifugen,Zentrifugen mit Kühlung ab Lager.,laboratory\n"
)


class Files:
    """The operator's three files, taken in as often as one likes."""

    def __init__(self, run: Run, directory: Path) -> None:
        self._run = run
        self._directory = directory

    async def taken_in(self) -> dict[str, str]:
        """What the command said to each, on both channels."""
        said = {}
        for kind, text in (("organisations", FIRMS), ("members", PEOPLE), ("listings", LISTINGS)):
            path = self._directory / f"{kind}.csv"
            path.write_text(text, encoding="utf-8")
            result = await self._run("import", kind, str(path))
            assert result.exit_code == 0, result.output
            said[kind] = result.output
        return said


@pytest.fixture
async def files(run: Run, tmp_path: Path) -> Files:
    files = Files(run, tmp_path)
    await files.taken_in()
    return files


async def names(connection: Connection, table: str) -> list[str]:
    rows = await connection.fetch(f"select name from {table} order by name")
    return [row["name"] for row in rows]


async def tombstones(connection: Connection) -> int:
    """Of organisations; what was said and then blanked still has its subjects."""
    number: int = await connection.fetchval(
        "select count(*) from outbox where topic = 'organisation.state' and payload is null"
        " and subjects = '{}'"
    )
    return number


class TestImport:
    async def test_of_the_same_files_leaves_an_erased_organisation_out(
        self, files: Files, run: Run, connection: Connection
    ) -> None:
        await run("erase", "organisation", "O-1", "--yes")

        said = await files.taken_in()

        for kind in ("organisations", "members", "listings"):
            assert "line 2: skipped, it names an organisation or a member" in said[kind]
            assert "0 new, 0 changed, 1 unchanged, 1 skipped." in said[kind]
        assert await names(connection, "organisation") == ["Labor Ost GmbH"]
        assert await connection.fetchval("select count(*) from listing where status <> 'closed'")

    async def test_of_the_same_files_leaves_an_erased_member_out(
        self, files: Files, run: Run, connection: Connection
    ) -> None:
        await run("erase", "member", "Paul@Labor-Ost.example", "--yes")

        said = await files.taken_in()

        assert "skipped" not in said["organisations"]
        assert "line 3: skipped" in said["members"]
        assert "line 3: skipped" in said["listings"]
        assert await names(connection, "member") == ["Britta Sommer"]
        assert await connection.fetchval("select count(*) from listing") == 2

    async def test_knows_a_member_by_the_address_alone(
        self, files: Files, run: Run, connection: Connection, tmp_path: Path
    ) -> None:
        await run("erase", "member", "paul@labor-ost.example", "--yes")
        other = tmp_path / "other.csv"
        other.write_text(PEOPLE.replace("P-2", "P-9").replace("paul@", "PAUL@"), encoding="utf-8")

        said = await run("import", "members", str(other))

        assert "line 3: skipped" in said.output
        assert await names(connection, "member") == ["Britta Sommer"]

    async def test_a_dry_run_says_the_same(self, files: Files, run: Run, tmp_path: Path) -> None:
        await run("erase", "organisation", "O-1", "--yes")

        said = await run(
            "import", "organisations", str(tmp_path / "organisations.csv"), "--dry-run"
        )

        assert "line 2: skipped" in said.output


class TestList:
    async def test_names_nobody(self, files: Files, run: Run, connection: Connection) -> None:
        await run("erase", "organisation", "O-1", "--yes")
        await run("erase", "member", "paul@labor-ost.example", "--yes")

        listed = (await run("erase", "list")).stdout

        rows = await connection.fetch(
            "select erased::text as text from erased union all select trace::text from erased_trace"
        )
        kept = listed + "".join(row["text"] for row in rows)
        assert listed.startswith("noun,id,erased_at,traces\n")
        assert listed.count("\n") == 3
        assert len(rows) == 5
        for word in ("O-1", "P-2", "paul", "ost.example", "Warnowblau"):
            assert word not in kept
            assert word.encode().hex() not in kept


class TestReapply:
    async def test_erases_again_whom_a_backup_brought_back(
        self,
        files: Files,
        run: Run,
        connection: Connection,
        tmp_path: Path,
    ) -> None:
        backup = await TheBackup.of(connection)
        await run("erase", "organisation", "O-1", "--yes")
        await run("erase", "member", "paul@labor-ost.example", "--yes")
        kept_elsewhere = tmp_path / "erased.csv"
        kept_elsewhere.write_text((await run("erase", "list")).stdout, encoding="utf-8")
        await backup.restored(connection)
        restored = await names(connection, "organisation")

        first = await run("erase", "reapply", str(kept_elsewhere))
        again = await run("erase", "reapply")

        assert restored == ["Labor Ost GmbH", "Warnowblau Pumpen GmbH"]
        assert (first.stdout, again.stdout) == ("Erased again: 2.\n", "Erased again: 0.\n")
        assert await names(connection, "organisation") == ["Labor Ost GmbH"]
        assert await names(connection, "member") == ["Britta Sommer"]
        assert await tombstones(connection) == 2
        assert "line 2: skipped" in (await files.taken_in())["organisations"]

    async def test_who_is_gone_from_the_topics_is_erased_after_a_restore_without_a_list(
        self, files: Files, connection: Connection
    ) -> None:
        [organisation] = await connection.fetch("select id from organisation where name like 'W%'")
        [member] = await connection.fetch("select id from member where name like 'P%'")
        gone = LastWord(revision=10**15, is_gone=True)
        restoration = Restoration(
            restored_to=NOW,
            restored_at=NOW,
            words={
                OrganisationState: {organisation["id"]: gone},
                MemberState: {member["id"]: gone},
            },
        )

        async with connection.transaction():
            await lift_revisions_and_erase_again(connection, restoration, tracer=Tracer([b"key"]))

        assert await names(connection, "organisation") == ["Labor Ost GmbH"]
        assert await names(connection, "member") == ["Britta Sommer"]
        assert await connection.fetchval("select min(revision) from gravestone") > gone.revision
        assert await connection.fetchval("select min(revision) from listing") > gone.revision

    @pytest.mark.parametrize(
        ("text", "complaint"),
        [
            ("id,name\n", "Line 1 is none of an erasure list."),
            ("noun,id,erased_at,traces\nmember,x,y,z\n", "Line 2 is none of an erasure list."),
            (None, "The file cannot be read."),
        ],
    )
    async def test_refuses_another_file(
        self,
        run: Run,
        connection: Connection,
        tmp_path: Path,
        text: str | None,
        complaint: str,
    ) -> None:
        file = tmp_path / "erased.csv"
        if text is not None:
            file.write_text(text, encoding="utf-8")

        refused = await run("erase", "reapply", str(file))

        assert refused.exit_code == 1
        assert refused.stderr == f"{complaint} Nothing was erased.\n"
        assert await storage.entries(connection) == ()


class TheBackup:
    """The rows of people and organisations as they were; restored beside an empty list."""

    TABLES = ("organisation", "member", "membership")

    def __init__(self, rows: dict[str, str]) -> None:
        self._rows = rows

    @classmethod
    async def of(cls, connection: Connection) -> "TheBackup":
        return cls(
            {
                table: await connection.fetchval(f"select json_agg({table}) from {table}")
                for table in cls.TABLES
            }
        )

    async def restored(self, connection: Connection) -> None:
        await connection.execute("truncate erased, erased_trace")
        for table in self.TABLES:
            await connection.execute(
                f"insert into {table} select * from json_populate_recordset(null::{table}, $1)"
                " on conflict do nothing",
                self._rows[table],
            )
