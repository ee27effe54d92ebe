"""Importing organisations: new, changed and unchanged rows; all or nothing; fast enough."""

import time

from listings_scene import SAMPLE, Clock, OrganisationRows, Published, some_organisations

from chassis.database import Connection
from listings.imports import Imported, take_in
from listings.organisations.importing import ORGANISATIONS
from schemas.organisation import OrganisationState


async def imported(
    connection: Connection, rows: OrganisationRows, clock: Clock, *, dry_run: bool = False
) -> Imported:
    return await take_in(connection, ORGANISATIONS, rows, now=clock(), dry_run=dry_run)


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

    async def test_a_directory_of_4500_takes_seconds(
        self, connection: Connection, clock: Clock
    ) -> None:
        rows = some_organisations(*(f"Firma {number}" for number in range(4500)))
        began = time.perf_counter()

        await imported(connection, rows, clock)

        assert time.perf_counter() - began < 9
        assert await connection.fetchval("select count(*) from outbox") == 4500

    async def test_the_sample_cluster_is_taken_in(
        self, connection: Connection, clock: Clock
    ) -> None:
        done = await imported(connection, ORGANISATIONS.read(SAMPLE / "organisations.csv"), clock)

        assert done == Imported(added=300, changed=0, unchanged=0)
