"""Who would fit: told to the signed-in member, by page and by JSON, and kept nowhere."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from kept_listing_builders import a_member, a_request, an_offer, an_organisation, closing

from chassis.web.rate_limit import Buckets
from matching.listing_text import ListingText
from matching.preview.draft import Draft
from matching.preview.fitters import LIMIT, Fitters
from matching.preview.nearby import Nearby
from matching.shared_index import SharedIndex
from schemas.member import MemberState
from schemas.vocabulary import Role, Visibility

DRAFT = {
    "kind": "request",
    "title": "Dosierpumpen gesucht",
    "description": "Für ein Laborgerät suchen wir dringend präzise Dosierpumpen, 200 Stück.",
    "category": "medical",
}
API = "/matching/api/v1/preview"
PAGE = "/matching/preview"


async def a_signed_in_member(matching: Any, *organisation_ids: Any) -> MemberState:
    member = a_member(an_offer().organisation_id)
    if organisation_ids:
        member = member.model_copy(update={"organisation_ids": organisation_ids})
    await matching.hears(member)
    matching.signs_in(member)
    return member


async def matched(matching: Any, engine: Any, events: Sequence[Any]) -> None:
    await matching.hears(*events)
    worker = matching.a_worker(engine)
    while await worker.turn():
        pass


@pytest.mark.model
class TestWithListings:
    async def test_the_best_counterparts_come_with_reasons(
        self, matching: Any, engine: Any
    ) -> None:
        offer = an_offer()
        others = [an_offer("Pflegebetten", "Gebrauchte Pflegebetten, geprüft."), a_request()]
        named = an_organisation(offer.organisation_id, "Wismarer Pumpenbau GmbH")
        await matched(matching, engine, [named, offer, *others])
        await a_signed_in_member(matching)
        answer = await matching.http.post(API, json=DRAFT)

        assert answer.status_code == 200
        (found,) = answer.json()["counterparts"]
        assert found["listing_id"] == str(offer.listing_id)
        assert found["organisation"] == "Wismarer Pumpenbau GmbH"
        assert found["strength"] == "strong"
        assert found["strength_in_words"] == "Passt wahrscheinlich gut"
        assert any("umpen" in said for said in found["reasons_in_words"])
        assert await matching.value("select count(*) from listing") == 3

    async def test_an_anonymous_counterpart_names_nobody(self, matching: Any, engine: Any) -> None:
        offer = an_offer(visibility=Visibility.ANONYMOUS)
        named = an_organisation(offer.organisation_id, "Wismarer Pumpenbau GmbH")
        await matched(matching, engine, [named, offer])
        await a_signed_in_member(matching)
        answer = await matching.http.post(API, json=DRAFT)

        (found,) = answer.json()["counterparts"]
        assert (found["organisation"], found["city"]) == (None, None)
        assert "Wismar" not in answer.text

    async def test_where_a_counterpart_is_is_no_reason(self, matching: Any, engine: Any) -> None:
        offer = an_offer("Dosierpumpen aus Wismar", "Präzise Dosierpumpen, ab Lager in Wismar.")
        await matched(matching, engine, [offer])
        await a_signed_in_member(matching)
        draft = DRAFT | {"title": "Dosierpumpen in Wismar gesucht"}

        answer = await matching.http.post(API, json=draft)

        (found,) = answer.json()["counterparts"]
        said = [each["request_word"] for each in found["reasons"]["words"]]
        assert "Dosierpumpen" in said
        assert "Wismar" not in said

    @pytest.mark.parametrize("by_index", [True, False])
    async def test_what_is_for_members_only_is_shown_to_whoever_belongs(
        self, *, matching: Any, engine: Any, by_index: bool
    ) -> None:
        internal = an_offer(visibility=Visibility.CLUSTER)
        anonymous = an_offer("Dosierpumpen, gebraucht", visibility=Visibility.ANONYMOUS)
        await matched(matching, engine, [internal, anonymous])
        index = matching.runtime.settings.shared_index if by_index else SharedIndex()
        fitters = Fitters(
            matching.engines(engine),
            Nearby(index, matching.pool),
            pool=matching.pool,
            clock=lambda: matching.now,
            buckets=Buckets(b"key"),
        )
        draft, member = Draft.model_validate(DRAFT), a_member(uuid4())
        stranger = member.model_copy(update={"organisation_ids": ()})
        broker = stranger.model_copy(update={"roles": (Role.MEMBER, Role.BROKER)})

        to_member, to_stranger, to_broker = [
            {each.listing.listing_id for each in await fitters.fitting(draft, reader)}
            for reader in (member, stranger, broker)
        ]

        assert to_member == to_broker == {internal.listing_id, anonymous.listing_id}
        assert to_stranger == {anonymous.listing_id}

    async def test_all_are_looked_at_and_only_the_newest_without_an_index(
        self, matching: Any, engine: Any
    ) -> None:
        offer = an_offer()
        newer = an_offer("Pflegebetten", "Gebrauchte Pflegebetten, geprüft.", revision=2_000)
        await matched(matching, engine, [offer, newer])
        member = await a_signed_in_member(matching)
        draft = Draft.model_validate(DRAFT)

        def fitters(index: SharedIndex) -> Fitters:
            return Fitters(
                matching.engines(engine),
                Nearby(index, matching.pool, newest=1),
                pool=matching.pool,
                clock=lambda: matching.now,
                buckets=Buckets(b"key"),
            )

        by_index = await fitters(matching.runtime.settings.shared_index).fitting(draft, member)
        without = await fitters(SharedIndex()).fitting(draft, member)

        assert [each.listing.listing_id for each in by_index] == [offer.listing_id]
        assert without == ()

    async def test_what_closed_since_the_index_read_it_is_left_out(
        self, matching: Any, engine: Any
    ) -> None:
        offer = an_offer()
        await matched(matching, engine, [offer])
        await a_signed_in_member(matching)
        await matching.hears(closing(offer))
        answer = await matching.http.post(API, json=DRAFT)

        assert answer.json() == {"counterparts": []}

    async def test_while_the_index_is_replaced_it_answers_all_the_same(
        self, matching: Any, engine: Any
    ) -> None:
        offer = an_offer()
        await matching.hears(offer)
        worker = matching.a_worker(engine)
        while await worker.turn():
            pass
        await a_signed_in_member(matching)
        using = await worker.version.under(engine)
        using.live.close()
        answer = await matching.http.post(API, json=DRAFT)

        (found,) = answer.json()["counterparts"]
        assert found["listing_id"] == str(offer.listing_id)

    async def test_ones_own_listings_are_left_out(self, matching: Any, engine: Any) -> None:
        offer = an_offer()
        await matched(matching, engine, [offer])
        await a_signed_in_member(matching, offer.organisation_id)
        answer = await matching.http.post(API, json=DRAFT)

        assert answer.json() == {"counterparts": []}

    async def test_what_a_draft_rules_out_is_not_shown(self, matching: Any, engine: Any) -> None:
        await matched(matching, engine, [an_offer(tags=("Schlauchpumpen",))])
        await a_signed_in_member(matching)
        ruling = f"{DRAFT['description']} Keine Schlauchpumpen."
        needing = DRAFT | {"description": ruling, "needs": ["Dosierpumpen für Labore"]}
        answers = [
            await matching.http.post(API, json=draft)
            for draft in (DRAFT, DRAFT | {"description": ruling}, needing)
        ]

        assert [len(each.json()["counterparts"]) for each in answers] == [1, 0, 1]

    async def test_what_a_stored_request_rules_out_is_not_shown(
        self, matching: Any, engine: Any
    ) -> None:
        await matched(matching, engine, [a_request(description="Präzise, keine Schlauchpumpen.")])
        await a_signed_in_member(matching, uuid4())
        draft = {"kind": "offer", "title": "Dosierpumpen für Labore"}
        plain = await matching.http.post(API, json=draft)
        ruled_out = await matching.http.post(API, json=draft | {"tags": ["Schlauchpumpen"]})

        assert len(plain.json()["counterparts"]) == 1
        assert ruled_out.json() == {"counterparts": []}

    async def test_a_further_need_finds_its_own_counterpart(
        self, matching: Any, engine: Any
    ) -> None:
        offer = an_offer()
        await matched(matching, engine, [offer])
        await a_signed_in_member(matching)
        draft = {"kind": "request", "title": "Pflegebetten gebraucht", "needs": ["Dosierpumpen"]}
        answer = await matching.http.post(API, json=draft)

        (found,) = answer.json()["counterparts"]
        assert found["listing_id"] == str(offer.listing_id)

    async def test_the_page_says_it_in_words_and_a_part_comes_alone(
        self, matching: Any, engine: Any
    ) -> None:
        await matched(matching, engine, [an_offer()])
        await a_signed_in_member(matching)
        token = await a_token(matching)
        page = await matching.http.post(PAGE, data=DRAFT | token)
        part = await matching.http.post(f"{PAGE}?part=1&lang=en", data=DRAFT | token)

        assert page.status_code == part.status_code == 200
        for said in ("Wer würde passen?", "Dosierpumpen für Labore", "gespeichert ist nichts"):
            assert said in page.text
        assert "Who would fit?" in part.text
        assert "<html" not in part.text

    @pytest.mark.parametrize(
        ("missing", "said"),
        [
            (-0.1, "Zu Ihrem Entwurf gibt es schon Einträge."),
            (0.4, "Wirklich passt noch kein Eintrag; am ähnlichsten sind diese."),
            (0.6, "Noch passt kein Eintrag dazu."),
        ],
    )
    async def test_what_nearly_fits_is_told_from_what_fits_and_what_does_not(
        self, *, matching: Any, engine: Any, missing: float, said: str
    ) -> None:
        offer = an_offer()
        written = {"title": offer.content.title, "description": offer.content.description}
        own = text_of(DRAFT | written | {"kind": "offer"})
        (score,) = engine.scores(engine.analyse(text_of(DRAFT)), [engine.analyse(own)])
        stricter = replace(engine, threshold=score.d + missing)
        await matched(matching, stricter, [offer])
        await a_signed_in_member(matching)
        page = await matching.http.post(PAGE, data=DRAFT | await a_token(matching))

        assert said in page.text
        assert (offer.content.title in page.text) == (missing < 0.5)


def text_of(draft: dict[str, str]) -> ListingText:
    return Draft.model_validate(draft).texts()[0]


async def a_token(matching: Any) -> dict[str, str]:
    """The form token that any page of the origin hands out."""
    page = await matching.http.get("/matching/searches")
    return {"form_token": page.text.split('name="form_token" value="')[1].split('"')[0]}


async def test_a_visitor_is_told_to_sign_in(matching: Any) -> None:
    assert (await matching.http.post(API, json=DRAFT)).status_code == 401


async def test_a_bearer_header_does_not_borrow_the_session(matching: Any) -> None:
    await a_signed_in_member(matching)
    answer = await matching.http.post(API, json=DRAFT, headers={"Authorization": "Bearer x"})

    assert answer.status_code == 401


async def test_without_the_forms_token_no_page(matching: Any) -> None:
    await a_signed_in_member(matching)

    assert (await matching.http.post(PAGE, data=DRAFT)).status_code == 403


@pytest.mark.parametrize(
    ("change", "field"),
    [({"kind": "gift"}, "kind"), ({"title": ""}, "title"), ({"title": "x" * 121}, "title"),
     ({"description": "x" * 4001}, "description"), ({"tags": ["x"] * 2 + ["y" * 41]}, "tags"),
     ({"needs": [f"Bedarf {n}" for n in range(11)]}, "needs"),
     ({"title": "Pumpen <b>dringend</b>"}, "title"), ({"needs": ["<br>Schläuche"]}, "needs"),
     ({"description": "Wir suchen <script>alert(1)</script>"}, "description"),
     ({"tags": ["<i>Pumpe</i>"]}, "tags"), ({"category": "<!-- -->"}, "category")],
)  # fmt: skip
async def test_a_bad_draft_is_refused_with_its_field(
    matching: Any, change: dict[str, object], field: str
) -> None:
    await a_signed_in_member(matching)
    refused = await matching.http.post(API, json=DRAFT | change)

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["field"].startswith(field)


async def test_html_is_refused_on_the_page_as_in_the_form_of_listings(matching: Any) -> None:
    await a_signed_in_member(matching)
    token = await a_token(matching)
    refused = await matching.http.post(
        f"{PAGE}?part=1", data=DRAFT | token | {"description": "Pumpen <b>dringend</b>"}
    )

    assert refused.status_code == 422
    assert "<b>dringend" not in refused.text
    assert "„Beschreibung“ enthält HTML. Schreiben Sie reinen Text" in refused.text
    assert 'href="#' not in refused.text
    assert "Ein Titel genügt" not in refused.text


async def test_without_an_engine_it_says_when_to_come_back(matching: Any) -> None:
    await a_signed_in_member(matching)
    answer = await matching.http.post(API, json=DRAFT)

    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"


async def test_too_many_previews_wait(matching: Any) -> None:
    await a_signed_in_member(matching)
    for _ in range(LIMIT):
        assert (await matching.http.post(API, json=DRAFT)).status_code != 429

    assert (await matching.http.post(API, json=DRAFT)).status_code == 429
