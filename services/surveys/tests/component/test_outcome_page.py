"""The page behind the mail's link: GET shows, POST answers once, bad links get a kind word."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from chassis.envelope import Gone
from schemas.contact import ContactAccepted
from schemas.organisation import OrganisationState
from schemas.outcome import OutcomeAsked, OutcomeReported
from schemas.vocabulary import Language


@pytest.fixture
async def asked(surveys: Any, story: Any) -> OutcomeAsked:
    contact: ContactAccepted = story.accepted(story.a_contact())
    owner = contact.owning_organisation_id
    await surveys.hears(
        story.organisation(contact.requesting_organisation_id, name="Hanse-Labor e. K."),
        story.organisation(owner, name="Wismarer Pumpenbau GmbH"),
        contact,
    )
    await surveys.sweep(contact.occurred_at + timedelta(days=7))
    surveys.now = contact.occurred_at + timedelta(days=8)
    questions = await surveys.questions()
    mine: OutcomeAsked = next(
        each for each in questions if each.counterpart_organisation_id == owner
    )
    return mine


async def post(surveys: Any, link: str, **fields: str) -> Any:
    page = await surveys.http.get(f"{link}?change=1")
    token = re.search(r'name="form_token" value="([^"]+)"', page.text)
    assert token is not None
    return await surveys.http.post(link, data={"form_token": token[1], **fields})


async def answers(surveys: Any) -> list[OutcomeReported]:
    published = await surveys.published("outcome.reported")
    return [OutcomeReported.model_validate_json(each) for each in published]


async def test_shows_whom_and_what_it_is_about_and_changes_nothing(
    surveys: Any, asked: OutcomeAsked, linked: Any
) -> None:
    page = await surveys.http.get(linked(asked))

    assert page.status_code == 200
    assert "Ihr Kontakt mit Wismarer Pumpenbau GmbH zu „Dosierpumpen“." in page.text
    assert "für Hanse-Labor e. K." in page.text
    assert page.headers["cache-control"] == "no-store"
    assert await answers(surveys) == []


async def test_reads_on_in_the_language_of_the_mail(
    surveys: Any, story: Any, asked: OutcomeAsked, linked: Any
) -> None:
    in_english = {"language": Language.ENGLISH, "organisation_ids": (asked.organisation_id,)}
    await surveys.hears(story.member(asked.member_id).model_copy(update=in_english))

    page = await surveys.http.get(linked(asked), headers={"Accept-Language": "de"})

    assert page.headers["Content-Language"] == "en"


@pytest.mark.parametrize("open_for", [1, 60], ids=["link expired", "question closed"])
async def test_says_in_the_language_of_the_mail_that_it_is_too_late(
    surveys: Any, story: Any, asked: OutcomeAsked, linked: Any, *, open_for: int
) -> None:
    in_english = {"language": Language.ENGLISH, "organisation_ids": (asked.organisation_id,)}
    await surveys.hears(story.member(asked.member_id).model_copy(update=in_english))
    link = linked(asked, expires_in=timedelta(days=open_for))
    surveys.now = asked.closes_at

    page = await surveys.http.get(link, headers={"Accept-Language": "de"})

    assert (page.status_code, page.headers["Content-Language"]) == (410, "en")


async def test_one_tap_answers(surveys: Any, asked: OutcomeAsked, linked: Any) -> None:
    answered = await post(surveys, linked(asked), outcome="order")

    assert answered.status_code == 303
    page = await surveys.http.get(answered.headers["location"])
    assert "Es gibt einen Auftrag" in page.text
    assert "Damit fragen wir zu diesem Kontakt nicht mehr nach." in page.text
    (reported,) = await answers(surveys)
    assert (reported.question_id, reported.outcome, reported.final) == (
        asked.question_id, "order", True,
    )  # fmt: skip
    assert await surveys.value("select count(*) from ledger where type = 'outcome.reported'") == 1


async def test_nothing_is_asked_why(surveys: Any, asked: OutcomeAsked, linked: Any) -> None:
    why = await post(surveys, linked(asked), outcome="nothing")

    assert why.status_code == 200
    assert "Woran lag es?" in why.text
    assert await answers(surveys) == []

    await post(surveys, linked(asked), outcome="nothing", reason="price")

    (reported,) = await answers(surveys)
    assert (reported.outcome, reported.reason) == ("nothing", "price")


async def test_the_same_answer_twice_is_one(surveys: Any, asked: OutcomeAsked, linked: Any) -> None:
    await post(surveys, linked(asked), outcome="talked")
    await post(surveys, linked(asked), outcome="talked")

    assert len(await answers(surveys)) == 1


async def test_an_answer_can_be_corrected_until_closing(
    surveys: Any, asked: OutcomeAsked, linked: Any
) -> None:
    await post(surveys, linked(asked), outcome="talked")
    await post(surveys, linked(asked), outcome="quote")

    assert [each.outcome for each in await answers(surveys)] == ["talked", "quote"]
    link = linked(asked, expires_in=timedelta(days=60))
    change = await surveys.http.get(f"{link}?change=1")
    token = re.search(r'name="form_token" value="([^"]+)"', change.text)
    assert token is not None
    surveys.now = asked.closes_at
    page = await surveys.http.get(link)
    assert page.status_code == 200
    assert "Antwort ändern" not in page.text
    late = await surveys.http.post(link, data={"form_token": token[1], "outcome": "order"})
    assert late.status_code == 410
    assert len(await answers(surveys)) == 2


async def test_is_open_until_the_end_of_the_day_it_names(
    surveys: Any, asked: OutcomeAsked, linked: Any
) -> None:
    link = linked(asked, expires_in=asked.closes_at - asked.occurred_at)
    page = await surveys.http.get(link)
    assert "Offen bis zum 30. März 2026." in page.text
    berlin = ZoneInfo("Europe/Berlin")

    surveys.now = datetime(2026, 3, 30, 23, 59, tzinfo=berlin)
    assert (await post(surveys, link, outcome="talked")).status_code == 303

    surveys.now = datetime(2026, 3, 31, tzinfo=berlin)
    assert (await surveys.http.get(link)).status_code == 410


async def test_the_page_speaks_english(surveys: Any, asked: OutcomeAsked, linked: Any) -> None:
    page = await surveys.http.get(f"{linked(asked)}?lang=en")

    assert "What came of your contact?" in page.text
    assert "daraus" not in page.text


class TestRefusals:
    @pytest.mark.parametrize("token", ["x", "AAAA", "a" * 110, "%00", "Ä" * 20, "b" * 5000])
    async def test_a_forged_link_says_what_to_do(self, surveys: Any, token: str) -> None:
        page = await surveys.http.get(f"/surveys/outcomes/{token}")

        assert page.status_code in (404, 422)
        assert "<h1" in page.text

    async def test_a_changed_link_is_forged(
        self, surveys: Any, asked: OutcomeAsked, linked: Any
    ) -> None:
        link = linked(asked)
        changed = link[:-3] + ("AAA" if link[-3:] != "AAA" else "BBB")

        page = await surveys.http.get(changed)

        assert page.status_code == 404
        assert "direkt aus der E-Mail" in page.text

    async def test_an_expired_link_is_gone(
        self, surveys: Any, asked: OutcomeAsked, linked: Any
    ) -> None:
        page = await surveys.http.get(linked(asked, expires_in=timedelta(hours=1)))

        assert page.status_code == 410
        assert "Diese Frage ist abgeschlossen" in page.text

    async def test_an_erased_counterpart_closes_the_question(
        self, surveys: Any, asked: OutcomeAsked, linked: Any
    ) -> None:
        gone = asked.counterpart_organisation_id
        await surveys.hears(Gone(state=OrganisationState, id=gone, revision=10**12))

        assert (await surveys.http.get(linked(asked))).status_code == 410

    async def test_another_members_link_opens_nothing(
        self, surveys: Any, asked: OutcomeAsked, linked: Any
    ) -> None:
        foreign = asked.model_copy(update={"member_id": uuid4()})

        assert (await surveys.http.get(linked(foreign))).status_code == 410

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"outcome": ""},
            {"outcome": "riches"},
            {"outcome": "nothing", "reason": "because"},
            {"outcome": "order\x00"},
            {"outcome": "x" * 10_000},
        ],
    )
    async def test_a_bad_answer_is_refused_in_words(
        self, surveys: Any, asked: OutcomeAsked, linked: Any, fields: dict[str, str]
    ) -> None:
        refused = await post(surveys, linked(asked), **fields)

        assert refused.status_code == 422
        assert await answers(surveys) == []

    async def test_without_the_forms_token_nothing_is_answered(
        self, surveys: Any, asked: OutcomeAsked, linked: Any
    ) -> None:
        refused = await surveys.http.post(linked(asked), data={"outcome": "order"})

        assert refused.status_code == 403
        assert await answers(surveys) == []
