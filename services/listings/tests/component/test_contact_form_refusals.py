"""The contact form when the command refuses: what was typed stays; the header knows who reads."""

from dataclasses import dataclass

import pytest
from listing_builders import a_listing
from listings_scene import NOW, AMember, AnOrganisation, Browser, MintLink, token_in

from chassis.cause import Cause
from chassis.database import Connection
from listings.contacts import commands as contacts
from listings.listing.listing import Listing
from listings.members import commands as members
from listings.members.member import Member
from listings.organisations.organisation import Organisation
from listings.settings import ListingsSettings
from schemas.links import LinkPurpose

MESSAGE = "Wir suchen zwölf Dosierpumpen bis Ende März. Können Sie liefern?"
ANOTHER = "Inzwischen brauchen wir vierzehn Dosierpumpen, gern schon im Februar."


@dataclass
class Form:
    """Somebody with the form in front of them, signed in."""

    browser: Browser
    listing: Listing
    owning: Organisation
    asking: Organisation
    asker: Member
    token: str = ""

    @property
    def path(self) -> str:
        return f"/listings/{self.listing.id}/contact"


@pytest.fixture
async def form(
    browser: Browser, connection: Connection, an_organisation: AnOrganisation, a_member: AMember
) -> Form:
    owning = await an_organisation("Dosiertechnik Warnow GmbH", trusted=True)
    asking = await an_organisation("Labor Ostsee GmbH")
    asker = await a_member("Anna Asker", of=asking)
    listing = await a_listing(connection, owning, "Dosierpumpen")
    form = Form(browser.sign_in(asker), listing, owning, asking, asker)
    form.token = token_in((await browser.open(form.path)).text)
    return form


async def wrote(
    connection: Connection, form: Form, listing: Listing, message: str = MESSAGE
) -> None:
    async with connection.transaction():
        await contacts.request_contact(
            connection,
            listing_id=listing.id,
            organisation_id=form.asking.id,
            member_id=form.asker.id,
            message=message,
            names_itself=True,
            a_day=100,
            now=NOW,
            cause=Cause.new(),
        )


async def wrote_all_day(connection: Connection, form: Form, settings: ListingsSettings) -> None:
    for number in range(settings.contacts_a_day):
        listing = await a_listing(connection, form.owning, f"Pumpe {number}")
        await wrote(connection, form, listing)


async def acts_for_the_owner_too(connection: Connection, form: Form) -> None:
    await members.join_organisation(
        connection, form.asker.id, form.owning.id, now=NOW, cause=Cause.new()
    )


class TestARefusedMessage:
    async def test_stays_in_the_form_when_the_day_is_full(
        self, form: Form, connection: Connection, settings: ListingsSettings
    ) -> None:
        await wrote_all_day(connection, form, settings)

        answer = await form.browser.send(form.path, message=ANOTHER)

        assert answer.status_code == 429
        assert answer.headers["Retry-After"] == "86400"
        assert "wie erlaubt sind" in answer.text
        assert f"{ANOTHER}</textarea>" in answer.text

    async def test_stays_in_the_form_when_another_waits(
        self, form: Form, connection: Connection
    ) -> None:
        await wrote(connection, form, form.listing)

        fields = {"message": ANOTHER, "form_token": form.token}
        answer = await form.browser.http.post(form.path, data=fields)

        assert answer.status_code == 409
        assert "schon angefragt" in answer.text
        assert f"{ANOTHER}</textarea>" in answer.text

    async def test_stays_in_the_form_when_the_listing_ended_and_shows_it_no_more(
        self, form: Form, connection: Connection
    ) -> None:
        before = await form.browser.open(form.path)
        await connection.execute("update listing set status = 'paused'")

        fields = {"message": ANOTHER, "form_token": form.token}
        answer = await form.browser.http.post(form.path, data=fields)

        assert answer.status_code == 410
        assert "nicht mehr veröffentlicht" in answer.text
        assert f"{ANOTHER}</textarea>" in answer.text
        assert "Dosiertechnik Warnow" in before.text
        assert "Dosiertechnik Warnow" not in answer.text

    async def test_stays_in_the_form_when_it_is_for_oneself(
        self, form: Form, connection: Connection
    ) -> None:
        await acts_for_the_owner_too(connection, form)

        answer = await form.browser.send(
            form.path, message=ANOTHER, organisation_id=str(form.owning.id)
        )

        assert answer.status_code == 409
        assert "Ihrer eigenen Organisation" in answer.text
        assert f"{ANOTHER}</textarea>" in answer.text

    async def test_sent_twice_on_the_day_s_last_click_was_sent(
        self, form: Form, connection: Connection, settings: ListingsSettings
    ) -> None:
        await wrote(connection, form, form.listing)
        await wrote_all_day(connection, form, settings)

        fields = {"message": MESSAGE, "form_token": form.token}
        answer = await form.browser.http.post(form.path, data=fields)

        assert answer.headers["location"] == "/contacts/sent"


class TestWhoAsks:
    async def test_is_never_the_listing_s_own_organisation(
        self,
        form: Form,
        connection: Connection,
        an_organisation: AnOrganisation,
    ) -> None:
        await acts_for_the_owner_too(connection, form)
        third = await an_organisation("Dritte GmbH")
        await members.join_organisation(
            connection, form.asker.id, third.id, now=NOW, cause=Cause.new()
        )

        page = await form.browser.open(form.path)

        assert f'value="{form.asking.id}"' in page.text
        assert f'value="{third.id}"' in page.text
        assert f'value="{form.owning.id}"' not in page.text

    async def test_is_the_only_other_organisation_without_being_chosen(
        self, form: Form, connection: Connection
    ) -> None:
        await acts_for_the_owner_too(connection, form)

        answer = await form.browser.send(form.path, message=MESSAGE)

        assert answer.headers["location"] == "/contacts/sent"
        asked = await connection.fetchval("select requesting_organisation_id from contact")
        assert asked == form.asking.id


async def test_the_header_knows_who_is_signed_in(form: Form, mint_link: MintLink) -> None:
    link = mint_link(LinkPurpose.CONTACT_FORM, form.listing.id, form.asker.id, form.asking.id)

    pages = [await form.browser.open(path) for path in ("/contacts/sent", link)]

    assert all("Anna Asker" in page.text for page in pages)
    assert all('action="/sign-out"' in page.text for page in pages)
