"""A member leaves an organisation by themselves; the last one stays until another is there."""

import asyncio

import pytest
from listings_scene import NOW, AMember, AnOrganisation, Browser, Published
from lock_racing import LOCKED

from chassis.cause import Cause
from chassis.database import Connection, Pool
from embedded.testing import eventually
from listings import leaving
from listings.members.member import LastMember, Member
from listings.organisations.organisation import Organisation
from schemas.member import MemberState

HERE = "/my/organisations"


@pytest.fixture
async def firm(an_organisation: AnOrganisation) -> Organisation:
    return await an_organisation("Neuwerk AG")


@pytest.fixture
async def britta(a_member: AMember, firm: Organisation, browser: Browser) -> Member:
    """Signed in."""
    britta = await a_member("Britta Sommer", of=firm)
    browser.sign_in(britta)
    return britta


async def test_who_leaves_acts_for_it_no_more_and_stays_a_member(
    browser: Browser, firm: Organisation, britta: Member, a_member: AMember, published: Published
) -> None:
    await a_member("Eva Ott", of=firm)
    path = f"{HERE}/{firm.id}/leave"

    overview = await browser.open(HERE)
    asked = await browser.open(path)
    answer = await browser.send(path)
    after = await browser.open(answer.headers["location"])

    state = MemberState.model_validate_json((await published("member.state"))[-1])
    assert f'href="{path}"' in overview.text
    assert "sprechen Sie nicht mehr für Neuwerk AG" in asked.text
    assert (state.member_id, state.organisation_ids) == (britta.id, ())
    assert "Sie sprechen nicht mehr für diese Organisation." in after.text


@pytest.mark.usefixtures("britta")
async def test_the_last_one_reads_who_has_to_come_first(
    browser: Browser, firm: Organisation, connection: Connection
) -> None:
    answer = await browser.send(f"{HERE}/{firm.id}/leave")

    assert answer.status_code == 409
    assert "Außer Ihnen spricht niemand für diese Organisation." in answer.text
    assert await connection.fetchval("select count(*) from membership") == 1


@pytest.mark.usefixtures("britta")
async def test_of_another_organisation_nobody_is_asked_anything(
    browser: Browser, an_organisation: AnOrganisation
) -> None:
    other = await an_organisation("Fremde GmbH")
    path = f"{HERE}/{other.id}/leave"

    asked = await browser.open(path)
    answer = await browser.send(path, form_page="/my/tokens")

    assert (asked.status_code, answer.status_code) == (404, 404)


async def test_of_the_last_two_at_once_one_stays(
    firm: Organisation, britta: Member, a_member: AMember, pool: Pool, connection: Connection
) -> None:
    eva = await a_member("Eva Ott", of=firm)

    async def resign(member: Member) -> None:
        async with pool.transaction() as own:
            await leaving.resign(own, member.id, firm.id, now=NOW, cause=Cause.new())

    async with pool.transaction() as own:
        await leaving.resign(own, britta.id, firm.id, now=NOW, cause=Cause.new())
        later = asyncio.create_task(resign(eva))
        await eventually(lambda: connection.fetchval(LOCKED))
    with pytest.raises(LastMember):
        await later

    assert await connection.fetchval("select member_id from membership") == eva.id
