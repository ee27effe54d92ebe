"""Importing organisations: new, changed and unchanged rows; all or nothing; fast enough."""

import os
import time
from pathlib import Path

import pytest
from listings_scene import (
    ORGANISATIONS,
    SAMPLE,
    TRACER,
    AMember,
    Clock,
    OrganisationRows,
    Published,
    some_organisations,
)

from chassis.database import Connection, single_connection
from listings.csv_faults import FaultyFile
from listings.imports import UNREACHABLE_ADDRESS, Imported, take_in
from listings.members.admission import own_domain
from listings.organisations.queries import organisation_of
from listings.organisations.storage import organisations_named
from schemas.organisation import OrganisationState


async def imported(
    connection: Connection, rows: OrganisationRows, clock: Clock, *, dry_run: bool = False
) -> Imported:
    return await take_in(
        connection, ORGANISATIONS, rows, now=clock(), dry_run=dry_run, tracer=TRACER
    )


def seconds_worked(server_pid: int) -> float:
    """Of this process and the server's: a busy machine lets them wait longer, not work more."""
    fields = Path(f"/proc/{server_pid}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + sum(map(int, fields[11:13])) / os.sysconf("SC_CLK_TCK")


class TestImport:
    async def test_says_the_state_of_every_new_organisation(
        self, connection: Connection, clock: Clock, published: Published
    ) -> None:
        done = await imported(connection, some_organisations("Eins", "Zwei"), clock)

        states = [
            OrganisationState.model_validate_json(payload)
            for payload in await published("organisation.state")
        ]
        assert done == Imported(added=2, changed=0, unchanged=0)
        assert {state.organisation_name for state in states} == {"Eins", "Zwei"}
        assert all(state.place and state.place.city == "Rostock" for state in states)

    async def test_repeated_changes_nothing_and_says_nothing(
        self, connection: Connection, clock: Clock, published: Published
    ) -> None:
        await imported(connection, some_organisations("Eins", "Zwei"), clock)

        again = await imported(connection, some_organisations("Eins", "Zwei"), clock)

        assert again == Imported(added=0, changed=0, unchanged=2)
        assert len(await published("organisation.state")) == 2

    async def test_a_changed_row_is_said_under_a_higher_revision(
        self, connection: Connection, clock: Clock, published: Published
    ) -> None:
        await imported(connection, some_organisations("Eins", "Zwei"), clock)

        again = await imported(connection, some_organisations("Eins", "Zwei neu"), clock)

        *_, before, after = map(
            OrganisationState.model_validate_json, await published("organisation.state")
        )
        assert again == Imported(added=0, changed=1, unchanged=1)
        assert after.organisation_name == "Zwei neu"
        assert after.revision > before.revision

    async def test_a_dry_run_tells_and_leaves_nothing(
        self, connection: Connection, clock: Clock, published: Published
    ) -> None:
        tried = await imported(connection, some_organisations("Eins"), clock, dry_run=True)

        assert tried.added == 1
        assert await connection.fetchval("select count(*) from organisation") == 0
        assert await published("organisation.state") == []

    @pytest.mark.parametrize(
        ("allows", "has_member", "said"),
        [
            ("true", False, "anfrage@warnow.example"),
            ("false", False, None),
            ("true", True, None),
        ],
    )
    async def test_an_address_for_enquiries_is_said_only_while_it_may_be_used(
        self,
        *,
        connection: Connection,
        clock: Clock,
        published: Published,
        a_member: AMember,
        tmp_path: Path,
        allows: str,
        has_member: bool,
        said: str | None,
    ) -> None:
        file = tmp_path / "firms.csv"
        file.write_text(
            "external_id,name,kind,size_class,postcode,allow_enquiries,enquiry_email\n"
            f"a,Warnow GmbH,company,small,18055,{allows},anfrage@warnow.example\n"
        )
        await imported(connection, ORGANISATIONS.read(file), clock)
        if has_member:
            id_ = await connection.fetchval("select id from organisation")
            await a_member(of=await organisation_of(connection, id_))

        again = await imported(connection, ORGANISATIONS.read(file), clock)

        state = OrganisationState.model_validate_json((await published("organisation.state"))[-1])
        assert state.enquiry_email == said
        assert again.unchanged == 1

    async def test_an_impossible_address_for_enquiries_is_a_fault(self, tmp_path: Path) -> None:
        file = tmp_path / "firms.csv"
        file.write_text(
            "external_id,name,kind,size_class,postcode,enquiry_email\n"
            "a,Warnow GmbH,company,small,18055,warnow.example\n"
        )

        with pytest.raises(FaultyFile) as refused:
            ORGANISATIONS.read(file)

        assert [(each.line, each.column) for each in refused.value.faults] == [(2, "enquiry_email")]

    @pytest.mark.parametrize("written", ["Müller-GmbH.de", "xn--mller-gmbh-9db.de"])
    async def test_a_domain_is_kept_as_addresses_have_it(
        self, connection: Connection, clock: Clock, tmp_path: Path, written: str
    ) -> None:
        file = tmp_path / "firms.csv"
        file.write_text(
            "external_id,name,kind,size_class,postcode,email_domain\n"
            f"a,Müller GmbH,company,small,18055,{written}\n"
        )

        await imported(connection, ORGANISATIONS.read(file), clock)

        [organisation] = await organisations_named(connection, "Müller", limit=1)
        assert own_domain("kim@müller-gmbh.de") == organisation.profile.email_domain

    @pytest.mark.parametrize("written", ["müller", "a b.de", "-.de", "xn--ü.de", "kim@beispiel.de"])
    async def test_an_impossible_domain_is_a_fault(self, tmp_path: Path, written: str) -> None:
        file = tmp_path / "firms.csv"
        file.write_text(
            "external_id,name,kind,size_class,postcode,email_domain\n"
            f"a,Müller GmbH,company,small,18055,{written}\n"
        )

        with pytest.raises(FaultyFile) as refused:
            ORGANISATIONS.read(file)

        [fault] = refused.value.faults
        assert (fault.line, fault.column) == (2, "email_domain")
        assert fault.refusal.values["examples"] == "beispiel.de"

    async def test_an_address_that_no_mail_reaches_is_a_fault(self, tmp_path: Path) -> None:
        file = tmp_path / "firms.csv"
        file.write_text(
            "external_id,name,kind,size_class,postcode,enquiry_email\n"
            "a,Warnow GmbH,company,small,18055,jörg@warnow.example\n"
            "b,Müller GmbH,company,small,18055,post@müller.example\n"
        )

        with pytest.raises(FaultyFile) as refused:
            ORGANISATIONS.read(file)

        [fault] = refused.value.faults
        assert (fault.line, fault.column) == (2, "enquiry_email")
        assert fault.refusal.detail == UNREACHABLE_ADDRESS.detail

    async def test_a_directory_of_4500_takes_seconds(self, database_url: str, clock: Clock) -> None:
        rows = some_organisations(*(f"Firma {number}" for number in range(4500)))
        async with single_connection(database_url, application="import") as connection:
            server_pid = await connection.fetchval("select pg_backend_pid()")
            before = seconds_worked(server_pid)

            await imported(connection, rows, clock)

            assert seconds_worked(server_pid) - before < 9
            assert await connection.fetchval("select count(*) from outbox") == 4500

    async def test_the_sample_cluster_is_taken_in(
        self, connection: Connection, clock: Clock
    ) -> None:
        done = await imported(connection, ORGANISATIONS.read(SAMPLE / "organisations.csv"), clock)

        assert done == Imported(added=300, changed=0, unchanged=0)
