"""Saved searches: kept by the member, compared with each new listing, told once."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from kept_listing_builders import ROSTOCK, START, a_member, a_request, an_offer, as_state, closing

from chassis.envelope import Gone
from matching.searches.search import MOST_SEARCHES
from matching.searches.worker import Searching
from schemas.claims import NO_ORGANISATION, LinkClaims
from schemas.links import LinkPurpose
from schemas.member import MemberState
from schemas.search import SearchHit
from schemas.vocabulary import Visibility

PAGE = "/matching/searches"
Pass = Callable[[], Awaitable[None]]
WANTED = {"words": "Pumpe", "kind": "offer"}


async def a_searcher(matching: Any, **wanted: str) -> MemberState:
    """A member, signed in, who saved one search."""
    member = a_member(uuid4())
    await matching.hears(member)
    matching.signs_in(member)
    if wanted:
        assert (await matching.posts(PAGE, **wanted)).status_code == 303
    return member


@pytest.fixture
def passes(matching: Any, engine: Any) -> Pass:
    worker = matching.a_worker(engine)
    searching = Searching(matching.engines(engine), pool=matching.pool, clock=lambda: matching.now)

    async def a_while() -> None:
        while await worker.turn():
            pass
        while await searching.turn():
            pass

    return a_while


@pytest.mark.model
class TestHits:
    async def test_a_new_listing_that_fits_is_told_once(self, matching: Any, passes: Pass) -> None:
        member, offer = await a_searcher(matching, **WANTED), an_offer()
        await matching.hears(offer, as_state(offer), an_offer("Betten", "Pflegebetten, geprüft."))
        await passes()
        await matching.hears(as_state(offer, revision=2_000))
        await passes()

        (hit,) = await matching.published(SearchHit)
        assert hit.member_id == member.member_id
        assert (hit.listing_id, hit.title) == (offer.listing_id, offer.content.title)
        assert (hit.words, hit.city) == ("Pumpe", "Wismar")
        assert hit.visibility is offer.content.visibility

    async def test_what_was_there_before_is_no_news(self, matching: Any, passes: Pass) -> None:
        offer = an_offer()
        await matching.hears(offer)
        await passes()
        await a_searcher(matching, **WANTED)
        await matching.hears(as_state(offer, revision=2_000))
        await passes()

        assert await matching.published(SearchHit) == []

    @pytest.mark.parametrize(
        ("words", "found"),
        [("Dosierpumpe", True), ("Pumpen für Labore", True), ("Laborbedarf Pumpentechnik", True),
         ("Rotor", False), ("Pflegebetten für Heime", False)],
    )  # fmt: skip
    async def test_one_word_must_stand_there_several_may_be_meant(
        self, matching: Any, passes: Pass, words: str, *, found: bool
    ) -> None:
        await a_searcher(matching, words=words, kind="offer")
        await matching.hears(an_offer())
        await passes()

        assert bool(await matching.published(SearchHit)) is found

    async def test_kind_category_and_place_are_kept(self, matching: Any, passes: Pass) -> None:
        await matching.hears(an_offer("Betten", "Pflegebetten.", place=ROSTOCK))
        await a_searcher(matching)
        for wanted in (
            {"words": "Dosierpumpen", "kind": "request"},
            {"words": "Schlauchpumpen", "kind": "offer", "category": "logistics"},
            {"words": "Pumpe", "kind": "offer", "postcode": "18055", "radius_km": "20"},
            {"words": "Labor", "kind": "offer", "postcode": "18055", "radius_km": "80"},
        ):
            assert (await matching.posts(PAGE, **wanted)).status_code == 303
        await matching.hears(an_offer())
        await passes()

        assert [hit.words for hit in await matching.published(SearchHit)] == ["Labor"]

    async def test_an_anonymous_listing_is_not_found_by_place(
        self, matching: Any, passes: Pass
    ) -> None:
        await matching.hears(an_offer("Betten", "Pflegebetten.", place=ROSTOCK))
        await a_searcher(matching, **WANTED)
        near = WANTED | {"postcode": "18055", "radius_km": "500"}
        assert (await matching.posts(PAGE, **near)).status_code == 303
        await matching.hears(an_offer(visibility=Visibility.ANONYMOUS))
        await passes()

        (hit,) = await matching.published(SearchHit)
        assert hit.city is None

    async def test_what_is_for_members_only_is_told_to_whoever_belongs(
        self, matching: Any, passes: Pass
    ) -> None:
        insider = await a_searcher(matching, **WANTED)
        left = await a_searcher(matching, **WANTED)
        gone = left.model_copy(update={"organisation_ids": (), "revision": left.revision + 1})
        internal, public = an_offer(visibility=Visibility.CLUSTER), an_offer()
        await matching.hears(gone, internal, public)
        await passes()

        hits = await matching.published(SearchHit)
        told = {(hit.member_id, hit.listing_id) for hit in hits}
        assert told == {
            (insider.member_id, internal.listing_id),
            (insider.member_id, public.listing_id),
            (left.member_id, public.listing_id),
        }

    async def test_ones_own_is_no_news(self, matching: Any, passes: Pass) -> None:
        member = await a_searcher(matching, **WANTED)
        await matching.hears(an_offer(organisation_id=member.organisation_ids[0]))
        await passes()

        assert await matching.published(SearchHit) == []

    async def test_what_closed_meanwhile_is_not_told(self, matching: Any, passes: Pass) -> None:
        await a_searcher(matching, **WANTED)
        offer = an_offer()
        await matching.hears(offer, closing(offer))
        await passes()

        assert await matching.published(SearchHit) == []
        assert await matching.value("select compared_at is not null from entered_listing")

    async def test_a_further_need_is_found_too(self, matching: Any, passes: Pass) -> None:
        await a_searcher(matching, words="Gabelstapler", kind="request")
        await matching.hears(a_request(needs=("Gabelstapler für die Halle",)))
        await passes()

        assert len(await matching.published(SearchHit)) == 1


class TestThePage:
    async def test_a_visitor_signs_in(self, matching: Any) -> None:
        page = await matching.http.get(PAGE)

        assert page.status_code == 303
        assert page.headers["location"] == "/sign-in?next=%2Fmatching%2Fsearches"

    async def test_it_lists_what_is_saved_and_deletes_it(self, matching: Any) -> None:
        await matching.hears(an_offer())
        await a_searcher(matching)
        assert "Noch keine." in (await matching.http.get(PAGE)).text
        wanted = WANTED | {"category": "medical", "postcode": "23966", "radius_km": "30"}
        await matching.posts(PAGE, **wanted)
        page = await matching.http.get(PAGE)
        for said in ("„Pumpe“", "Medizintechnik", "im Umkreis von 30 km um 23966"):
            assert said in page.text

        search_id = await matching.value("select search_id from saved_search")
        token = page.text.split('name="form_token" value="')[1].split('"')[0]
        fields = {"form_token": token, "search_id": str(search_id)}
        gone = await matching.http.post(f"{PAGE}/remove", data=fields)
        assert gone.status_code == 303
        assert await matching.value("select count(*) from saved_search") == 0

    async def test_each_button_says_which_search_it_deletes(self, matching: Any) -> None:
        await a_searcher(matching, **WANTED)
        page = await matching.http.get(PAGE)

        assert "Löschen</span>" in page.text
        assert '<span class="site-unseen">: „Pumpe“, Angebote</span></button>' in page.text

    async def test_its_words_stand_in_the_quotation_marks_of_the_reader(
        self, matching: Any
    ) -> None:
        await a_searcher(matching, **WANTED)

        german, english = [await matching.http.get(f"{PAGE}?lang={each}") for each in ("de", "en")]

        assert ("„Pumpe“" in german.text, "“Pumpe”" in german.text) == (True, False)
        assert ("„Pumpe“" in english.text, "“Pumpe”" in english.text) == (False, True)

    async def test_another_members_search_stays(self, matching: Any) -> None:
        await a_searcher(matching, **WANTED)
        search_id = await matching.value("select search_id from saved_search")
        await a_searcher(matching)
        page = await matching.http.get(PAGE)
        token = page.text.split('name="form_token" value="')[1].split('"')[0]
        fields = {"form_token": token, "search_id": str(search_id)}
        await matching.http.post(f"{PAGE}/remove", data=fields)

        assert "„Pumpe“" not in page.text
        assert await matching.value("select count(*) from saved_search") == 1

    async def test_the_same_again_changes_nothing(self, matching: Any) -> None:
        await a_searcher(matching, **WANTED)
        await matching.posts(PAGE, **WANTED)

        assert await matching.value("select count(*) from saved_search") == 1

    @pytest.mark.parametrize(
        "change",
        [{"words": "x"}, {"words": "<b>Pumpe</b>"}, {"words": "x" * 201},
         {"kind": "gift"}, {"postcode": "1805"}, {"postcode": "99999"},
         {"radius_km": "0"}, {"radius_km": "weit"}],
    )  # fmt: skip
    async def test_bad_input_is_refused_in_words(
        self, matching: Any, change: dict[str, str]
    ) -> None:
        await a_searcher(matching)
        refused = await matching.posts(PAGE, **(WANTED | change))

        assert refused.status_code == 422
        assert "Bitte prüfen Sie Ihre Eingaben" in refused.text
        assert await matching.value("select count(*) from saved_search") == 0

    async def test_twenty_are_enough(self, matching: Any) -> None:
        await a_searcher(matching)
        for number in range(MOST_SEARCHES):
            await matching.posts(PAGE, words=f"Pumpe {number}", kind="offer")
        refused = await matching.posts(PAGE, words="noch eine", kind="offer")

        assert refused.status_code == 422
        assert "Sie haben schon 20 Suchen gespeichert" in refused.text

    async def test_with_twenty_the_same_again_is_still_no_new_one(self, matching: Any) -> None:
        await matching.hears(an_offer())
        await a_searcher(matching)
        placed = WANTED | {"category": "medical", "postcode": "23966", "radius_km": "30"}
        await matching.posts(PAGE, **placed)
        for number in range(1, MOST_SEARCHES):
            await matching.posts(PAGE, words=f"Pumpe {number}", kind="offer")

        again = [
            await matching.posts(PAGE, **wanted)
            for wanted in (placed, {"words": "Pumpe 1", "kind": "offer"})
        ]
        other = await matching.posts(PAGE, **(placed | {"radius_km": "31"}))

        assert [answer.status_code for answer in [*again, other]] == [303, 303, 422]
        assert await matching.value("select count(*) from saved_search") == MOST_SEARCHES


class TestTheLinkInAMail:
    async def link(self, matching: Any, link_of: Any, member: MemberState, days: int = 7) -> str:
        claims = LinkClaims(
            object_id=await matching.value("select search_id from saved_search"),
            member_id=member.member_id,
            organisation_id=NO_ORGANISATION,
            expires_at=START + timedelta(days=days),
        )
        link: str = link_of(LinkPurpose.SEARCH, claims)
        return link

    async def test_it_shows_and_its_button_deletes(self, matching: Any, link_of: Any) -> None:
        member = await a_searcher(matching, **WANTED)
        link = await self.link(matching, link_of, member)
        matching.http.cookies.clear()
        assert "„Pumpe“" in (await matching.http.get(link)).text
        assert await matching.value("select count(*) from saved_search") == 1
        removed = await matching.posts(link)

        assert "Die Suche ist gelöscht" in removed.text
        assert await matching.value("select count(*) from saved_search") == 0
        assert (await matching.http.get(link)).status_code == 410

    @pytest.mark.parametrize(
        ("language", "said"),
        [
            ("de", ("Die Suche ist gelöscht", "Dazu schreiben wir Ihnen nicht mehr")),
            ("en", ("The search is deleted", "We no longer write to you about it")),
        ],
    )
    async def test_a_second_click_is_told_that_it_is_deleted(
        self, matching: Any, link_of: Any, *, language: str, said: tuple[str, str]
    ) -> None:
        member = await a_searcher(matching, **WANTED)
        link = await self.link(matching, link_of, member)
        page = await matching.http.get(f"{link}?lang={language}")
        form = {"form_token": page.text.partition('name="form_token" value="')[2].split('"')[0]}
        await matching.http.post(link, data=form)

        again = await matching.http.post(link, data=form)

        assert again.status_code == 200
        assert all(each in again.text for each in said)

    async def test_forged_expired_and_foreign_links_open_nothing(
        self, matching: Any, link_of: Any
    ) -> None:
        member = await a_searcher(matching, **WANTED)
        link = await self.link(matching, link_of, member)
        stranger = await self.link(matching, link_of, a_member(uuid4()))
        expired = await self.link(matching, link_of, member, days=-1)

        forged = await matching.http.get(link[:-4] + "AAAA")
        late = await matching.http.get(expired)

        assert (forged.status_code, late.status_code) == (404, 410)
        assert (await matching.http.get(stranger)).status_code == 410
        for answer in (forged, late):
            assert "Unter „Gespeicherte Suchen“ können Sie die Suche löschen." in answer.text


async def test_an_erased_members_session_opens_nothing(matching: Any) -> None:
    member = await a_searcher(matching)
    before = await matching.http.get(PAGE)
    await matching.hears(Gone(state=MemberState, id=member.member_id, revision=10**12))
    after = await matching.http.get(PAGE)

    assert (before.status_code, after.status_code) == (200, 303)
    assert after.headers["location"] == "/sign-in?next=%2Fmatching%2Fsearches"


async def test_an_erased_members_searches_are_gone(matching: Any) -> None:
    member = await a_searcher(matching, **WANTED)
    await matching.hears(Gone(state=MemberState, id=member.member_id, revision=10**12))

    assert await matching.value("select count(*) from saved_search") == 0


async def test_the_form_brings_what_was_searched_for_elsewhere(matching: Any) -> None:
    await a_searcher(matching)

    page = await matching.http.get(f"{PAGE}?words=Pumpen %26 Ventile&kind=offer&category=unknown")

    assert 'value="Pumpen &amp; Ventile"' in page.text
    assert "checked" in page.text.partition('value="offer"')[2].partition(">")[0]
    assert page.status_code == 200
