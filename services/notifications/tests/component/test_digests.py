"""What can wait comes to a reader as one mail a period, each thing once, whatever happens."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from uuid import UUID, uuid4

import pytest
from notification_builders import Builders
from notification_scene import Exchange

from chassis.cause import Cause
from embedded.mail import Mail as MailCatcher
from embedded.mailbox import CaughtMail
from notifications import commands, operating, queries
from notifications.app import composer_of
from notifications.digest import Rhythm
from notifications.doctor import mail_findings
from notifications.mail import Unsent
from notifications.search_letters import REQUEST_UNMET
from schemas.member import MemberState
from schemas.organisation import OrganisationState
from schemas.request import RequestUnmet

LIST_PAGE = "https://boerse.example.org/matching/unmet\n"
ENDS = Rhythm().period_end(datetime.now(UTC))
MIDDLE = ENDS - Rhythm().period / 2
Tells = Callable[..., Awaitable[None]]


@pytest.fixture
async def rita(exchange: Exchange, make: Builders) -> MemberState:
    broker = make.a_member("Rita", roles=("member", "broker"))
    await exchange.hears(broker)
    return broker


@pytest.fixture
def tells(exchange: Exchange) -> Tells:
    """Requests are told to be unmet, half a period before its end; then the clock is there."""

    async def told(*unmet: RequestUnmet, at: datetime = MIDDLE) -> None:
        async with exchange.pool.transaction() as connection:
            for each in unmet:
                cause = Cause(correlation_id=uuid4(), event_id=str(uuid4()))
                await commands.notify(connection, REQUEST_UNMET, each, cause=cause, now=at)
        exchange.clock.now = at

    return told


def unmet(make: Builders, title: str, *, by: UUID | None = None) -> RequestUnmet:
    return make.an_unmet_request(title, by=by or uuid4(), occurred_at=MIDDLE)


async def sent_at(exchange: Exchange, now: datetime) -> None:
    exchange.clock.now = now
    await exchange.sends_all()


async def only_mail(exchange: Exchange, mail_server: MailCatcher, to: MemberState) -> CaughtMail:
    await sent_at(exchange, ENDS)
    [mail] = mail_server.mailbox.mails_to(to.email)
    return mail


class TestDigest:
    async def test_many_within_a_period_reach_each_broker_as_one_mail(
        self,
        *,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        rita: MemberState,
        tells: Tells,
    ) -> None:
        tom = make.a_member("Tom", roles=("broker",), language="en")
        await exchange.hears(tom)
        found = [unmet(make, f"Gesuch <{number:02}>") for number in range(47)]

        await tells(*found)
        await exchange.sends_all()
        before = mail_server.mailbox.mails_to(rita.email)
        to_rita = await only_mail(exchange, mail_server, rita)
        to_tom = await only_mail(exchange, mail_server, tom)

        assert before == ()
        assert to_rita.subject == "Noch ohne gutes Angebot: 47 Gesuche"
        assert to_tom.subject == "Still without a good offer: 47 requests"
        assert LIST_PAGE in to_rita.text
        for each in found[:20]:
            assert f"- {each.title}\n" in to_rita.text
            assert f"/matching/unmet/{each.request_id}\n" in to_rita.text
            assert each.title in unescape(to_rita.html)
            assert each.title not in to_rita.html
        assert found[20].title not in to_rita.text
        assert "Weitere Gesuche, die in der Liste stehen: 27." in to_rita.text
        assert len(await exchange.said("mail.sent")) == 2

    async def test_one_alone_reads_as_ever(
        self,
        *,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        rita: MemberState,
        tells: Tells,
    ) -> None:
        lonely = unmet(make, "Schutzkittel")

        await tells(lonely)

        mail = await only_mail(exchange, mail_server, rita)
        assert mail.subject == "Noch ohne gutes Angebot: „Schutzkittel“"
        assert f"https://boerse.example.org/matching/unmet/{lonely.request_id}\n" in mail.text
        assert LIST_PAGE not in mail.text

    async def test_what_is_heard_again_is_told_once(
        self,
        *,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        rita: MemberState,
        tells: Tells,
    ) -> None:
        lonely = unmet(make, "Schutzkittel")
        await tells(lonely)
        await tells(lonely)
        await sent_at(exchange, ENDS)

        await tells(lonely.model_copy(update={"revision": 2}), at=ENDS + timedelta(minutes=1))
        await sent_at(exchange, ENDS + timedelta(days=1))

        assert len(mail_server.mailbox.mails_to(rita.email)) == 1

    async def test_a_broker_who_is_known_later_hears_of_it_and_the_others_no_second_time(
        self,
        *,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        rita: MemberState,
        tells: Tells,
    ) -> None:
        await tells(unmet(make, "Schutzkittel"))
        await sent_at(exchange, ENDS)
        late = make.a_member("Tom", roles=("broker",))
        await exchange.keeps(late)

        [notice] = await exchange.rows("select * from notice")
        async with exchange.pool.transaction() as connection:
            await connection.execute("update notice set addressed_at = null, closes_at = $1", ENDS)
            await commands.address_waiting(connection, now=MIDDLE)
        await sent_at(exchange, ENDS + timedelta(days=1))

        assert notice["addressed_at"] is not None
        assert len(mail_server.mailbox.mails_to(late.email)) == 1
        assert len(mail_server.mailbox.mails_to(rita.email)) == 1

    @pytest.mark.parametrize("at", [MIDDLE, ENDS + timedelta(minutes=1)])
    async def test_what_comes_after_it_went_out_is_told_in_the_next_one(
        self,
        *,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        rita: MemberState,
        tells: Tells,
        at: datetime,
    ) -> None:
        await tells(unmet(make, "Schutzkittel"))
        await sent_at(exchange, ENDS)

        await tells(unmet(make, "Dosierpumpen"), at=at)
        await sent_at(exchange, ENDS)
        at_once = len(mail_server.mailbox.mails_to(rita.email))
        await sent_at(exchange, ENDS + Rhythm().period)

        assert at_once == 1
        assert "„Dosierpumpen“" in mail_server.mailbox.mails_to(rita.email)[1].subject

    async def test_what_comes_while_a_sender_has_it_in_hand_is_told_in_the_next_one(
        self,
        *,
        exchange: Exchange,
        make: Builders,
        rita: MemberState,
        tells: Tells,
    ) -> None:
        await tells(unmet(make, "Schutzkittel"))
        exchange.clock.now = ENDS
        await exchange.claims()

        await tells(unmet(make, "Dosierpumpen"))

        assert sorted(await exchange.states()) == ["claimed", "pending"]
        due = [mail["due_at"] for mail in await exchange.mails()]
        assert sorted(due) == [ENDS, ENDS + Rhythm().period]

    async def test_an_old_cause_is_not_told(
        self, *, exchange: Exchange, make: Builders, rita: MemberState, tells: Tells
    ) -> None:
        old = unmet(make, "Schutzkittel")
        weeks_ago = old.model_copy(update={"occurred_at": MIDDLE - timedelta(days=8)})

        await tells(weeks_ago, unmet(make, "Dosierpumpen"))

        assert sorted(await exchange.states()) == ["expired", "pending"]

    async def test_what_would_be_too_old_at_its_end_is_told_at_once(
        self,
        *,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        rita: MemberState,
        tells: Tells,
    ) -> None:
        days_late = unmet(make, "Schutzkittel").model_copy(
            update={"occurred_at": MIDDLE - timedelta(days=7) + timedelta(hours=1)}
        )

        await tells(days_late)
        await exchange.sends_all()

        assert len(mail_server.mailbox.mails_to(rita.email)) == 1

    async def test_while_it_is_collected_nothing_is_late(
        self, *, exchange: Exchange, make: Builders, rita: MemberState, tells: Tells
    ) -> None:
        await tells(unmet(make, "Schutzkittel"))

        async with exchange.pool.connection() as connection:
            age = await queries.queue_age(connection, now=MIDDLE + timedelta(hours=1.5))
            late = await queries.queue_age(connection, now=ENDS + timedelta(hours=1.5))
            findings = await mail_findings(connection, None)

        assert (age.waiting, age.oldest, late.oldest) == (1, None, ENDS)
        assert findings == []


class TestWhatEnds:
    async def test_a_request_that_ended_is_left_out(
        self,
        *,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        rita: MemberState,
        tells: Tells,
    ) -> None:
        ended, open_still = unmet(make, "Schutzkittel"), unmet(make, "Dosierpumpen")
        await tells(ended, open_still)

        await exchange.hears(make.a_closing(ended.request_id, by=uuid4()))

        mail = await only_mail(exchange, mail_server, rita)
        assert mail.subject == "Noch ohne gutes Angebot: „Dosierpumpen“"
        assert "Schutzkittel" not in mail.text

    async def test_with_nothing_left_to_tell_nothing_goes_out(
        self,
        *,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        rita: MemberState,
        tells: Tells,
    ) -> None:
        found = [unmet(make, "Schutzkittel"), unmet(make, "Dosierpumpen")]
        await tells(*found)

        for each in found:
            await exchange.hears(make.a_closing(each.request_id, by=uuid4()))
        await sent_at(exchange, ENDS)

        [mail] = await exchange.mails()
        assert (mail["state"], mail["diagnostic"]) == ("expired", Unsent.NOTHING_LEFT)
        assert mail_server.mailbox.mails_to(rita.email) == ()

    async def test_one_that_expired_begins_anew(
        self,
        *,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        rita: MemberState,
        tells: Tells,
    ) -> None:
        ended = unmet(make, "Schutzkittel")
        await tells(ended)
        await exchange.hears(make.a_closing(ended.request_id, by=uuid4()))
        assert await exchange.states() == ["expired"]

        await tells(unmet(make, "Dosierpumpen"))

        mail = await only_mail(exchange, mail_server, rita)
        assert mail.subject == "Noch ohne gutes Angebot: „Dosierpumpen“"


class TestErasure:
    @pytest.mark.parametrize("first", [True, False])
    async def test_who_is_erased_is_left_out_and_the_others_are_told(
        self,
        *,
        exchange: Exchange,
        make: Builders,
        mail_server: MailCatcher,
        rita: MemberState,
        tells: Tells,
        first: bool,
    ) -> None:
        erased, other = unmet(make, "Schutzkittel"), unmet(make, "Dosierpumpen")
        await tells(*((erased, other) if first else (other, erased)))

        await exchange.loses(OrganisationState, erased.organisation_id)

        mail = await only_mail(exchange, mail_server, rita)
        assert mail.subject == "Noch ohne gutes Angebot: „Dosierpumpen“"
        assert "Schutzkittel" not in mail.raw.decode()

    async def test_nothing_is_kept_of_who_was_erased_after_it_went_out(
        self, *, exchange: Exchange, make: Builders, rita: MemberState, tells: Tells
    ) -> None:
        erased = unmet(make, "Schutzkittel")
        await tells(erased, unmet(make, "Dosierpumpen"))
        await sent_at(exchange, ENDS)

        await exchange.loses(OrganisationState, erased.organisation_id)

        [mail] = await exchange.mails()
        assert (mail["state"], mail["subject"], mail["text"], mail["html"]) == (
            "sent",
            None,
            None,
            None,
        )

    @pytest.mark.parametrize("who", ["the broker", "everybody in it"])
    async def test_without_a_reader_or_a_request_it_is_suppressed(
        self, *, exchange: Exchange, make: Builders, rita: MemberState, tells: Tells, who: str
    ) -> None:
        by = uuid4()
        await tells(unmet(make, "Schutzkittel", by=by), unmet(make, "Dosierpumpen", by=by))

        if who == "the broker":
            await exchange.loses(MemberState, rita.member_id)
        else:
            await exchange.loses(OrganisationState, by)
        await sent_at(exchange, ENDS)

        assert await exchange.states() == ["suppressed"]


async def test_operators_see_what_will_go_out(
    exchange: Exchange, make: Builders, rita: MemberState, tells: Tells
) -> None:
    await tells(unmet(make, "Schutzkittel"), unmet(make, "Dosierpumpen"))

    [mail] = await exchange.mails()
    settings = exchange.runtime.settings
    async with exchange.pool.transaction() as connection:
        row = await queries.mail_row(connection, mail["id"])
        assert row is not None
        shown = await operating.shown(
            connection, row, composer=composer_of(settings), settings=settings
        )

    assert shown is not None
    assert shown.is_preview
    assert shown.message.subject == "Noch ohne gutes Angebot: 2 Gesuche"
    assert "Schutzkittel" in shown.message.text
    assert "Dosierpumpen" in shown.message.text
