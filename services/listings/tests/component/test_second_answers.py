"""A contact answered twice: the same answer again leads to the contact, another is refused."""

from uuid import UUID

import pytest
from listing_builders import a_listing
from listings_scene import NOW, AMember, AnOrganisation, Browser, MintLink, Published, token_in

from chassis.cause import Cause
from chassis.database import Connection
from listings.contacts import commands
from schemas.links import LinkPurpose


@pytest.fixture(params=["link", "area"])
async def here(
    *,
    request: pytest.FixtureRequest,
    browser: Browser,
    connection: Connection,
    an_organisation: AnOrganisation,
    a_member: AMember,
    mint_link: MintLink,
) -> str:
    """Where the owner, signed in, is asked: by the mail's link or in their area."""
    owning = await an_organisation("Dosiertechnik Warnow GmbH", trusted=True)
    asking = await an_organisation("Labor Ostsee GmbH")
    owner, asker = await a_member("Olaf Owner", of=owning), await a_member("Anna Asker", of=asking)
    listing = await a_listing(connection, owning, "Dosierpumpen")
    async with connection.transaction():
        contact = await commands.request_contact(
            connection,
            listing_id=listing.id,
            organisation_id=asking.id,
            member_id=asker.id,
            message="Wir suchen zwölf Dosierpumpen bis Ende März.",
            names_itself=True,
            a_day=5,
            now=NOW,
            cause=Cause.new(),
        )
    browser.sign_in(owner)
    if request.param == "area":
        return f"/my/contacts/{contact.id}"
    return mint_link(LinkPurpose.CONTACT, UUID(str(contact.id)), owner.id, owning.id)


async def clicked(browser: Browser, here: str, *answers: dict[str, str]) -> list[tuple[int, str]]:
    """Each answer in turn, all from the page as it was before the first: status and way."""
    token = token_in((await browser.open(here)).text)
    answered = [
        await browser.http.post(
            f"{here}/{'decline' if answer else 'accept'}", data={**answer, "form_token": token}
        )
        for answer in answers
    ]
    return [(each.status_code, each.headers.get("location", "")) for each in answered]


YES: dict[str, str] = {}
NO = {"reason": "other", "explanation": "Wir ziehen gerade um."}


@pytest.mark.parametrize("answer", [YES, NO])
async def test_the_same_answer_again_leads_where_the_first_led(
    browser: Browser, here: str, published: Published, answer: dict[str, str]
) -> None:
    ways = await clicked(browser, here, answer, answer)

    said = await published("contact.declined") + await published("contact.accepted")
    assert ways == [(303, here), (303, here)]
    assert len(said) == 1


@pytest.mark.parametrize(("first", "second"), [(YES, NO), (NO, YES), (NO, {"reason": "region"})])
async def test_another_answer_than_the_one_that_stands_is_refused(
    browser: Browser, here: str, first: dict[str, str], second: dict[str, str]
) -> None:
    ways = await clicked(browser, here, first, second)

    assert ways == [(303, here), (409, "")]


@pytest.mark.parametrize(
    ("first", "second", "stands"),
    [
        (YES, NO, ("Zugesagt", "Anna Asker")),
        (NO, YES, ("Abgesagt", "Wir ziehen gerade um.")),
        (NO, {"reason": "region"}, ("Abgesagt", "Wir ziehen gerade um.")),
    ],
)
async def test_another_answer_reads_what_stands(
    browser: Browser,
    here: str,
    first: dict[str, str],
    second: dict[str, str],
    stands: tuple[str, str],
) -> None:
    token = token_in((await browser.open(here)).text)
    pages = [
        await browser.http.post(
            f"{here}/{'decline' if answer else 'accept'}", data={**answer, "form_token": token}
        )
        for answer in (first, second)
    ]

    assert "Ihr Klick hat nichts geändert." in pages[1].text
    assert all(each in pages[1].text for each in stands)
    assert f'action="{here}' not in pages[1].text


@pytest.mark.parametrize("answer", ["accept", "decline"])
async def test_a_refused_answer_in_the_other_language_leads_to_the_contact(
    browser: Browser, here: str, answer: str
) -> None:
    chosen = await browser.open(f"{here}/{answer}?lang=en")
    page = await browser.open(chosen.headers["location"])

    assert (chosen.status_code, chosen.headers["location"]) == (303, f"{here}?lang=en")
    assert 'lang="en"' in page.text


async def test_the_header_knows_who_is_signed_in(browser: Browser, here: str) -> None:
    page = await browser.open(here)

    assert "Olaf Owner" in page.text
    assert 'action="/sign-out"' in page.text
