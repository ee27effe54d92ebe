"""An operator gives a member another address: who took the account is out, who lost it is back."""

import pytest
from listings_scene import NOW, AMember, Published, Run

from chassis.database import Connection
from listings.members import storage
from listings.members.tokens import create_token
from schemas.member import AddressChanged, MemberState


async def test_the_account_goes_to_the_new_address_and_nobody_stays_signed_in(
    run: Run, connection: Connection, published: Published, a_member: AMember
) -> None:
    britta = await a_member("Britta Sommer", email="britta@example.org")
    await create_token(connection, britta.id, label="inventory", now=NOW)

    done = await run("member", "move", "Britta@example.org", "Britta@Example.com")

    moved = await storage.member(connection, britta.id)
    assert moved is not None
    assert moved.email == "britta@example.com"
    assert moved.sessions_valid_from != britta.sessions_valid_from
    assert "britta@example.com signs in from now on" in done.stdout
    assert await connection.fetchval("select count(*) from api_token") == 0
    state = MemberState.model_validate_json((await published("member.state"))[-1])
    assert state.email == "britta@example.com"
    [told] = await published("address.changed")
    assert AddressChanged.model_validate_json(told).former_email == "britta@example.org"
    assert await connection.fetchval("select command from operator_action") == "member move"


async def test_who_was_moved_away_is_found_by_the_address_before(
    run: Run, connection: Connection, a_member: AMember
) -> None:
    britta = await a_member("Britta Sommer", email="britta@example.org")
    await run("member", "move", "britta@example.org", "stranger@example.com")

    done = await run("member", "move", "britta@example.org", "britta@example.org")

    assert done.exit_code == 0
    back = await storage.member(connection, britta.id)
    assert back is not None
    assert back.email == "britta@example.org"


@pytest.mark.parametrize(
    ("known", "new", "sentence"),
    [
        ("nobody@example.org", "new@example.org", "No member has or had this address."),
        ("britta@example.org", "eva@example.org", "eva@example.org is another member's."),
        ("britta@example.org", "eva", "eva is no address that mail reaches."),
        ("britta@example.org", "Britta@Example.org", "britta@example.org is their address already"),
        ("britta@example.org", "bärbel@example.org", "is no address that mail reaches."),
        ("shared@example.org", "new@example.org", "Several members had this address"),
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(
    run: Run, connection: Connection, a_member: AMember, *, known: str, new: str, sentence: str
) -> None:
    await a_member("Britta Sommer", email="britta@example.org")
    await a_member("Eva Ott", email="eva@example.org")
    for number in range(2):
        await a_member(f"Tom {number}", email="shared@example.org")
        await run("member", "move", "shared@example.org", f"tom{number}@example.org")
    before = await connection.fetch("select id, email, revision from member order by id")

    refused = await run("member", "move", known, new)

    assert refused.exit_code == 1
    assert sentence in refused.stderr
    assert await connection.fetch("select id, email, revision from member order by id") == before
