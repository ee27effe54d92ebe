"""A message to an organisation without members: brokers are told, and whoever joins reads it."""

from uuid import uuid4

import pytest
from notification_builders import Builders
from notification_scene import Exchange

from embedded.mail import Mail as MailCatcher
from notifications.mail import Unsent
from schemas.contact import ContactRequested
from schemas.member import MemberState

OWNER = uuid4()


@pytest.fixture
async def rita(exchange: Exchange, make: Builders) -> MemberState:
    broker = make.a_member("Rita", roles=("member", "broker"))
    await exchange.hears(broker, make.an_organisation("Hanse Textil GmbH", OWNER))
    return broker


def unread(make: Builders) -> ContactRequested:
    return make.a_message(
        "Wir brauchen 500 Stück.",
        owner=OWNER,
        requester=make.a_member("Ole", of=uuid4()),
        name="Pflegeheim am See",
        owner_has_members=False,
    )


async def test_brokers_are_told_whom_to_call_and_nothing_of_what_was_written(
    exchange: Exchange, make: Builders, mail_server: MailCatcher, rita: MemberState
) -> None:
    message = unread(make)

    await exchange.hears(message)
    await exchange.sends_all()

    [mail] = mail_server.mailbox.mails_to(rita.email)
    assert mail.subject == "Bitte anrufen: Hanse Textil GmbH, Anfrage zu „FFP2-Masken“"
    assert f"https://boerse.example.org/listings/{message.listing_id}\n" in mail.text
    assert "500 Stück" not in mail.text
    assert "Pflegeheim" not in mail.text


async def test_whoever_joins_reads_the_message(
    exchange: Exchange, make: Builders, mail_server: MailCatcher, rita: MemberState
) -> None:
    await exchange.hears(unread(make))
    await exchange.sends_all()

    kim = make.a_member("Kim", of=OWNER)
    await exchange.hears(kim)
    await exchange.sends_all()

    [mail] = mail_server.mailbox.mails_to(kim.email)
    assert "500 Stück" in mail.text
    assert len(mail_server.mailbox.mails_to(rita.email)) == 1


async def test_what_was_taken_back_needs_no_call(
    exchange: Exchange, make: Builders, mail_server: MailCatcher, rita: MemberState
) -> None:
    message = unread(make)
    await exchange.hears(message)

    ole = make.a_member("Ole", of=message.requesting_organisation_id)
    await exchange.hears(
        make.taken_back(owner=OWNER, requester=ole).model_copy(
            update={"contact_id": message.contact_id}
        )
    )
    await exchange.sends_all()

    assert mail_server.mailbox.mails_to(rita.email) == ()
    [row] = await exchange.mails()
    assert (row["state"], row["diagnostic"]) == ("expired", Unsent.CONTACT_WITHDRAWN)


async def test_where_somebody_reads_no_broker_is_told(
    exchange: Exchange, make: Builders, mail_server: MailCatcher, rita: MemberState
) -> None:
    await exchange.hears(unread(make).model_copy(update={"owner_has_members": True}))

    await exchange.sends_all()

    assert mail_server.mailbox.mails_to(rita.email) == ()
