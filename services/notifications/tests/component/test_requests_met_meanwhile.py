"""A digest of unmet requests leaves out what a good offer came for before it goes out."""

from datetime import timedelta
from uuid import uuid4

import pytest
from notification_builders import Builders
from notification_scene import Exchange

from embedded.mail import Mail as MailCatcher
from notifications.digest import Rhythm
from notifications.mail import Unsent
from schemas.match import MatchProposed
from schemas.member import MemberState
from schemas.request import RequestUnmet


@pytest.fixture
async def rita(exchange: Exchange, make: Builders) -> MemberState:
    broker = make.a_member("Rita", roles=("member", "broker"))
    await exchange.hears(broker)
    return broker


def a_proposal_for(
    unmet: RequestUnmet, make: Builders, *, minutes_later: float = 5, strength: str = "strong"
) -> MatchProposed:
    proposal = make.a_proposal(offer_by=uuid4(), request_by=unmet.organisation_id)
    request = proposal.request.model_copy(update={"listing_id": unmet.request_id})
    at = unmet.occurred_at + timedelta(minutes=minutes_later)
    return make.a_proposal(
        offer_by=uuid4(),
        request_by=unmet.organisation_id,
        request=request,
        occurred_at=at,
        strength=strength,
    )


async def told(exchange: Exchange, mail_server: MailCatcher, to: MemberState) -> str:
    exchange.clock.now += 2 * Rhythm().period
    await exchange.sends_all()
    return "\n".join(mail.text for mail in mail_server.mailbox.mails_to(to.email))


async def test_a_request_that_a_good_offer_fits_meanwhile_is_left_out(
    exchange: Exchange, make: Builders, mail_server: MailCatcher, rita: MemberState
) -> None:
    met = make.an_unmet_request("Schutzkittel", by=uuid4())
    await exchange.hears(met, make.an_unmet_request("Dosierpumpen", by=uuid4()))

    await exchange.hears(a_proposal_for(met, make))

    text = await told(exchange, mail_server, rita)
    assert "Dosierpumpen" in text
    assert "Schutzkittel" not in text


async def test_with_nothing_else_to_tell_there_is_no_mail(
    exchange: Exchange, make: Builders, mail_server: MailCatcher, rita: MemberState
) -> None:
    met = make.an_unmet_request("Schutzkittel", by=uuid4())

    await exchange.hears(met, a_proposal_for(met, make))

    assert await told(exchange, mail_server, rita) == ""
    assert [(mail["state"], mail["diagnostic"]) for mail in await exchange.mails()][:1] == [
        ("expired", Unsent.REQUEST_MET)
    ]


@pytest.mark.parametrize(
    ("minutes_later", "strength"),
    [(-5, "strong"), (5, "possible")],
    ids=["an older one that fell since", "a weaker one"],
)
async def test_another_proposal_keeps_nothing_back(
    exchange: Exchange,
    make: Builders,
    mail_server: MailCatcher,
    rita: MemberState,
    *,
    minutes_later: float,
    strength: str,
) -> None:
    unmet = make.an_unmet_request("Schutzkittel", by=uuid4())
    await exchange.hears(unmet)

    await exchange.hears(
        a_proposal_for(unmet, make, minutes_later=minutes_later, strength=strength)
    )

    assert "Schutzkittel" in await told(exchange, mail_server, rita)


async def test_the_proposal_itself_is_told_to_both_sides(
    exchange: Exchange, make: Builders, mail_server: MailCatcher, rita: MemberState
) -> None:
    unmet = make.an_unmet_request("Schutzkittel", by=uuid4())
    kim = make.a_member("Kim", of=unmet.organisation_id)
    await exchange.hears(kim, unmet)

    await exchange.hears(a_proposal_for(unmet, make))

    assert await told(exchange, mail_server, rita) == ""
    assert len(mail_server.mailbox.mails_to(kim.email)) == 1
