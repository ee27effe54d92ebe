"""Many held mails are decided about at once, by an operator and only by POST."""

import re
from uuid import UUID, uuid4

import httpx
import pytest
from notification_builders import Builders
from notification_scene import Exchange, session_of

PAGE = "/notifications/mails/held"


@pytest.fixture
async def operator(exchange: Exchange, make: Builders, browser: httpx.AsyncClient) -> None:
    member = make.a_member("Rita", roles=("moderator",))
    await exchange.hears(member)
    browser.cookies.set("session", session_of(member.member_id))


@pytest.fixture
async def held(exchange: Exchange, make: Builders) -> list[UUID]:
    """Three, the oldest first."""
    for _ in range(3):
        await exchange.hears(make.a_sign_in())
    await exchange.rows("update mail set state = 'held'")
    return [row["id"] for row in await exchange.rows("select id from mail order by created_at")]


async def decides(
    browser: httpx.AsyncClient, decision: str, *mail_ids: UUID, **more: str
) -> httpx.Response:
    page = await browser.get(PAGE, params=more)
    token = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert token is not None, page.text
    chosen = {"mail_ids": [str(each) for each in mail_ids]}
    return await browser.post(
        PAGE, data={"form_token": token[1], "decision": decision, **chosen}, params=more
    )


def ticked(page: str) -> list[str]:
    return re.findall(r'name="mail_ids" value="([^"]+)" checked', page)


@pytest.mark.usefixtures("operator")
async def test_the_chosen_go_out_and_the_others_wait(
    exchange: Exchange, browser: httpx.AsyncClient, held: list[UUID]
) -> None:
    answer = await decides(browser, "release", *held[:2])
    await exchange.sends_all()

    assert answer.status_code == 303
    assert sorted(await exchange.states()) == ["held", "sent", "sent"]
    page = await browser.get(answer.headers["Location"])
    assert "Über 2 E-Mails ist entschieden" in page.text


@pytest.mark.usefixtures("operator")
async def test_the_chosen_are_dropped_and_each_decision_is_recorded(
    exchange: Exchange, browser: httpx.AsyncClient, held: list[UUID]
) -> None:
    await decides(browser, "discard", *held)

    assert await exchange.states() == ["suppressed"] * 3
    recorded = await exchange.rows("select command from operator_action")
    assert {row["command"] for row in recorded} == {f"discard mail {each}" for each in held}


@pytest.mark.usefixtures("operator")
async def test_one_decided_about_meanwhile_is_passed_over_and_said(
    exchange: Exchange, browser: httpx.AsyncClient, held: list[UUID]
) -> None:
    await decides(browser, "discard", held[0])

    answer = await decides(browser, "release", *held)

    page = await browser.get(answer.headers["Location"])
    assert "Über 2 E-Mails ist entschieden" in page.text
    assert "Über die übrigen war inzwischen entschieden" in page.text
    assert sorted(await exchange.states()) == ["pending", "pending", "suppressed"]


@pytest.mark.usefixtures("operator")
async def test_where_all_were_it_says_that_nothing_changed(
    browser: httpx.AsyncClient, held: list[UUID]
) -> None:
    await decides(browser, "discard", held[0])

    answer = await decides(browser, "discard", held[0])

    assert "Nichts wurde geändert" in (await browser.get(answer.headers["Location"])).text


@pytest.mark.usefixtures("operator", "held")
@pytest.mark.parametrize(
    ("decision", "chosen"), [("release", ()), ("burn", (uuid4(),))], ids=["nothing", "unknown"]
)
async def test_bad_input_is_refused_in_words(
    exchange: Exchange, browser: httpx.AsyncClient, decision: str, chosen: tuple[UUID, ...]
) -> None:
    answer = await decides(browser, decision, *chosen)

    assert answer.status_code == 422
    assert "Bitte prüfen Sie Ihre Eingaben" in answer.text
    assert await exchange.states() == ["held"] * 3


@pytest.mark.usefixtures("operator")
async def test_all_can_be_ticked_without_script(
    browser: httpx.AsyncClient, held: list[UUID]
) -> None:
    nothing = await browser.get(PAGE)
    everything = await browser.get(PAGE, params={"selected": "all"})

    assert ticked(nothing.text) == []
    assert ticked(everything.text) == [str(each) for each in held]


@pytest.mark.usefixtures("operator")
async def test_without_any_the_page_says_so(browser: httpx.AsyncClient) -> None:
    assert "Keine E-Mail wartet auf Ihre Entscheidung." in (await browser.get(PAGE)).text


async def test_nobody_but_an_operator_decides(
    exchange: Exchange, browser: httpx.AsyncClient, make: Builders, held: list[UUID]
) -> None:
    member = make.a_member("Kim")
    await exchange.hears(member)
    browser.cookies.set("session", session_of(member.member_id))

    answer = await browser.post(PAGE, data={"decision": "release", "mail_ids": [str(held[0])]})

    assert answer.status_code == 403
    assert await exchange.states() == ["held"] * 3
