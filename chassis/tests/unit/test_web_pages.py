"""Pages: language, caching, headers, static files, translation."""

import re
from collections.abc import Callable

import pytest
from prometheus_client import CollectorRegistry
from specimen.service import specimen
from starlette.testclient import TestClient

from chassis.metrics import HttpMetrics
from chassis.web.catalogue_check import Gaps, catalogue_gaps
from chassis.web.language import accepted_language
from chassis.web.static_files import IMMUTABLE


class TestLanguage:
    @pytest.mark.parametrize(
        ("header", "language"),
        [
            ("", "de"),
            ("en-GB,en;q=0.9,de;q=0.8", "en"),
            ("fr, de;q=0.5", "de"),
            ("de;q=0.1, en;q=0.2", "en"),
            ("*;q=nonsense", "de"),
            ("," * 1000, "de"),
        ],
    )
    def test_the_best_known_language_is_taken(self, header: str, language: str) -> None:
        assert accepted_language(header) == language

    def test_the_switch_is_remembered(self, client: TestClient) -> None:
        assert 'lang="de"' in client.get("/").text

        assert 'lang="en"' in client.get("/?lang=en").text

        assert "Skip to content" in client.get("/").text

    def test_an_unknown_language_is_german(self, client: TestClient) -> None:
        assert "Zum Inhalt springen" in client.get("/?lang=xx").text

    @pytest.mark.parametrize(
        ("address", "stands"), [("/form", True), ("/nowhere", True), ("/upload", False)]
    )
    def test_no_switch_leads_to_what_only_a_button_asks_for(
        self, client: TestClient, address: str, *, stands: bool
    ) -> None:
        page = client.get(address, headers={"Accept": "text/html"}).text

        assert ("?lang=en" in page) is stands

    def test_numbers_and_dates_follow_the_language(self, client: TestClient) -> None:
        german, english = client.get("/?lang=de").text, client.get("/?lang=en").text

        assert all(text in german for text in ("12.345", "80\u00a0%", "1. März 2026"))
        assert all(text in english for text in ("12,345", "80%", "1 March 2026"))

    def test_the_english_catalogue_is_complete(self) -> None:
        assert catalogue_gaps("chassis.web") == Gaps(untranslated=(), unused=())

    def test_a_missing_translation_is_found(self) -> None:
        gaps = catalogue_gaps("specimen")

        assert {"Muster", "Stichwörter", "{number} Karte"} <= set(gaps.untranslated)


class TestSection:
    def test_its_pages_are_shown_to_who_is_signed_in_and_this_one_is_marked(
        self, client: TestClient
    ) -> None:
        page = client.get("/account").text

        assert '<nav class="site-section" aria-label="Mein Bereich">' in page
        assert 'href="/account" aria-current="page">Konto</a>' in page
        assert 'href="/own"></a>' in page

    def test_the_navigation_holds_what_this_person_may_open(self, client: TestClient) -> None:
        link = '<a class="site-navigation__link" href="/reports">Berichte</a>'

        assert link in client.get("/account").text
        assert link not in client.get("/form").text

    def test_a_visitor_sees_none_of_them(self, client: TestClient) -> None:
        assert "site-section" not in client.get("/form").text


class TestHeaders:
    def test_every_answer_keeps_the_page_to_itself(self, client: TestClient) -> None:
        for path in ("/", "/nowhere", "/broken", "/api/nowhere"):
            headers = client.get(path).headers

            policy = headers["Content-Security-Policy"]
            assert "unsafe" not in policy
            assert "frame-ancestors 'none'" in policy
            assert headers["X-Content-Type-Options"] == "nosniff"
            assert headers["Referrer-Policy"] == "same-origin"
            assert headers["X-Correlation-ID"]

    def test_pages_hold_no_inline_script_style_or_foreign_address(self, client: TestClient) -> None:
        for path in ("/", "/form", "/nowhere"):
            html = client.get(path).text

            assert not re.search(r"<script|<style|\sstyle=|\son\w+=", html)
            assert not re.search(r"(?:src|href|action)=\"(?:https?:)?//", html)

    def test_only_pages_that_say_so_may_be_kept(self, client: TestClient) -> None:
        assert client.get("/form").headers["Cache-Control"] == "no-store"
        assert client.get("/public").headers["Cache-Control"] == "no-cache"

    def test_a_public_page_of_a_signed_in_person_is_not_kept(self, client: TestClient) -> None:
        answer = client.get("/account")

        assert answer.headers["Cache-Control"] == "no-store"
        assert "Kim Muster" in answer.text

    def test_a_trace_from_outside_is_continued(self, client: TestClient) -> None:
        trace = "0af7651916cd43dd8448eb211c80319c"
        answer = client.get("/", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})

        assert answer.headers["X-Correlation-ID"].replace("-", "") == trace

    @pytest.mark.parametrize("trace", ["x", "00-" + "0" * 31 + "g-b7ad6b7169203331-01", ""])
    def test_a_broken_trace_is_replaced(self, client: TestClient, trace: str) -> None:
        assert client.get("/", headers={"traceparent": trace}).status_code == 200


class TestStaticFiles:
    def test_addresses_carry_the_contents_hash(self, client: TestClient) -> None:
        styles = re.findall(r'rel="stylesheet" href="([^"]+)"', client.get("/").text)

        assert len(styles) == 3
        for address in styles:
            answer = client.get(address)
            assert answer.headers["Cache-Control"] == IMMUTABLE
            assert answer.headers["Content-Type"].startswith("text/css")

    def test_fonts_are_found_beside_their_style_sheet(self, client: TestClient) -> None:
        address = re.findall(r'href="([^"]+fonts.css)"', client.get("/").text)[0]
        fonts = re.findall(r'url\("([^"]+)"\)', client.get(address).text)

        assert fonts
        for font in fonts:
            answer = client.get(address.replace("fonts.css", font))
            assert answer.headers["Content-Type"] == "font/woff2"

    def test_an_old_address_still_finds_the_file(self, client: TestClient) -> None:
        answer = client.get("/static/000000000000/site.css")

        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")

    @pytest.mark.parametrize("name", ["nothing.css", "../service.py", "%2e%2e/service.py", ""])
    def test_nothing_else_is_served(self, client: TestClient, name: str) -> None:
        assert client.get(f"/static/0/{name}").status_code == 404

    def test_a_prefix_lies_before_everything(self) -> None:
        client = TestClient(specimen(prefix="/things"))
        html = client.get("/things/").text

        address = re.findall(r'href="([^"]+site.css)"', html)[0]
        assert address.startswith("/things/static/")
        assert client.get(address).status_code == 200


class TestObservation:
    def test_answers_are_observed_by_route_template(self) -> None:
        seen: list[tuple[str, str, int]] = []
        client = observed(lambda method, route, status, _: seen.append((method, route, status)))

        client.get("/things/api/entries?page=2")
        client.get("/things/static/0/site.css")
        client.get("/things/secret-token")
        client.get("/things/broken")

        assert seen == [
            ("GET", "/things/api/entries", 200),
            ("GET", "/things/static/{version}/{name:path}", 200),
            ("GET", "(unmatched)", 404),
            ("GET", "/things/broken", 500),
        ]

    def test_they_are_counted_by_what_nobody_can_invent(self) -> None:
        registry = CollectorRegistry()
        client = observed(HttpMetrics(registry).observe)

        client.get("/things/api/entries")
        client.request("BREW", "/things/secret-token")

        assert counted(registry) == {
            ("GET", "/things/api/entries", "200"): 1,
            ("other", "(unmatched)", "404"): 1,
        }


def counted(registry: CollectorRegistry) -> dict[tuple[str, str, str], float]:
    return {
        (labels["method"], labels["route"], labels["status"]): sample.value
        for metric in registry.collect()
        for sample in metric.samples
        if sample.name == "http_seconds_count" and (labels := sample.labels)
    }


def observed(observe: Callable[[str, str, int, float], None]) -> TestClient:
    return TestClient(specimen("/things", observe), raise_server_exceptions=False)
