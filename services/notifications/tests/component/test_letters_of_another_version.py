"""A letter that this version does not know, as after a step back, waits and holds up nothing."""

from uuid import uuid4

import httpx
import pytest
from notification_builders import Builders
from notification_scene import Exchange, session_of

from embedded.mail import Mail as MailCatcher
from notifications import commands
from schemas.member import MemberState

OWNER = uuid4()


@pytest.fixture
async def kim(exchange: Exchange, make: Builders) -> MemberState:
    """Waits for a mail of a later version."""
    member = make.a_member("Kim", of=OWNER, roles=("member", "moderator"))
    await exchange.hears(member)
    await exchange.hears(make.a_listing("Ventile", by=OWNER))
    await exchange.rows("update notice set template = 'later'")
    await exchange.rows("update mail set template = 'later'")
    return member


async def test_the_others_go_out(
    exchange: Exchange, make: Builders, mail_server: MailCatcher, kim: MemberState
) -> None:
    sign_in = make.a_sign_in(email=make.address("ole"))
    await exchange.hears(sign_in)
    await exchange.rows(
        "update mail set expires_at = now() + interval '5 min' where state = $1"
        " and template = 'later'",
        "pending",
    )

    await exchange.sends_all()

    assert len(mail_server.mailbox.mails_to(sign_in.email)) == 1
    assert sorted(await exchange.states()) == ["pending", "sent"]


async def test_members_who_come_are_still_told_what_is_known(
    exchange: Exchange, make: Builders, kim: MemberState
) -> None:
    await exchange.rows("update notice set addressed_at = null")
    tom = make.a_member("Tom", of=OWNER)

    await exchange.hears(make.a_listing("Dosierpumpen", by=OWNER), tom)
    async with exchange.pool.transaction() as connection:
        await commands.address_waiting(connection, now=exchange.clock())

    rows = await exchange.rows("select template from mail where member_id = $1", tom.member_id)
    assert [row["template"] for row in rows] == ["listing_published"]


async def test_one_that_was_being_handed_over_keeps_nobody_from_being_settled(
    exchange: Exchange, make: Builders, kim: MemberState
) -> None:
    await exchange.hears(make.a_sign_in())
    await exchange.rows("update mail set state = 'sending', sending_at = now(), claim = id")
    exchange.clock.turn(minutes=5)

    await exchange.reconciling.turn()

    assert sorted(await exchange.states()) == ["held", "sending"]


@pytest.mark.parametrize("path", ["", "/held", "/{mail_id}"])
async def test_operators_see_it_by_its_name(
    exchange: Exchange, kim: MemberState, browser: httpx.AsyncClient, path: str
) -> None:
    await exchange.rows("update mail set state = 'held'")
    [mail] = await exchange.mails()
    browser.cookies.set("session", session_of(kim.member_id))

    page = await browser.get(f"/notifications/mails{path.format(mail_id=mail['id'])}")

    assert page.status_code == 200
    assert "later" in page.text
