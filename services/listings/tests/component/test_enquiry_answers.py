"""A yes to an enquiry becomes an offer draft and a contact, once; a later no takes them back."""

import asyncio
from dataclasses import dataclass
from uuid import UUID, uuid4

import pytest
from listing_builders import WRITTEN, a_listing, as_stored, on, said
from listings_scene import (
    NOW,
    TRACER,
    AMember,
    AnOrganisation,
    Browser,
    MintLink,
    Published,
    token_in,
)
from lock_racing import AtOnce

from chassis.cause import Cause
from chassis.database import Connection, Pool
from listings import erasure
from listings.consumers import on_enquiry_answered
from listings.contacts import commands as contacts
from listings.contacts import listed
from listings.contacts.contact import Contact
from listings.enquiries import storage
from listings.listing import commands
from listings.listing.listing import DraftIncomplete, Listing
from listings.members.member import Member
from listings.organisations.organisation import Organisation
from schemas.contact import ContactRequested
from schemas.links import LinkPurpose
from schemas.request import EnquiryAnswered
from schemas.vocabulary import DeclineReason, EnquiryAnswer, ListingStatus, Role, Visibility

NOTE = "Ja, wir liefern zwölf Stück bis Ende März, geprüft nach DIN."
YES, NO = EnquiryAnswer.YES, EnquiryAnswer.NO


@dataclass
class Scene:
    """A request that nobody met, its owner, and a firm that a broker asked."""

    connection: Connection
    request: Listing
    seeking: Organisation
    seeker: Member
    asked: Organisation
    maker: Member
    enquiry_id: UUID
    revision: int = 1

    async def answered(
        self, answer: EnquiryAnswer = YES, *, by: UUID | None, note: str = NOTE
    ) -> EnquiryAnswered:
        event = self.an_answer(answer, by=by, note=note)
        await self.delivered(event)
        return event

    def an_answer(
        self, answer: EnquiryAnswer = YES, *, by: UUID | None, note: str = NOTE
    ) -> EnquiryAnswered:
        self.revision += 1
        return EnquiryAnswered(
            revision=self.revision,
            occurred_at=NOW,
            enquiry_id=self.enquiry_id,
            request_id=self.request.id,
            request_title=self.request.content.title,
            request_language=self.request.content.language,
            requesting_organisation_id=self.seeking.id,
            organisation_id=self.asked.id,
            member_id=by,
            answer=answer,
            note=note,
            category=self.request.content.category,
        )

    async def delivered(self, event: EnquiryAnswered) -> None:
        async with self.connection.transaction():
            await on_enquiry_answered(event, self.connection, Cause.new())

    async def said_yes(self) -> EnquiryAnswered:
        return await self.answered(by=self.maker.id)

    async def drafts(self) -> list[Listing]:
        rows = await self.connection.fetch(
            "select id from listing where organisation_id = $1 order by id", self.asked.id
        )
        return [await as_stored(self.connection, row["id"]) for row in rows]

    async def contacts(self) -> list[str]:
        found = await self.listed()
        return ["withdrawn" if each.withdrawn_at else each.status.value for each in found]

    async def listed(self) -> list[Contact]:
        found = await listed.of_organisations(self.connection, [self.asked.id])
        return [each.contact for each in found]


@pytest.fixture
async def scene(
    connection: Connection, an_organisation: AnOrganisation, a_member: AMember
) -> Scene:
    seeking = await an_organisation("Labor Ostsee GmbH", trusted=True)
    asked = await an_organisation("Dosiertechnik Warnow GmbH")
    return Scene(
        connection=connection,
        request=await a_listing(connection, seeking, "Dosierpumpen gesucht", kind="request"),
        seeking=seeking,
        seeker=await a_member("Anna Asker", of=seeking),
        asked=asked,
        maker=await a_member("Olaf Owner", of=asked),
        enquiry_id=uuid4(),
    )


class TestYes:
    async def test_prepares_an_offer_that_nobody_else_sees(self, scene: Scene) -> None:
        before = await said(scene.connection)

        await scene.said_yes()

        (draft,) = await scene.drafts()
        assert draft.status is ListingStatus.DRAFT
        assert draft.member_id == scene.maker.id
        assert draft.content.title == "Angebot zu: Dosierpumpen gesucht"
        assert draft.content.description == NOTE
        assert (draft.content.kind, draft.content.cooperation) == ("offer", "product")
        assert draft.content.category == scene.request.content.category
        assert await said(scene.connection) == [*before, "contact.requested.v1"]

    async def test_asks_whoever_seeks_in_the_name_of_the_firm(
        self, scene: Scene, published: Published
    ) -> None:
        await scene.said_yes()

        (payload,) = await published("contact.requested")
        contact = ContactRequested.model_validate_json(payload)
        assert contact.requesting_organisation_name == "Dosiertechnik Warnow GmbH"
        assert contact.owning_organisation_id == scene.seeking.id
        assert contact.listing_id == scene.request.id
        assert contact.message.endswith(NOTE)
        assert contact.message.startswith("Die Vermittlung der Kooperationsbörse")

    async def test_is_followed_once_however_often_it_comes(self, scene: Scene) -> None:
        event = await scene.said_yes()

        await scene.delivered(event)
        await scene.answered(by=scene.maker.id, note="Auch fünfzehn Stück.")

        assert len(await scene.drafts()) == 1
        assert await scene.contacts() == ["requested"]

    async def test_without_a_note_leaves_the_description_to_people(self, scene: Scene) -> None:
        await scene.answered(by=scene.maker.id, note="")

        (draft,) = await scene.drafts()
        with pytest.raises(DraftIncomplete):
            async with scene.connection.transaction():
                await commands.submit_listing(scene.connection, draft.id, on())

    async def test_to_a_request_of_the_cluster_stays_in_the_cluster(
        self, scene: Scene, connection: Connection
    ) -> None:
        scene.request = await a_listing(
            connection, scene.seeking, "Pumpen", kind="request", visibility=Visibility.CLUSTER
        )

        await scene.said_yes()

        (draft,) = await scene.drafts()
        assert draft.content.visibility is Visibility.CLUSTER

    async def test_a_message_that_already_waits_is_not_sent_again(self, scene: Scene) -> None:
        async with scene.connection.transaction():
            await contacts.request_contact(
                scene.connection,
                listing_id=scene.request.id,
                organisation_id=scene.asked.id,
                member_id=scene.maker.id,
                message="Können wir dazu sprechen?",
                names_itself=True,
                a_day=5,
                now=NOW,
                cause=Cause.new(),
            )

        await scene.said_yes()

        assert await scene.contacts() == ["requested"]
        assert len(await scene.drafts()) == 1


class TestNobodyJoined:
    async def test_the_draft_waits_for_whoever_joins_and_operators_see_it(
        self,
        scene: Scene,
        an_organisation: AnOrganisation,
        a_member: AMember,
        browser: Browser,
    ) -> None:
        scene.asked = await an_organisation("Feinmechanik Peene GbR")
        await scene.answered(by=None)

        broker = await a_member("Bo Broker", roles=frozenset({Role.BROKER}))
        waiting = await browser.sign_in(broker).open("/moderation/drafts")
        joined = await a_member("Eva Peene", of=scene.asked)
        found = await browser.sign_in(joined).open("/my/listings")
        nobody_waits = await browser.sign_in(broker).open("/moderation/drafts")

        assert "Feinmechanik Peene GbR" in waiting.text
        assert "Angebot zu: Dosierpumpen gesucht" in found.text
        assert "Niemand wartet" in nobody_waits.text
        assert await scene.contacts() == []

    async def test_waiting_drafts_are_for_operators(self, scene: Scene, browser: Browser) -> None:
        refused = await browser.sign_in(scene.maker).open("/moderation/drafts")

        assert refused.status_code == 403

    async def test_whoever_left_meanwhile_leaves_a_draft(
        self, scene: Scene, a_member: AMember
    ) -> None:
        stranger = await a_member("Karl Keiner")

        await scene.answered(by=stranger.id)

        (draft,) = await scene.drafts()
        assert draft.member_id is None
        assert await scene.contacts() == []


class TestNothing:
    async def test_comes_of_a_request_that_ended(self, scene: Scene) -> None:
        async with scene.connection.transaction():
            await commands.withdraw_listing(scene.connection, scene.request.id, None, on())

        await scene.said_yes()

        assert await scene.drafts() == []
        assert await scene.contacts() == []

    async def test_comes_of_an_organisation_that_was_erased(self, scene: Scene) -> None:
        async with scene.connection.transaction():
            await erasure.erase_organisation(
                scene.connection, scene.asked.id, tracer=TRACER, now=NOW, cause=Cause.new()
            )

        await scene.said_yes()

        assert await scene.drafts() == []

    async def test_comes_of_a_no(self, scene: Scene) -> None:
        await scene.answered(NO, by=scene.maker.id)

        assert await scene.drafts() == []
        assert await scene.contacts() == []


class TestLaterNo:
    async def test_takes_back_what_nobody_acted_on(self, scene: Scene) -> None:
        await scene.said_yes()

        await scene.answered(NO, by=scene.maker.id)

        (draft,) = await scene.drafts()
        assert draft.status is ListingStatus.CLOSED
        assert await scene.contacts() == ["withdrawn"]
        ended = [each for each in await said(scene.connection) if each.startswith("contact.")]
        assert ended == ["contact.requested.v1", "contact.withdrawn.v1"]

    async def test_that_comes_first_is_not_undone_by_the_yes_before_it(self, scene: Scene) -> None:
        event = await scene.said_yes()
        await scene.answered(NO, by=scene.maker.id)

        await scene.delivered(event)

        assert await scene.contacts() == ["withdrawn"]

    async def test_leaves_what_was_published_and_answered(
        self, scene: Scene, connection: Connection
    ) -> None:
        await scene.said_yes()
        (draft,) = await scene.drafts()
        (contact,) = await scene.listed()
        await connection.execute(
            "update organisation set is_trusted = true where id = $1", scene.asked.id
        )
        async with connection.transaction():
            await commands.submit_listing(connection, draft.id, on())
            await contacts.accept_contact(
                connection, contact.id, member_id=scene.seeker.id, now=NOW, cause=Cause.new()
            )

        await scene.answered(NO, by=scene.maker.id)
        await scene.said_yes()

        (kept,) = await scene.drafts()
        assert kept.status is ListingStatus.PUBLISHED
        assert await scene.contacts() == ["accepted"]

    async def test_and_another_yes_begin_anew(self, scene: Scene) -> None:
        await scene.said_yes()
        await scene.answered(NO, by=scene.maker.id)

        await scene.said_yes()

        assert sorted(each.status for each in await scene.drafts()) == ["closed", "draft"]
        assert sorted(await scene.contacts()) == ["requested", "withdrawn"]

    async def test_is_what_both_sides_read(self, scene: Scene, browser: Browser) -> None:
        await scene.said_yes()
        await scene.answered(NO, by=scene.maker.id)
        (contact,) = await scene.listed()

        page = f"/my/contacts/{contact.id}"
        seeker = await browser.sign_in(scene.seeker).open(page)
        maker = await browser.sign_in(scene.maker).open(page)
        refused = await browser.sign_in(scene.seeker).send(f"{page}/accept", form_page=page)

        assert "Die andere Seite hat ihr Ja zurückgenommen." in seeker.text
        assert "/accept" not in seeker.text
        assert "Sie haben Ihr Ja zurückgenommen" in maker.text
        assert refused.status_code == 409


async def test_two_deliveries_at_once_make_one_offer(scene: Scene, pool: Pool) -> None:
    event = scene.an_answer(by=scene.maker.id)

    async def deliver() -> None:
        async with pool.transaction() as connection:
            await on_enquiry_answered(event, connection, Cause.new())

    await asyncio.gather(deliver(), deliver())

    assert len(await scene.drafts()) == 1
    assert await scene.contacts() == ["requested"]


class TestLink:
    async def test_shows_the_draft_and_changes_nothing(
        self, scene: Scene, browser: Browser, mint_link: MintLink
    ) -> None:
        await scene.said_yes()
        before = await scene.drafts()

        page = await browser.open(the_link(scene, mint_link))

        assert page.status_code == 200
        assert "Angebot zu: Dosierpumpen gesucht" in page.text
        assert NOTE in page.text
        assert "/matching/preview" not in page.text
        assert 'name="needs"' not in page.text
        assert await scene.drafts() == before

    async def test_takes_the_offer_to_the_moderators_without_signing_in(
        self, scene: Scene, browser: Browser, mint_link: MintLink
    ) -> None:
        await scene.said_yes()
        link = the_link(scene, mint_link)

        sent = await browser.send(link, **written(title="Dosierpumpen ab Lager"))
        after = await browser.open(link)
        again = await browser.http.post(
            link, data={**written(title="Etwas anderes"), "form_token": token_of(browser)}
        )

        (draft,) = await scene.drafts()
        assert (sent.status_code, again.status_code) == (303, 303)
        assert draft.status is ListingStatus.SUBMITTED
        assert draft.content.title == "Dosierpumpen ab Lager"
        assert "Die Moderation sieht es sich an" in after.text

    async def test_keeps_what_is_not_ready_yet(
        self, scene: Scene, browser: Browser, mint_link: MintLink
    ) -> None:
        await scene.said_yes()

        await browser.send(the_link(scene, mint_link), **written(title="Pumpen"), act="draft")

        (draft,) = await scene.drafts()
        assert (draft.status, draft.content.title) == (ListingStatus.DRAFT, "Pumpen")

    async def test_says_what_is_missing_and_keeps_what_was_typed(
        self, scene: Scene, browser: Browser, mint_link: MintLink
    ) -> None:
        await scene.answered(by=scene.maker.id, note="")

        refused = await browser.send(
            the_link(scene, mint_link), **written(title="Pumpen ab Lager", description="kurz")
        )

        (draft,) = await scene.drafts()
        assert refused.status_code == 422
        assert "Pumpen ab Lager" in refused.text
        assert draft.status is ListingStatus.DRAFT

    async def test_of_no_draft_or_of_somebody_else_opens_nothing(
        self,
        scene: Scene,
        browser: Browser,
        mint_link: MintLink,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        early = await browser.open(the_link(scene, mint_link))
        await scene.said_yes()
        stranger = await a_member("Karl Keiner", of=await an_organisation("Fremd AG"))
        own = the_link(scene, mint_link)
        foreign = mint_link(
            LinkPurpose.OFFER_DRAFT, scene.enquiry_id, stranger.id, stranger.organisation_ids[0]
        )
        left = mint_link(LinkPurpose.OFFER_DRAFT, scene.enquiry_id, stranger.id, scene.asked.id)
        answers = [
            (await browser.open(link)).status_code for link in (own, foreign, left, own + "x")
        ]

        assert early.status_code == 404
        assert "in einer Minute noch einmal" in early.text
        assert answers == [200, 404, 410, 404]

    async def test_expires(self, scene: Scene, browser: Browser, mint_link: MintLink) -> None:
        await scene.said_yes()
        link = the_link(scene, mint_link)

        browser.clock.advance(days=15)

        assert (await browser.open(link)).status_code == 410

    async def test_after_a_no_says_that_it_is_over(
        self, scene: Scene, browser: Browser, mint_link: MintLink
    ) -> None:
        await scene.said_yes()
        await scene.answered(NO, by=scene.maker.id)

        page = await browser.open(the_link(scene, mint_link))

        assert page.status_code == 404
        assert (await storage.offer_of(scene.connection, scene.enquiry_id)) is not None


async def test_a_yes_waits_for_the_answer_to_what_the_firm_wrote_itself(
    scene: Scene, at_once: AtOnce
) -> None:
    contact = await contacts.request_contact(
        scene.connection,
        listing_id=scene.request.id,
        organisation_id=scene.asked.id,
        member_id=scene.maker.id,
        message="Wir liefern zwölf Dosierpumpen bis Ende März. Passt Ihnen das?",
        names_itself=True,
        a_day=5,
        now=NOW,
        cause=Cause.new(),
    )
    event = scene.an_answer(by=scene.maker.id)

    async def says_yes(own: Connection) -> None:
        await on_enquiry_answered(event, own, Cause.new())

    async def declines(own: Connection) -> None:
        await contacts.decline_contact(
            own,
            contact.id,
            DeclineReason.OUTDATED,
            explanation="",
            member_id=scene.seeker.id,
            now=NOW,
            cause=Cause.new(),
        )

    held = "select from listing where id = $1 for update"
    await at_once(says_yes, declines, held=held, row=scene.request.id)

    assert sorted(await scene.contacts()) == ["declined"]
    assert (await storage.offer_of(scene.connection, scene.enquiry_id)) is not None


def the_link(scene: Scene, mint_link: MintLink) -> str:
    return mint_link(LinkPurpose.OFFER_DRAFT, scene.enquiry_id, scene.maker.id, scene.asked.id)


def written(**changes: str) -> dict[str, str]:
    return WRITTEN | changes


def token_of(browser: Browser) -> str:
    return token_in(browser.pages[0].text)
