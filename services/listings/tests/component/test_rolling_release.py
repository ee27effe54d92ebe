"""Code of the release before keeps working on a migrated database; what it wrote is taken along."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest
from listings_scene import NOW
from uuid_utils.compat import uuid7

from chassis import migrations
from chassis.database import Connection, single_connection
from embedded.testing import MakeDatabase
from listings.app import service
from listings.members import registration_storage
from listings.members.registration import Registration
from schemas.vocabulary import Language, OrganisationKind, SizeClass

LAST_BEFORE = 5
UPSERT_BEFORE = """
    insert into registration (id, name, email, language, organisation_id, organisation_name,
        organisation_kind, organisation_size_class, organisation_postcode, requested_at,
        verified_at)
    values ($1, $2, $3, 'de', null, 'Neuwerk GmbH', 'start-up', 'micro', '17489', $4, null)
    on conflict (lower(email)) do update set name = excluded.name,
        organisation_name = excluded.organisation_name, requested_at = excluded.requested_at,
        verified_at = excluded.verified_at
"""
"""As the release before said it: one registration an address, the later one wins."""


async def _up_to_date(url: str) -> None:
    await migrations.apply(url, name="listings", directory=service.migrations)


@pytest.fixture
def url_before(make_database: MakeDatabase, tmp_path: Path) -> str:
    """A database as the release before left it."""
    for file in sorted(service.migrations.glob("*.sql"))[:LAST_BEFORE]:
        shutil.copy(file, tmp_path)

    async def _release_before(url: str) -> None:
        await migrations.apply(url, name="listings", directory=tmp_path)

    return make_database(_release_before)


@pytest.fixture
async def before(url_before: str) -> AsyncIterator[Connection]:
    async with single_connection(url_before, application="tests") as connection:
        yield connection


async def registered_before(connection: Connection, email: str, *, name: str = "Tom Ude") -> UUID:
    registration_id: UUID = uuid7()
    await connection.execute(UPSERT_BEFORE, registration_id, name, email, NOW)
    return registration_id


def a_registration(email: str, organisation_name: str) -> Registration:
    return Registration(
        id=uuid7(),
        name="Tom Ude",
        email=email,
        language=Language.GERMAN,
        organisation_id=None,
        organisation_name=organisation_name,
        organisation_kind=OrganisationKind.START_UP,
        organisation_size_class=SizeClass.MICRO,
        organisation_postcode="17489",
        requested_at=NOW,
    )


class TestRegistrations:
    async def test_the_statement_of_the_release_before_still_works(
        self, connection: Connection
    ) -> None:
        await registered_before(connection, "tom@neuwerk.example")
        await registered_before(connection, "Tom@Neuwerk.example", name="Thomas Ude")

        rows = await connection.fetch("select name from registration")
        assert [row["name"] for row in rows] == ["Thomas Ude"]

    async def test_beside_it_those_of_one_address_stand_side_by_side(
        self, connection: Connection
    ) -> None:
        await registered_before(connection, "tom@neuwerk.example")
        for name in ("Neuwerk GmbH", "Altwerk GmbH"):
            written = a_registration("tom@neuwerk.example", name)
            await registration_storage.insert_registration(connection, written)

        kept = await connection.fetchval("select count(*) from joining")
        await registration_storage.delete_unverified_of(connection, "tom@neuwerk.example")

        assert kept == 2
        assert await connection.fetchval("select count(*) from joining") == 0
        assert await connection.fetchval("select count(*) from registration") == 0

    async def test_what_waited_is_taken_along_with_whoever_verified_it(
        self, before: Connection, url_before: str
    ) -> None:
        waiting = await registered_before(before, "tom@neuwerk.example")
        verified = await registered_before(before, "eva@neuwerk.example")
        await before.execute(
            "update registration set verified_at = $1 where id = $2", NOW, verified
        )
        await before.execute(
            "insert into member (id, name, email, language, sessions_valid_from, revision)"
            " values ($1, 'Eva Ott', 'eva@neuwerk.example', 'de', $2, 1)",
            verified,
            NOW,
        )

        await _up_to_date(url_before)

        found = await registration_storage.unverified(before, waiting)
        (wish,) = await registration_storage.verified_of_member(before, verified)
        assert found is not None
        assert (found.email, wish.id) == ("tom@neuwerk.example", verified)
