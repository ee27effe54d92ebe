"""The reports: for operators only, in words, with bases, as page, CSV and JSON."""

import csv
import io
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import uuid4

import pytest

from chassis.envelope import Gone
from schemas.member import MemberState
from schemas.vocabulary import ClosingAnswer, ClosingReason, Role

PAGES = ("/surveys/reports", "/surveys/reports/press", "/surveys/reports/funnel")
FILES = ("/surveys/reports/press.csv", "/surveys/reports/funnel.csv")
JSON = ("/surveys/api/reports/press", "/surveys/api/reports/funnel")


@pytest.fixture
async def broker(surveys: Any, story: Any) -> MemberState:
    member: MemberState = story.member(uuid4(), Role.BROKER, name="Dr. Ada Brandt")
    await surveys.hears(member)
    surveys.signed_in_as(member.member_id)
    return member


@pytest.fixture
async def counted(surveys: Any, story: Any) -> None:
    seeker = uuid4()
    offer, request = story.an_offer(), story.a_request(seeker)
    proposal = story.a_proposal(offer, request)
    contact = story.a_contact(seeker, offer.organisation_id, proposal=proposal)
    await surveys.hears(
        offer,
        request,
        proposal,
        story.a_mail_about(proposal),
        story.interested_in(proposal),
        contact,
        story.accepted(contact),
    )


class TestAccess:
    async def test_a_copied_cookie_ends_after_thirty_days(
        self, surveys: Any, broker: MemberState
    ) -> None:
        held = await surveys.http.get(PAGES[1])
        surveys.now += timedelta(days=30)

        ended = await surveys.http.get(PAGES[1])

        assert (held.status_code, ended.status_code) == (200, 303)
        assert ended.headers["location"].startswith("/sign-in")

    @pytest.mark.parametrize("path", [*PAGES, *FILES])
    async def test_a_visitor_is_sent_to_sign_in_and_comes_back(
        self, surveys: Any, path: str
    ) -> None:
        answer = await surveys.http.get(f"{path}?since=2026-03-01&until=2026-03-31")

        assert answer.status_code == 303
        there = urlsplit(answer.headers["Location"])
        assert there.path == "/sign-in"
        assert parse_qs(there.query) == {"next": [f"{path}?since=2026-03-01&until=2026-03-31"]}

    @pytest.mark.parametrize("path", JSON)
    async def test_a_program_without_a_session_gets_a_problem(
        self, surveys: Any, path: str
    ) -> None:
        answer = await surveys.http.get(path)

        assert answer.status_code == 401
        assert answer.headers["Content-Type"] == "application/problem+json"

    @pytest.mark.parametrize("path", [*PAGES, *FILES, *JSON])
    async def test_a_member_without_a_role_is_refused(
        self, surveys: Any, story: Any, path: str
    ) -> None:
        member = story.member(uuid4(), Role.MEMBER)
        await surveys.hears(member)
        surveys.signed_in_as(member.member_id)

        answer = await surveys.http.get(path)

        assert answer.status_code == 403
        assert "Sie sind als Kim Muster angemeldet." in answer.text

    @pytest.mark.parametrize("role", [Role.MODERATOR, Role.BROKER, Role.ADMIN])
    async def test_operators_see_them(self, surveys: Any, story: Any, role: Role) -> None:
        member = story.member(uuid4(), role)
        await surveys.hears(member)
        surveys.signed_in_as(member.member_id)

        assert [(await surveys.http.get(path)).status_code for path in PAGES] == [200] * 3

    async def test_an_erased_operator_is_signed_out(
        self, surveys: Any, broker: MemberState
    ) -> None:
        await surveys.hears(Gone(state=MemberState, id=broker.member_id, revision=10**12))

        assert (await surveys.http.get(PAGES[0])).status_code == 303


class TestPages:
    async def test_an_empty_ledger_says_what_to_do(self, surveys: Any, broker: MemberState) -> None:
        for path in PAGES:
            page = await surveys.http.get(path)

            assert page.status_code == 200
            assert "Wählen Sie einen längeren Zeitraum" in page.text
            assert "NaN" not in page.text

    async def test_press_shows_count_base_and_share(
        self, surveys: Any, broker: MemberState, counted: None
    ) -> None:
        page = await surveys.http.get("/surveys/reports/press?since=2026-03-01&until=2026-03-31")

        assert "1 von 2" in page.text
        assert "50,0\u00a0%" in page.text
        assert "diagnostics (de)" in page.text
        assert "Noch nicht gefragt." in page.text
        assert "1. März 2026 bis 31. März 2026" in page.text

    async def test_press_says_how_many_of_the_closed_listings_said_what(
        self, surveys: Any, story: Any, broker: MemberState
    ) -> None:
        offers = [story.an_offer() for _ in range(3)]
        answers = [ClosingAnswer.FOUND_HERE, ClosingAnswer.NO_LONGER_NEEDED, None]
        closings = [
            story.closed(offer, answer) for offer, answer in zip(offers, answers, strict=True)
        ]
        await surveys.hears(*offers, *closings)

        page = await surveys.http.get("/surveys/reports/press?since=2026-03-01&until=2026-03-31")

        said = dict(re.findall(r'scope="row">([^<]+)</th>.*?(\d von 3)', page.text, re.DOTALL))
        assert said["hier gefunden"] == "1 von 3"
        assert said["anderswo gefunden"] == "0 von 3"
        assert said["nicht mehr nötig"] == "1 von 3"
        assert said["ohne Angabe"] == "1 von 3"

    @pytest.mark.parametrize("report", ["press", "funnel"])
    async def test_says_that_erased_listings_are_not_among_those_that_ended(
        self, surveys: Any, story: Any, broker: MemberState, report: str
    ) -> None:
        offers = [story.an_offer() for _ in range(2)]
        withdrawn = story.closed(offers[0], ClosingAnswer.FOUND_HERE)
        erased = story.closed(offers[1], reason=ClosingReason.ERASED)
        await surveys.hears(*offers, withdrawn, erased)

        page = await surveys.http.get(
            f"/surveys/reports/{report}?since=2026-03-01&until=2026-03-31"
        )

        assert "1 von 1" in page.text
        assert "mit ihrer Organisation gelöscht wurden, zählen nicht mit." in page.text

    async def test_funnel_says_of_what_each_share_is_and_its_interval(
        self, surveys: Any, broker: MemberState, counted: None
    ) -> None:
        page = await surveys.http.get("/surveys/reports/funnel?since=2026-03-01&until=2026-03-31")

        assert "</strong> der im Zeitraum gemachten Vorschläge" in page.text
        assert "34,2\u00a0% bis 100,0\u00a0%" in page.text
        assert "20,7\u00a0% bis 100,0\u00a0%" in page.text

    async def test_a_period_holds_only_its_own(
        self, surveys: Any, broker: MemberState, counted: None
    ) -> None:
        answer = await surveys.http.get(f"{JSON[0]}?since=2026-01-01&until=2026-03-01")

        assert answer.json()["figures"][0]["lines"][0]["count"] == 0

    async def test_pages_hold_no_inline_style_and_no_script(
        self, surveys: Any, broker: MemberState, counted: None
    ) -> None:
        for path in PAGES:
            page = await surveys.http.get(path)

            assert "style=" not in page.text
            assert "<script" not in page.text

    async def test_english_is_english(
        self, surveys: Any, broker: MemberState, counted: None
    ) -> None:
        page = await surveys.http.get("/surveys/reports/press?lang=en")

        assert "Figures for the press" in page.text
        assert "diagnostics (en)" in page.text


class TestFiles:
    async def test_german_excel_opens_the_csv(
        self, surveys: Any, broker: MemberState, counted: None
    ) -> None:
        answer = await surveys.http.get(f"{FILES[1]}?since=2026-03-01&until=2026-03-31")

        assert answer.headers["content-type"] == "text/csv; charset=utf-8"
        assert "funnel-2026-03-01-2026-03-31.csv" in answer.headers["content-disposition"]
        assert answer.content.startswith(b"\xef\xbb\xbf")
        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
        delivered = next(row for row in rows if row["Ausprägung"] == "E-Mail zugestellt")
        assert (delivered["Anzahl"], delivered["Basis"]) == ("1", "1")
        assert delivered["Wovon"] == "der im Zeitraum gemachten Vorschläge"
        assert (delivered["Von"], delivered["Bis"]) == ("2026-03-01", "2026-03-31")
        assert (delivered["Anteil in Prozent"], delivered["Untergrenze (95 %)"]) == (
            "100,0",
            "20,7",
        )

    @pytest.mark.parametrize("path", FILES)
    async def test_every_row_says_when_it_was_counted(
        self, surveys: Any, broker: MemberState, counted: None, path: str
    ) -> None:
        surveys.now = datetime(2026, 3, 28, 23, 5, tzinfo=UTC)

        answer = await surveys.http.get(f"{path}?since=2026-03-01&until=2026-03-31")

        rows = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";")
        assert {row["Stand"] for row in rows} == {"2026-03-29 00:05"}, "as the clock on the wall"

    @pytest.mark.parametrize("path", JSON)
    async def test_json_says_when_it_was_counted(
        self, surveys: Any, broker: MemberState, path: str
    ) -> None:
        surveys.now = datetime(2026, 3, 28, 23, 5, tzinfo=UTC)

        answer = await surveys.http.get(path)

        assert answer.json()["counted_at"] == "2026-03-29T00:05:00+01:00"

    async def test_what_was_not_asked_has_no_number(
        self, surveys: Any, broker: MemberState
    ) -> None:
        answer = await surveys.http.get(FILES[0])

        rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
        assert all(row["Wovon"] for row in rows if row["Basis"])
        last = answer.content.decode("utf-8-sig").splitlines()[-1]
        assert last.startswith("Weiterempfehlung;noch nicht gefragt;;;;;;;")

    async def test_json_carries_definitions(
        self, surveys: Any, broker: MemberState, counted: None
    ) -> None:
        answer = await surveys.http.get(f"{JSON[1]}?since=2026-03-01&until=2026-03-31")

        accepted = next(
            line for line in answer.json()["figures"][0]["lines"] if line["slug"] == "accepted"
        )
        assert (accepted["count"], accepted["base"], accepted["share"]) == (1, 1, 1.0)
        assert accepted["definition"].startswith("Kontakte, die angenommen wurden")


class TestRounding:
    """Of 5 offers among 11 listings, 45.45 %, a file would say 45.5 and a page 45."""

    @pytest.mark.parametrize("report", ["press", "funnel"])
    async def test_the_page_says_every_share_as_the_file_does(
        self, surveys: Any, story: Any, broker: MemberState, report: str
    ) -> None:
        offers = [story.an_offer() for _ in range(5)]
        requests = [story.a_request() for _ in range(6)]
        proposals = [story.a_proposal(offer, requests[0]) for offer in offers[:4]]
        closings = [story.closed(offer, ClosingAnswer.FOUND_HERE) for offer in offers]
        endings = [story.closed(request) for request in requests]
        await surveys.hears(*offers, *requests, *proposals, *closings, *endings)
        period = "since=2026-03-01&until=2026-03-31"

        page = await surveys.http.get(f"/surveys/reports/{report}?{period}")
        file = await surveys.http.get(f"/surveys/reports/{report}.csv?{period}")

        rows = csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")), delimiter=";")
        numbers = ("Anteil in Prozent", "Untergrenze (95 %)", "Obergrenze (95 %)")
        in_file = {row[each] for row in rows for each in numbers} - {""}
        on_page = set(re.findall(r"([\d,]+)\u00a0%", page.text))
        assert "45,5" in in_file
        assert on_page == in_file


class TestBadPeriods:
    QUERIES = (
        "since=2026-03-02&until=2026-03-01",
        "since=gestern",
        "until=9999-12-31",
        "since=0001-01-01",
        "until=%00",
        "since=" + "9" * 5000,
    )

    @pytest.mark.parametrize("query", QUERIES)
    async def test_pages_name_the_field(
        self, surveys: Any, broker: MemberState, query: str
    ) -> None:
        page = await surveys.http.get(f"{PAGES[1]}?{query}")

        assert page.status_code == 422
        assert "<title>Fehler: " in page.text or "Steuerzeichen" in page.text

    @pytest.mark.parametrize("path", [FILES[0], JSON[0]])
    @pytest.mark.parametrize("query", QUERIES)
    async def test_machines_get_a_problem(
        self, surveys: Any, broker: MemberState, path: str, query: str
    ) -> None:
        answer = await surveys.http.get(f"{path}?{query}", headers={"accept": "application/json"})

        assert answer.status_code == 422
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["errors"][0]["field"] in ("since", "until")
