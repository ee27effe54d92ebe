"""A keyword or a need that is too long is said to be long, not one of too many."""

import html

import pytest
from listing_builders import WRITTEN
from listings_scene import AMember, AnOrganisation, ATokenOf, Browser

from chassis.database import Connection

LONG = [("tags", "Stichwörter", "x" * 41, 40), ("needs", "Weiterer Bedarf", "x" * 201, 200)]
FALSE = "zu viele Einträge"


@pytest.mark.parametrize(("field", "label", "text", "most"), LONG)
async def test_the_form_says_that_an_entry_is_too_long(
    browser: Browser,
    an_organisation: AnOrganisation,
    a_member: AMember,
    *,
    field: str,
    label: str,
    text: str,
    most: int,
) -> None:
    browser.sign_in(await a_member(of=await an_organisation()))
    answer = await browser.send(
        "/listings/new", **WRITTEN | {"kind": "request", field: text}, act="submit"
    )
    words = html.unescape(answer.text)

    assert answer.status_code == 422
    assert f"Ein Eintrag in „{label}“ ist zu lang: höchstens {most} Zeichen." in words
    assert "Kürzen Sie ihn, oder trennen Sie mehrere wie beim Feld beschrieben." in words
    assert FALSE not in words


@pytest.mark.parametrize(("field", "label", "text", "most"), LONG)
async def test_the_api_says_which(
    browser: Browser,
    a_member: AMember,
    an_organisation: AnOrganisation,
    a_token_of: ATokenOf,
    *,
    connection: Connection,
    field: str,
    label: str,
    text: str,
    most: int,
) -> None:
    bearer = await a_token_of(await a_member(of=await an_organisation(trusted=True)))
    sent = WRITTEN | {"kind": "request", field: ["kurz", text]}
    answer = await browser.http.post("/api/v1/listings", json=sent, headers=bearer)

    (error,) = answer.json()["errors"]
    assert error["pointer"] == f"#/{field}/1"
    assert error["detail"] == f"Ein Eintrag in „{field}“ ist zu lang: höchstens {most} Zeichen."
    assert label not in answer.text
    assert await connection.fetchval("select count(*) from listing") == 0
