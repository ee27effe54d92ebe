"""Pages of listings over HTTP: who sees what, and the form from first try to publication."""

import asyncio
import html
import re
from uuid import uuid4

import httpx
import pytest
from listing_builders import WRITTEN, a_listing, as_stored, said
from listings_scene import AMember, AnOrganisation, Browser, MintLink, Published, token_in

from chassis.cause import Cause
from chassis.database import Connection
from listings.members.commands import join_organisation
from schemas.links import LinkPurpose
from schemas.listing import ListingClosed
from schemas.vocabulary import ClosingReason, Language, ListingStatus, Visibility


async def count(connection: Connection) -> int:
    number: int = await connection.fetchval("select count(*) from listing")
    return number


def changes_in(page: httpx.Response) -> str:
    """Which text the form says it changes."""
    found = re.search(r'name="changes" value="([0-9a-f]{64})"', page.text)
    assert found is not None, page.text[:2000]
    return found[1]


class TestList:
    @pytest.mark.parametrize(
        "words", ["dosierpumpe", "pumpen", "Dosirpumpen", "DOSIERPUMPEN labor"]
    )
    async def test_finds_inflected_partial_and_misspelt_words(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        words: str,
    ) -> None:
        organisation = await an_organisation(trusted=True)
        await a_listing(connection, organisation, "Dosierpumpen für das Labor")
        await a_listing(connection, organisation, "Zentrifugen mit Kühlung")

        page = await browser.open(f"/listings?q={words}")

        assert "Dosierpumpen für das Labor" in page.text
        assert "Zentrifugen" not in page.text

    async def test_filters_by_kind_and_category(
        self, browser: Browser, connection: Connection, an_organisation: AnOrganisation
    ) -> None:
        organisation = await an_organisation(trusted=True)
        await a_listing(connection, organisation, "Dosierpumpen")
        await a_listing(connection, organisation, "Zentrifuge gesucht", kind="request")

        requests = await browser.open("/listings?kind=request&category=laboratory")
        elsewhere = await browser.open("/listings?category=diagnostics")

        assert "Zentrifuge gesucht" in requests.text
        assert "Dosierpumpen" not in requests.text
        assert "Dazu gibt es gerade nichts" in elsewhere.text

    async def test_a_search_can_be_saved_with_what_was_asked(self, browser: Browser) -> None:
        page = await browser.open("/listings?q=Pumpen+%26+Ventile&kind=offer")

        address = "/matching/searches?words=Pumpen+%26+Ventile&amp;kind=offer&amp;category="
        assert f'href="{address}"' in page.text

    async def test_unknown_filters_and_odd_words_break_nothing(self, browser: Browser) -> None:
        for query in ("?kind=x&category=y", "?q=%25_%5C'%3B--", "?q=a+%26+%7C+%21", "?page=9"):
            assert (await browser.open(f"/listings{query}")).status_code == 200
        assert (await browser.open("/listings?page=0")).status_code == 422
        assert (await browser.open(f"/listings?q={'x' * 101}")).status_code == 422

    async def test_cluster_listings_are_for_members_and_counted_for_members_only(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        organisation = await an_organisation(trusted=True)
        listing = await a_listing(
            connection, organisation, "Vertrauliche Pumpen", visibility=Visibility.CLUSTER
        )

        visitor = [await browser.open(path) for path in ("/", "/listings", "/listings?q=Pumpen")]
        refused = await browser.open(f"/listings/{listing.id}")
        browser.sign_in(await a_member(of=await an_organisation("Labor Ostsee GmbH")))
        member = await browser.open("/listings?q=Pumpen")

        assert not any("Vertrauliche" in page.text for page in visitor)
        assert "(1)" not in visitor[1].text
        assert refused.status_code == 303
        assert "Vertrauliche Pumpen" in member.text
        assert "(1)" in member.text

    async def test_an_anonymous_listing_names_nobody_anywhere(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        organisation = await an_organisation("Geheimlabor Warnow GmbH", trusted=True)
        listing = await a_listing(
            connection, organisation, "Pumpen", visibility=Visibility.ANONYMOUS
        )
        paths = (
            "/",
            "/listings",
            f"/listings/{listing.id}",
            "/api/v1/listings",
            f"/api/v1/listings/{listing.id}",
        )

        pages = [await browser.open(path) for path in paths]
        by_name = await browser.open("/listings?q=Geheimlabor")
        browser.sign_in(await a_member())
        as_member = await browser.open(f"/listings/{listing.id}")

        assert all("Pumpen" in page.text for page in pages)
        assert not any(
            word in page.text
            for page in (*pages, as_member)
            for word in ("Geheimlabor", "18055", "Rostock", str(organisation.id))
        )
        assert "Dazu gibt es gerade nichts" in by_name.text


class TestForm:
    async def test_a_visitor_is_sent_to_sign_in_and_comes_back(self, browser: Browser) -> None:
        answer = await browser.open("/listings/new?kind=offer")

        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/sign-in?next=%2Flistings%2Fnew")

    async def test_an_offer_is_written_checked_and_released(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        browser.sign_in(await a_member(of=await an_organisation()))

        sent = await browser.send("/listings/new", **WRITTEN, postcode="18055", act="submit")

        own = await browser.open(sent.headers["location"])
        assert sent.status_code == 303
        assert "Ihr Eintrag wird geprüft" in own.text
        assert await said(connection) == []
        (listing_id,) = [row["id"] for row in await connection.fetch("select id from listing")]
        assert (await as_stored(connection, listing_id)).content.place is not None

    async def test_a_draft_is_kept_changed_and_sent(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        browser.sign_in(await a_member(of=await an_organisation(trusted=True)))

        sent = await browser.send("/listings/new", **WRITTEN, act="draft")
        path = sent.headers["location"]
        written = WRITTEN | {"title": "Andere Pumpen", "needs": "Schläuche\nMontage"}
        await browser.send(f"{path}/edit", **written, act="submit")

        page = await browser.open(path)
        assert "Andere Pumpen" in page.text
        assert "Ihr Eintrag ist veröffentlicht" in page.text
        assert (await said(connection))[0] == "listing.created.v1"
        edit = await browser.open(f"{path}/edit")
        assert "Schläuche\nMontage</textarea>" in edit.text

    async def test_a_first_day_that_passed_meanwhile_may_stay_and_no_other_past_day(
        self, browser: Browser, an_organisation: AnOrganisation, a_member: AMember
    ) -> None:
        browser.sign_in(await a_member(of=await an_organisation(trusted=True)))
        today, past = browser.clock().date().isoformat(), "2027-01-30"
        written = WRITTEN | {"available_from": today}
        path = (await browser.send("/listings/new", **written)).headers["location"]
        browser.clock.advance(days=5)

        kept = await browser.send(f"{path}/edit", **written | {"title": "Andere Pumpen"})
        other = await browser.send(f"{path}/edit", **written | {"available_from": past})

        assert kept.status_code == 303
        assert "Andere Pumpen" in (await browser.open(path)).text
        assert other.status_code == 422
        assert "„Verfügbar ab“ liegt in der Vergangenheit." in html.unescape(other.text)

    async def test_what_a_colleague_changed_meanwhile_is_not_overwritten_unseen(
        self,
        browser: Browser,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        browser.sign_in(await a_member(of=await an_organisation(trusted=True)))
        path = (await browser.send("/listings/new", **WRITTEN, act="draft")).headers["location"]
        seen = changes_in(await browser.open(f"{path}/edit"))
        colleagues, mine = WRITTEN | {"title": "Andere Pumpen"}, WRITTEN | {"title": "Meine Pumpen"}
        await browser.send(f"{path}/edit", **colleagues, changes=seen, act="draft")

        refused = await browser.send(f"{path}/edit", **mine, changes=seen, act="draft")
        between = await browser.open(path)
        meant = await browser.send(f"{path}/edit", **mine, changes=changes_in(refused), act="draft")

        assert refused.status_code == 409
        assert "Der Eintrag wurde geändert, während Sie schrieben." in refused.text
        assert "Meine Pumpen" in refused.text
        assert "Andere Pumpen" in between.text
        assert meant.status_code == 303
        assert "Meine Pumpen" in (await browser.open(path)).text

    @pytest.mark.parametrize(
        "bad",
        [
            ("title", "", "„Titel“ fehlt."),
            ("title", "x" * 121, "„Titel“ ist zu lang: höchstens 120 Zeichen."),
            ("title", "<b>Pumpen</b> und mehr", "„Titel“ enthält HTML."),
            ("title", "Pumpen\x07 und mehr", "„Titel“ enthält unsichtbare Steuerzeichen."),
            ("description", "x" * 4001, "„Beschreibung“ ist zu lang: höchstens 4000 Zeichen."),
            ("description", "zu kurz", "„Beschreibung“ ist zu kurz"),
            ("kind", "gift", "„Art des Eintrags“ steht nicht zur Auswahl."),
            ("cooperation", "", "„Art der Zusammenarbeit“ fehlt."),
            ("category", "unknown", "Diese Kategorie gibt es nicht."),
            ("postcode", "00000", "Diese Postleitzahl gibt es nicht."),
            ("postcode", "1805", "Diese Postleitzahl gibt es nicht."),
            ("quantity", "viele", "„Menge“ muss eine Zahl sein."),
            ("quantity", "-3", "„Menge“ muss größer als 0 sein."),
            ("area", "radius", "Der Umkreis in Kilometern fehlt."),
            ("area", "laender", "Es ist kein Bundesland ausgewählt."),
            ("laender", "Atlantis", "Mindestens eines dieser Bundesländer gibt es nicht."),
            ("needed_by", "2020-01-01", "„Gebraucht bis“ liegt in der Vergangenheit."),
            ("needed_by", "0001-01-01", "„Gebraucht bis“ liegt in der Vergangenheit."),
            ("needed_by", "9999-12-31", "„Gebraucht bis“ liegt mehr als 3650 Tage"),
            ("available_from", "0001-01-01", "„Verfügbar ab“ liegt in der Vergangenheit."),
            ("available_from", "9999-12-31", "„Verfügbar ab“ liegt mehr als 3650 Tage"),
            ("valid_until", "2099-01-01", "„Gültig bis“ liegt mehr als ein Jahr in der Zukunft."),
            ("valid_until", "übermorgen", "„Gültig bis“ ist kein gültiges Datum."),
            (
                "tags",
                ",".join(f"Wort{n}" for n in range(11)),
                "„Stichwörter“ hat zu viele Einträge",
            ),
            ("visibility", "secret", "„Sichtbarkeit“ steht nicht zur Auswahl."),
            (
                "organisation_id",
                str(uuid4()),
                "Für diese Organisation dürfen Sie nichts einstellen.",
            ),
        ],
    )
    async def test_bad_input_gets_words_keeps_the_rest_and_stores_nothing(
        self,
        browser: Browser,
        connection: Connection,
        a_member: AMember,
        an_organisation: AnOrganisation,
        bad: tuple[str, str, str],
    ) -> None:
        field, value, words = bad
        browser.sign_in(await a_member(of=await an_organisation(trusted=True)))
        written = WRITTEN | {"unit": "Gebinde, 12er", field: value}

        answer = await browser.send("/listings/new", **written, act="submit")

        assert answer.status_code == 422
        assert words in html.unescape(answer.text)
        assert "Gebinde, 12er" in answer.text
        assert await count(connection) == 0
        assert await said(connection) == []

    async def test_a_form_from_another_site_or_without_token_is_refused(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        browser.sign_in(await a_member(of=await an_organisation()))

        answers = [
            await browser.http.post("/listings/new", data=WRITTEN),
            await browser.http.post("/listings/new", data=WRITTEN, headers={"Origin": "http://x"}),
        ]

        assert [answer.status_code for answer in answers] == [403, 403]
        assert await count(connection) == 0

    async def test_who_acts_for_several_organisations_says_for_which(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        first, second = await an_organisation("Eins GmbH"), await an_organisation("Zwei GmbH")
        member = await a_member(of=first)
        await join_organisation(
            connection, member.id, second.id, now=browser.clock(), cause=Cause.new()
        )
        browser.sign_in(member)

        unclear = await browser.send("/listings/new", **WRITTEN)
        clear = await browser.send("/listings/new", **WRITTEN, organisation_id=str(second.id))

        assert unclear.status_code == 422
        assert "„Für welche Organisation“ fehlt." in html.unescape(unclear.text)
        assert clear.status_code == 303
        assert await connection.fetchval("select organisation_id from listing") == second.id


class TestFormOfAKind:
    async def test_asks_only_what_belongs_to_the_kind_and_loses_nothing_typed(
        self, browser: Browser, an_organisation: AnOrganisation, a_member: AMember
    ) -> None:
        browser.sign_in(await a_member(of=await an_organisation()))

        offer = await browser.open("/listings/new?kind=offer")
        request = await browser.open("/listings/new?kind=request")
        either = await browser.open("/listings/new")
        typed = await browser.send("/listings/new", **WRITTEN | {"title": "x", "needs": "Wartung"})

        asked = [
            {name for name in ("needs", "needed_by", "available_from") if f'name="{name}"' in page}
            for page in (offer.text, request.text, either.text)
        ]
        assert asked[0] == {"available_from"}
        assert asked[1] == {"needs", "needed_by"}
        assert asked[2] == asked[0] | asked[1]
        assert "Wartung</textarea>" in typed.text


class TestWhoWouldFit:
    async def test_is_asked_with_what_is_typed_and_leaves_the_form_where_it_is(
        self, browser: Browser, an_organisation: AnOrganisation, a_member: AMember
    ) -> None:
        browser.sign_in(await a_member(of=await an_organisation()))

        page = await browser.open("/listings/new?kind=request")

        (form,) = re.findall(r'<form class="site-form".*?</form>', page.text, re.DOTALL)
        (button,) = re.findall(r"<button[^>]*formaction[^>]*>", form)
        sent = set(re.findall(r'name="(\w+)"', form))
        assert 'formaction="/matching/preview"' in button
        assert 'formtarget="_blank"' in button
        assert 'type="submit"' in button
        assert sent >= {"kind", "title", "description", "category", "tags", "needs", "form_token"}

    async def test_is_no_answer_to_enter(
        self, browser: Browser, an_organisation: AnOrganisation, a_member: AMember
    ) -> None:
        browser.sign_in(await a_member(of=await an_organisation()))

        page = await browser.open("/listings/new?kind=offer")

        _, _, form = page.text.partition('<form class="site-form"')
        first = form[form.index("<button") :]
        assert "formaction" not in first.partition(">")[0]


class TestDoubleClick:
    @pytest.fixture
    async def page(
        self, browser: Browser, an_organisation: AnOrganisation, a_member: AMember
    ) -> httpx.Response:
        browser.sign_in(await a_member(of=await an_organisation(trusted=True)))
        return await browser.open("/listings/new")

    async def test_of_one_page_posts_one_listing(
        self, browser: Browser, connection: Connection, page: httpx.Response
    ) -> None:
        form = WRITTEN | {"form_token": token_in(page.text), "form_id": form_id_in(page.text)}

        answers = await asyncio.gather(
            *(browser.http.post("/listings/new", data=form) for _ in range(3))
        )

        assert len({answer.headers["location"] for answer in answers}) == 1
        assert await connection.fetchval("select count(*) from listing") == 1
        assert (await said(connection)).count("listing.created.v1") == 1

    async def test_another_text_from_the_same_page_is_another_listing(
        self, browser: Browser, connection: Connection, page: httpx.Response
    ) -> None:
        form = WRITTEN | {"form_token": token_in(page.text), "form_id": form_id_in(page.text)}

        for title in ("Dosierpumpen", "Zentrifugen"):
            await browser.http.post("/listings/new", data=form | {"title": title})

        assert await connection.fetchval("select count(*) from listing") == 2

    async def test_of_a_change_saves_it_once_and_refuses_nothing(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        organisation = await an_organisation(trusted=True)
        browser.sign_in(await a_member(of=organisation))
        listing = await a_listing(connection, organisation)
        path = f"/my/listings/{listing.id}/edit"
        page = await browser.open(path)
        form = WRITTEN | {"form_token": token_in(page.text), "changes": changes_in(page)}

        answers = [await browser.http.post(path, data=form) for _ in range(2)]

        assert [answer.status_code for answer in answers] == [303, 303]
        assert (await said(connection)).count("listing.updated.v1") == 1

    @pytest.mark.parametrize("trusted", [True, False])
    @pytest.mark.parametrize("paused", [True, False])
    async def test_of_a_change_that_narrows_leads_to_what_took_the_listing_s_place(
        self,
        *,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
        trusted: bool,
        paused: bool,
    ) -> None:
        organisation = await an_organisation(trusted=True)
        browser.sign_in(await a_member(of=organisation))
        listing = await a_listing(connection, organisation)
        query = "update organisation set is_trusted = $2 where id = $1"
        await connection.execute(query, organisation.id, trusted)
        path = f"/my/listings/{listing.id}/edit"
        page = await browser.open(path)
        if paused:
            await browser.send(f"/my/listings/{listing.id}/pause", form_page=path)
        narrower = WRITTEN | {"visibility": "cluster", "valid_until": "2027-04-30"}
        form = narrower | {"form_token": token_in(page.text), "changes": changes_in(page)}

        answers = await asyncio.gather(*(browser.http.post(path, data=form) for _ in range(2)))
        another = await browser.http.post(path, data=form | {"title": "Noch ein anderer Text"})
        successor = answers[0].headers["location"]
        once_more = await browser.http.post(f"{successor}/edit", data=form)

        assert [answer.status_code for answer in answers] == [303, 303]
        assert successor not in ("", f"/my/listings/{listing.id}")
        assert answers[1].headers["location"] == successor
        assert await count(connection) == 2
        assert another.status_code == 409
        assert once_more.headers["location"] == successor

    async def test_of_a_change_that_narrows_twice_leads_to_the_last_in_its_place(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        organisation = await an_organisation(trusted=True)
        browser.sign_in(await a_member(of=organisation))
        here = f"/my/listings/{(await a_listing(connection, organisation)).id}"
        await browser.send(f"{here}/pause", form_page=f"{here}/edit")
        ways = []

        for visibility in ("anonymous", "cluster"):
            page = await browser.open(f"{here}/edit")
            form = WRITTEN | {"visibility": visibility, "form_token": token_in(page.text)}
            form["changes"] = changes_in(page)
            clicks = [await browser.http.post(f"{here}/edit", data=form) for _ in range(2)]
            ways.append([click.headers.get("location") for click in clicks])
            here = clicks[0].headers["location"]

        assert [first == second for first, second in ways] == [True, True]
        assert await count(connection) == 3


def form_id_in(page: str) -> str:
    return page.partition('name="form_id" value="')[2].partition('"')[0]


class TestOwnListing:
    async def test_another_organisation_s_listing_cannot_be_touched(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        listing = await a_listing(connection, await an_organisation(trusted=True))
        browser.sign_in(await a_member(of=await an_organisation("Fremd GmbH")))

        page = await browser.open(f"/my/listings/{listing.id}")
        posts = [
            await browser.send(
                f"/my/listings/{listing.id}/{act}",
                form_page="/listings/new",
                answer="found-elsewhere",
            )
            for act in ("pause", "withdraw", "confirm", "edit")
        ]

        assert page.status_code == 404
        assert {answer.status_code for answer in posts} == {404}
        assert (await as_stored(connection, listing.id)).status is ListingStatus.PUBLISHED

    async def test_the_link_of_a_mail_shows_first_and_changes_by_post(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
        mint_link: MintLink,
    ) -> None:
        organisation = await an_organisation(trusted=True)
        owner = await a_member(of=organisation)
        listing = await a_listing(connection, organisation)
        browser.clock.advance(days=20)
        link = mint_link(LinkPurpose.LISTING, listing.id, owner.id, organisation.id)

        opened = await browser.open(link)
        unchanged = await as_stored(connection, listing.id)
        confirmed = await browser.send(f"{link}/confirm", form_page=link)
        after = await as_stored(connection, listing.id)
        nonsense = await browser.send(f"{link}/withdraw", form_page=link, answer="weg")
        ended = await browser.send(f"{link}/withdraw", form_page=link, answer="found-here")

        assert "Ja, er ist noch aktuell" in opened.text
        assert unchanged == listing
        assert confirmed.status_code == 303
        assert after.freshness is not None
        assert listing.freshness is not None
        assert after.freshness.confirm_by > listing.freshness.confirm_by
        assert nonsense.status_code == 422
        assert ended.status_code == 303
        closed = await as_stored(connection, listing.id)
        assert closed.closing_reason is ClosingReason.FULFILLED

    async def test_the_question_at_the_end_may_stay_unanswered(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
        published: Published,
    ) -> None:
        organisation = await an_organisation(trusted=True)
        answered, silent = [
            (await a_listing(connection, organisation, title)).id
            for title in ("Dosierpumpen", "Zentrifugen")
        ]
        browser.sign_in(await a_member(of=organisation))

        for listing_id, typed in ((answered, {"answer": "found-elsewhere"}), (silent, {})):
            own = f"/my/listings/{listing_id}"
            assert (await browser.send(f"{own}/withdraw", form_page=own, **typed)).is_redirect

        told = map(ListingClosed.model_validate_json, await published("listing.closed"))
        assert {each.listing_id: each.answer for each in told} == {
            answered: "found-elsewhere",
            silent: None,
        }

    async def test_expired_forged_and_foreign_links_say_how_to_go_on(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
        mint_link: MintLink,
    ) -> None:
        organisation = await an_organisation(trusted=True)
        owner = await a_member(of=organisation)
        listing = await a_listing(connection, organisation)
        good = mint_link(LinkPurpose.LISTING, listing.id, owner.id, organisation.id)
        other_purpose = mint_link(LinkPurpose.CONTACT, listing.id, owner.id, organisation.id)
        stranger = mint_link(LinkPurpose.LISTING, listing.id, uuid4(), organisation.id)

        answers = {
            "forged": await browser.open(good[:-2] + ("AA" if good[-2:] != "AA" else "BB")),
            "other purpose": await browser.open(
                other_purpose.replace("/contacts/", "/my/listings/")
            ),
            "erased member": await browser.open(stranger),
        }
        browser.clock.advance(days=15)
        answers["expired"] = await browser.open(good)

        assert {name: answer.status_code for name, answer in answers.items()} == {
            "forged": 404,
            "other purpose": 404,
            "erased member": 410,
            "expired": 410,
        }
        assert all("Ihrem Bereich" in answer.text for answer in answers.values())

    async def test_an_expired_link_says_so_in_the_language_of_its_mail(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
        mint_link: MintLink,
    ) -> None:
        organisation = await an_organisation(trusted=True)
        owner = await a_member(of=organisation, language=Language.ENGLISH)
        listing = await a_listing(connection, organisation)
        link = mint_link(LinkPurpose.LISTING, listing.id, owner.id, organisation.id)
        browser.clock.advance(days=15)

        page = await browser.open(link, **{"Accept-Language": "de"})

        assert (page.status_code, page.headers["Content-Language"]) == (410, "en")

    async def test_an_ended_listing_answers_410_with_where_to_look(
        self,
        browser: Browser,
        connection: Connection,
        an_organisation: AnOrganisation,
        a_member: AMember,
    ) -> None:
        organisation = await an_organisation(trusted=True)
        listing = await a_listing(connection, organisation)
        browser.sign_in(await a_member(of=organisation))
        own = f"/my/listings/{listing.id}"
        await browser.send(f"{own}/withdraw", form_page=own, answer="found-elsewhere")
        browser.sign_out()

        answer = await browser.open(f"/listings/{listing.id}")

        assert answer.status_code == 410
        assert "nicht mehr aktuell" in answer.text
