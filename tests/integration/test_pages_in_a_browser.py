"""Every page of the story as a person meets it: accessible, whole at any width, all our own."""

import re
from urllib.parse import urlsplit

import pytest
from addresses import (
    PAGES,
    Address,
    Who,
    the_broker,
    the_moderator,
    the_offering_member,
    the_overflowed,
)
from axe_playwright_python.sync_playwright import Axe
from browsing import PATIENCE_MS, await_link_sent
from playwright.sync_api import Browser, Page, ViewportSize, expect
from windows import DESKTOP, PHONE, OpenAs

from embedded.story import Story

pytestmark = [pytest.mark.chromium, pytest.mark.timeout(1200, func_only=False)]

# WCAG 2.2 at level AA is what public bodies in Germany must reach (BITV 2.0, EN 301 549).
_RULES = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}

_BROKEN_TERMS = """
    () => [...document.querySelectorAll("dt")].flatMap(term =>
        [...term.firstChild.data.matchAll(/\\S+/g)].filter(word => {
            const range = document.createRange();
            range.setStart(term.firstChild, word.index);
            range.setEnd(term.firstChild, word.index + word[0].length);
            return new Set([...range.getClientRects()].map(each => each.top)).size > 1;
        }).map(word => word[0]))
"""
"""The words of terms that stand on more than one line."""


_LINES_BELOW_LINKS = """
    () => {
        const coloured = links => [...new Set([...document.querySelectorAll(links)].map(
            link => getComputedStyle(link).borderBottomColor))];
        return [
            getComputedStyle(document.querySelector(".site-navigation")).backgroundColor,
            coloured(".site-navigation__link[aria-current]"),
            coloured(".site-navigation__link:not([aria-current])"),
        ];
    }
"""
"""What the navigation stands on, and the lines below the link that is current and the others."""


NEWCOMER = {
    "name": "Ida Thoms",
    "email": "ida@neuland.example",
    "organisation_name": "Neuland Prüftechnik GmbH",
}


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize(("who", "address"), PAGES.values(), ids=PAGES.keys())
class TestPage:
    def test_is_accessible_and_whole(
        self, who: Who, address: Address, size: ViewportSize, story: Story, open_as: OpenAs
    ) -> None:
        page = open_as(who(story), size)
        foreign = _requests_elsewhere(page, story.exchange.origin)

        page.goto(address(story))

        assert not foreign
        assert_accessible_and_whole(page)


class TestNewcomer:
    def test_is_declined_with_a_reason_and_reads_it(self, story: Story, open_as: OpenAs) -> None:
        reason = "Ihre Firma steht in keinem Register."
        register(open_as(None, PHONE), story)
        page = open_as(the_moderator(story), PHONE)

        page.goto("/moderation/members")
        assert_accessible_and_whole(page)
        page.get_by_role("link", name="Ablehnen").click()
        expect(page.get_by_label("Grund")).to_be_visible()
        assert_accessible_and_whole(page)
        page.get_by_label("Grund").fill(reason)
        page.get_by_role("button", name="Ablehnen").click()

        expect(page.get_by_text(NEWCOMER["name"])).to_have_count(0)
        told = story.mail(NEWCOMER, "/my/organisations", reason)
        assert NEWCOMER["organisation_name"] in told.text


def register(page: Page, story: Story) -> None:
    """Somebody whom no organisation of the directory knows, up to the end of what they can do."""
    page.goto("/register")
    page.get_by_label("Ihr Name").fill(NEWCOMER["name"])
    page.get_by_label("E-Mail-Adresse").fill(NEWCOMER["email"])
    page.get_by_label("Name Ihrer Organisation").fill(NEWCOMER["organisation_name"])
    page.get_by_label("Art der Organisation").select_option(label="Start-up")
    page.get_by_label("Größe").select_option(index=1)
    page.get_by_label("Postleitzahl").fill("17489")
    page.get_by_role("button", name="Registrieren").click()
    await_link_sent(page)
    page.goto(story.link(NEWCOMER, "/sign-in/"))
    page.get_by_role("button", name="Jetzt anmelden").click()
    page.wait_for_url(re.compile("/my/"))


class TestNarrowCard:
    """A card beside or below a list: as narrow as a phone, or as wide as a tablet."""

    @pytest.mark.parametrize("width", [360, 768, 1280])
    def test_breaks_no_term_that_fits_a_line_and_stays_above_the_footer(
        self, width: int, story: Story, open_as: OpenAs
    ) -> None:
        page = open_as(the_broker(story), {"width": width, "height": 900})

        page.goto(the_overflowed("/matching/unmet/{}")(story))

        assert page.locator("dt").count() >= 3
        assert page.evaluate(_BROKEN_TERMS) == []
        footer = page.locator("footer").bounding_box()
        card = page.locator(".kern-card").last.bounding_box()
        assert footer is not None
        assert card is not None
        assert card["y"] + card["height"] <= footer["y"]


class TestKeyboard:
    def test_first_stop_leads_past_the_navigation(self, story: Story, open_as: OpenAs) -> None:
        page = open_as(None, DESKTOP)
        page.goto("/listings")

        page.keyboard.press("Tab")
        expect(page.locator(":focus")).to_be_visible()
        page.keyboard.press("Enter")

        expect(page).to_have_url(re.compile("#."))
        target = page.locator(f"#{urlsplit(page.url).fragment}")
        assert target.evaluate("element => element.tagName") == "MAIN"

    def test_error_of_a_form_is_named_and_reached(self, story: Story, open_as: OpenAs) -> None:
        page = open_as(the_offering_member(story), DESKTOP)
        page.goto("/listings/new?kind=offer")
        title = page.locator("[name=title]")
        title.evaluate("element => element.form.noValidate = true")

        title.focus()
        page.keyboard.press("Enter")

        expect(page.locator("#errors")).to_be_focused()
        expect(page).to_have_title(re.compile("^Fehler: "))
        wrong = page.locator("[name=title]")
        expect(wrong).to_have_attribute("aria-invalid", "true")
        described = wrong.get_attribute("aria-describedby") or ""
        expect(
            page.locator(", ".join(f"#{each}" for each in described.split())).last
        ).to_be_visible()

    def test_a_table_that_scrolls_shows_that_it_has_the_focus(
        self, story: Story, open_as: OpenAs
    ) -> None:
        page = open_as(the_moderator(story), PHONE)
        page.goto("/surveys/reports/press")
        table = page.get_by_role("region", name="Kategorien")

        table.press("Tab")
        page.keyboard.press("Shift+Tab")

        expect(table).to_be_focused()
        expect(table).to_have_css("outline-style", "solid")


class TestForcedColours:
    def test_only_the_page_one_is_on_is_marked_in_the_navigation(
        self, story: Story, open_as: OpenAs
    ) -> None:
        page = open_as(the_moderator(story), DESKTOP)
        page.emulate_media(forced_colors="active")

        page.goto("/moderation")

        ground, marked, unmarked = page.evaluate(_LINES_BELOW_LINKS)
        assert len(marked) == 1
        assert marked != [ground]
        assert unmarked == [ground]


class TestEnglish:
    @pytest.mark.parametrize("path", ["/", "/listings", "/sign-in", "/register"])
    def test_page_speaks_to_who_reads_it(self, path: str, story: Story, browser: Browser) -> None:
        page = browser.new_page(base_url=story.exchange.origin, locale="en-GB")
        page.set_default_timeout(PATIENCE_MS)

        page.goto(path)

        assert page.locator("html").get_attribute("lang") == "en"
        page.close()


class TestWithoutScript:
    def test_a_search_finds(self, story: Story, browser: Browser) -> None:
        page = browser.new_page(
            base_url=story.exchange.origin, locale="de-DE", java_script_enabled=False
        )
        page.set_default_timeout(PATIENCE_MS)
        page.goto("/listings")

        page.get_by_label("Suchwörter").fill(story.sample.offer["title"])
        page.get_by_role("button", name="Suchen", exact=True).click()

        expect(page.get_by_role("status")).to_have_text("1 Eintrag")
        expect(page.get_by_role("link", name=story.sample.offer["title"])).to_be_visible()
        page.close()


def assert_accessible_and_whole(page: Page) -> None:
    """Whole as well: what is seen already may still lack its style."""
    page.wait_for_load_state()
    found = Axe().run(page, options=_RULES)
    assert not found.violations_count, found.generate_report()
    assert page.locator("h1").count() == 1
    assert page.locator("html").get_attribute("lang") == "de"
    assert _overflow(page) <= 0


def _requests_elsewhere(page: Page, origin: str) -> list[str]:
    foreign: list[str] = []
    page.on(
        "request",
        lambda request: (
            None if request.url.startswith((origin, "data:")) else foreign.append(request.url)
        ),
    )
    return foreign


def _overflow(page: Page) -> int:
    """By how many pixels the page is wider than its window, without the gutter of its scroll bar.

    KERN keeps that gutter free: measured with it, what is up to 15 pixels too wide would pass.
    """
    wider: int = page.evaluate("() => document.body.scrollWidth - document.body.clientWidth")
    return wider
