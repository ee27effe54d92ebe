"""Contacts over HTTP: asked once, answered once, and names only after a yes."""

import json
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from listing_builders import a_listing, on, said
from listings_scene import NOW, AMember, AnOrganisation, Browser, MintLink, Published, token_in

from chassis.cause import Cause
from chassis.database import Connection, Pool
from chassis.sweeps import Sweeper
from listings.contacts import commands
from listings.contacts.commands import TooManyContacts
from listings.listing import commands as listing_commands
from listings.listing.listing import Listing
from listings.members.member import Member
from listings.organisations.organisation import Organisation
from listings.sweeps import sweeps
from schemas.contact import ContactAccepted, ContactAnswerDue, ContactDeclined, ContactRequested
from schemas.links import LinkPurpose

MESSAGE = "Wir suchen zwölf Dosierpumpen bis Ende März. Können Sie liefern?"


@dataclass
class Scene:
    """An owner with a published listing, and somebody who wants to write."""

    listing: Listing
    owner: Member
    owning: Organisation
    asker: Member
    asking: Organisation
    browser: Browser
    mint_link: MintLink

    @property
    def form(self) -> str:
        return self.mint_link(
            LinkPurpose.CONTACT_FORM, self.listing.id, self.asker.id, self.asking.id
        )

    async def ask(self, message: str = MESSAGE, **values: str) -> None:
        sent = await self.browser.send(self.form, message=message, **values)
        assert sent.status_code == 303, sent.text

    def owner_link(self, contact_id: UUID) -> str:
        return self.mint_link(LinkPurpose.CONTACT, contact_id, self.owner.id, self.owning.id)

    def asker_link(self, contact_id: UUID) -> str:
        return self.mint_link(LinkPurpose.CONTACT, contact_id, self.asker.id, self.asking.id)


@pytest.fixture
async def scene(
    browser: Browser,
    connection: Connection,
    an_organisation: AnOrganisation,
    a_member: AMember,
    mint_link: MintLink,
) -> Scene:
    owning = await an_organisation("Dosiertechnik Warnow GmbH", trusted=True)
    asking = await an_organisation("Labor Ostsee GmbH")
    return Scene(
        listing=await a_listing(connection, owning, "Dosierpumpen"),
        owner=await a_member("Olaf Owner", of=owning),
        owning=owning,
        asker=await a_member("Anna Asker", of=asking),
        asking=asking,
        browser=browser,
        mint_link=mint_link,
    )


async def contact_id(connection: Connection) -> UUID:
    found: UUID = await connection.fetchval("select id from contact order by requested_at desc")
    return found


class TestAsking:
    async def test_from_a_proposal_tells_the_owner_and_names_no_person(
        self, scene: Scene, connection: Connection, published: Published
    ) -> None:
        proposal = uuid4()

        sent = await scene.browser.send(f"{scene.form}?proposal={proposal}", message=MESSAGE)

        (payload,) = await published("contact.requested")
        asked = ContactRequested.model_validate_json(payload)
        assert sent.headers["location"] == "/contacts/sent"
        assert asked.proposal_id == proposal
        assert asked.requesting_organisation_name == "Labor Ostsee GmbH"
        assert asked.message == MESSAGE
        assert "Anna Asker" not in payload
        assert "example.org" not in payload

    async def test_signed_in_from_the_listing_works_as_well(
        self, scene: Scene, connection: Connection
    ) -> None:
        scene.browser.sign_in(scene.asker)

        page = await scene.browser.open(f"/listings/{scene.listing.id}")
        sent = await scene.browser.send(f"/listings/{scene.listing.id}/contact", message=MESSAGE)

        assert f"/listings/{scene.listing.id}/contact" in page.text
        assert sent.status_code == 303
        assert (await said(connection))[-1] == "contact.requested.v1"

    async def test_the_name_may_stay_hidden_until_the_answer(
        self, scene: Scene, connection: Connection, published: Published
    ) -> None:
        await scene.ask(stays_unnamed="true")

        (payload,) = await published("contact.requested")
        page = await scene.browser.open(scene.owner_link(await contact_id(connection)))
        assert json.loads(payload)["requesting_organisation_name"] is None
        assert "Labor Ostsee" not in payload + page.text

    async def test_one_open_contact_a_pair(
        self, scene: Scene, connection: Connection, published: Published
    ) -> None:
        page = await scene.browser.open(scene.form)
        await scene.ask()

        answers = [
            await scene.browser.http.post(
                scene.form, data={"message": message, "form_token": token_in(page.text)}
            )
            for message in (MESSAGE, f"{MESSAGE} Bitte bald.")
        ]

        assert "Anfrage senden" in page.text
        double_click, second = answers
        assert double_click.headers["location"] == "/contacts/sent"
        assert second.status_code == 409
        assert "schon angefragt" in second.text
        assert "schon unterwegs" in (await scene.browser.open(scene.form)).text
        assert len(await published("contact.requested")) == 1

    @pytest.mark.parametrize("purpose", [LinkPurpose.CONTACT_FORM, LinkPurpose.CONTACT])
    async def test_behind_a_forged_or_expired_link_nothing_opens_and_nothing_happens(
        self, scene: Scene, connection: Connection, purpose: LinkPurpose
    ) -> None:
        await scene.ask()
        contact = await contact_id(connection)
        link = scene.form if purpose is LinkPurpose.CONTACT_FORM else scene.owner_link(contact)
        act = link if purpose is LinkPurpose.CONTACT_FORM else f"{link}/accept"
        token = token_in((await scene.browser.open("/sign-in")).text)
        fields = {"message": MESSAGE, "form_token": token}
        forged = link[:-4] + ("AAAA" if link[-4:] != "AAAA" else "BBBB")

        opened = [await scene.browser.open(forged)]
        posted = [await scene.browser.http.post(act.replace(link, forged), data=fields)]
        scene.browser.clock.advance(days=14)
        opened.append(await scene.browser.open(link))
        posted.append(await scene.browser.http.post(act, data=fields))

        for answers in (opened, posted):
            assert [answer.status_code for answer in answers] == [404, 410]
            assert all("Ihrem Bereich" in answer.text for answer in answers)
        assert [row["status"] for row in await connection.fetch("select status from contact")] == [
            "requested"
        ]

    async def test_a_day_has_only_so_many_messages(
        self, scene: Scene, connection: Connection
    ) -> None:
        async def ask(number: int) -> None:
            listing = await a_listing(connection, scene.owning, f"Pumpe {number}")
            async with connection.transaction():
                await commands.request_contact(
                    connection,
                    listing_id=listing.id,
                    organisation_id=scene.asking.id,
                    member_id=scene.asker.id,
                    message=MESSAGE,
                    names_itself=True,
                    a_day=2,
                    now=scene.browser.clock(),
                    cause=Cause.new(),
                )

        await ask(1)
        await ask(2)
        with pytest.raises(TooManyContacts):
            await ask(3)
        scene.browser.clock.advance(days=1, seconds=1)
        await ask(4)

        assert await connection.fetchval("select count(*) from contact") == 3

    @pytest.mark.parametrize(
        ("message", "words"),
        [
            ("", "fehlt"),
            ("zu kurz", "zu kurz"),
            ("x" * 2001, "höchstens 2000 Zeichen"),
            ("<a href='http://x'>Klicken Sie hier</a> bitte", "HTML"),
            ("Wir suchen Pumpen \x00 und mehr davon", "Steuerzeichen"),
        ],
    )
    async def test_a_bad_message_gets_words_and_stores_nothing(
        self, scene: Scene, connection: Connection, message: str, words: str
    ) -> None:
        answer = await scene.browser.send(scene.form, message=message)

        assert answer.status_code == 422
        assert words in answer.text
        assert await connection.fetchval("select count(*) from contact") == 0

    async def test_one_s_own_and_an_ended_listing_cannot_be_written_to(
        self, scene: Scene, connection: Connection
    ) -> None:
        own = scene.mint_link(
            LinkPurpose.CONTACT_FORM, scene.listing.id, scene.owner.id, scene.owning.id
        )
        form_for_own = await scene.browser.open(own)
        to_own = await scene.browser.send(own, form_page="/register", message=MESSAGE)
        await connection.execute("update listing set status = 'paused'")
        to_ended = await scene.browser.open(scene.form)

        assert "Ihrer eigenen Organisation" in form_for_own.text
        assert (form_for_own.status_code, to_own.status_code) == (409, 409)
        assert to_ended.status_code == 410
        assert await connection.fetchval("select count(*) from contact") == 0


class TestAnswering:
    async def test_a_yes_gives_each_side_the_other_s_name_and_address(
        self, scene: Scene, connection: Connection, published: Published
    ) -> None:
        await scene.ask()
        contact = await contact_id(connection)
        link = scene.owner_link(contact)
        opened = await scene.browser.open(link)
        before = await published("contact.accepted")

        await scene.browser.send(f"{link}/accept", form_page=link)

        (payload,) = await published("contact.accepted")
        accepted = ContactAccepted.model_validate_json(payload)
        owner_page = await scene.browser.open(link)
        asker_page = await scene.browser.open(scene.asker_link(contact))
        assert before == []
        assert scene.asker.email not in opened.text
        assert accepted.owner.email == scene.owner.email
        assert accepted.requester.member_name == "Anna Asker"
        assert scene.asker.email in owner_page.text
        assert scene.owner.email in asker_page.text

    async def test_a_no_takes_a_reason_and_a_sentence_for_another_one(
        self, scene: Scene, connection: Connection, published: Published
    ) -> None:
        await scene.ask()
        link = scene.owner_link(await contact_id(connection))

        nothing = await scene.browser.send(f"{link}/decline", form_page=link)
        no_words = await scene.browser.send(f"{link}/decline", form_page=link, reason="other")
        declined = await scene.browser.send(
            f"{link}/decline", form_page=link, reason="other", explanation="Wir ziehen gerade um."
        )

        (payload,) = await published("contact.declined")
        told = ContactDeclined.model_validate_json(payload)
        assert [each.status_code for each in (nothing, no_words, declined)] == [422, 422, 303]
        assert (told.reason, told.explanation) == ("other", "Wir ziehen gerade um.")

    async def test_a_no_because_it_is_solved_offers_to_end_the_listing(
        self, scene: Scene, connection: Connection
    ) -> None:
        await scene.ask()
        link = scene.owner_link(await contact_id(connection))
        await scene.browser.send(f"{link}/decline", form_page=link, reason="already-solved")

        own = await scene.browser.sign_in(scene.owner).open(f"/my/listings/{scene.listing.id}")

        assert "Ist das schon gelöst?" in own.text

    @pytest.mark.parametrize("is_over", [True, False])
    async def test_after_a_yes_the_listing_can_be_ended_unless_it_is(
        self, scene: Scene, connection: Connection, *, is_over: bool
    ) -> None:
        await scene.ask()
        link = scene.owner_link(await contact_id(connection))
        await scene.browser.send(f"{link}/accept", form_page=link)
        if is_over:
            async with connection.transaction():
                await listing_commands.withdraw_listing(connection, scene.listing.id, None, on())

        page = await scene.browser.open(link)

        assert ("Hier können Sie ihn beenden" in page.text) is not is_over

    async def test_only_one_answer_counts(
        self, scene: Scene, connection: Connection, published: Published
    ) -> None:
        await scene.ask()
        link = scene.owner_link(await contact_id(connection))
        await scene.browser.open(link)

        await scene.browser.send(f"{link}/accept", form_page=link)
        again = await scene.browser.send(f"{link}/decline", form_page="/sign-in", reason="region")

        assert again.status_code == 409
        assert await published("contact.declined") == []

    async def test_the_asking_side_and_strangers_cannot_answer(
        self,
        scene: Scene,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        await scene.ask()
        contact = await contact_id(connection)
        own = scene.asker_link(contact)
        other = await an_organisation("Dritte GmbH")
        stranger = await a_member("Stefan Stranger", of=other)

        by_asker = await scene.browser.send(f"{own}/accept", form_page="/sign-in")
        foreign = scene.mint_link(LinkPurpose.CONTACT, contact, stranger.id, other.id)
        scene.browser.sign_in(stranger)

        assert by_asker.status_code == 403
        assert (await scene.browser.open(foreign)).status_code == 404
        assert (await scene.browser.open(f"/my/contacts/{contact}")).status_code == 404
        assert await connection.fetchval("select status from contact") == "requested"

    async def test_signed_in_both_sides_find_it_in_their_area(
        self, scene: Scene, connection: Connection
    ) -> None:
        await scene.ask()
        contact = await contact_id(connection)
        here = f"/my/contacts/{contact}"

        mine = await scene.browser.sign_in(scene.asker).open("/my/contacts")
        to_me = await scene.browser.sign_in(scene.owner).open("/my/contacts")
        accepted = await scene.browser.send(f"{here}/accept", form_page=here)

        assert "Von Ihnen" in mine.text
        assert "An Sie" in to_me.text
        assert accepted.headers["location"] == here


class TestSilence:
    async def test_reminds_once_and_ends_a_contact_after_three_weeks(
        self, scene: Scene, pool: Pool, connection: Connection, published: Published
    ) -> None:
        await scene.ask()

        for days in (4.9, 5, 5.1, 12, 20.9):
            await swept(pool, after_days=days)
        still_open = await connection.fetchval("select status from contact")
        for days in (21, 21.1):
            await swept(pool, after_days=days)

        (payload,) = await published("contact.answer_due")
        due = ContactAnswerDue.model_validate_json(payload)
        assert due.occurred_at == NOW + timedelta(days=5)
        assert due.lapses_at == NOW + timedelta(days=21)
        assert due.requesting_organisation_name == "Labor Ostsee GmbH"
        assert "Anna Asker" not in payload
        assert MESSAGE not in payload
        assert still_open == "requested"
        assert await connection.fetchval("select status from contact") == "lapsed"
        assert (await said(connection)).count("contact.lapsed.v1") == 1

    async def test_ends_nothing_in_the_day_after_a_late_reminder(
        self, scene: Scene, pool: Pool, connection: Connection
    ) -> None:
        await scene.ask()

        await swept(pool, after_days=40)
        await swept(pool, after_days=40.9)
        after_outage = await connection.fetchval("select status from contact")
        await swept(pool, after_days=41)

        assert after_outage == "requested"
        assert await connection.fetchval("select status from contact") == "lapsed"

    async def test_of_an_answered_contact_reminds_nobody(
        self, scene: Scene, pool: Pool, connection: Connection, published: Published
    ) -> None:
        await scene.ask(stays_unnamed="true")
        link = scene.owner_link(await contact_id(connection))
        await scene.browser.send(f"{link}/decline", form_page=link, reason="region")

        await swept(pool, after_days=30)

        assert await published("contact.answer_due") == []
        assert await published("contact.lapsed") == []

    async def test_a_hidden_name_stays_hidden_in_the_reminder(
        self, scene: Scene, pool: Pool, published: Published
    ) -> None:
        await scene.ask(stays_unnamed="true")

        await swept(pool, after_days=5)

        (payload,) = await published("contact.answer_due")
        assert "Labor Ostsee" not in payload


async def swept(pool: Pool, *, after_days: float) -> None:
    now = NOW + timedelta(days=after_days)
    await Sweeper(sweeps, pool=pool, clock=lambda: now, every_seconds=60).run_once(now)
