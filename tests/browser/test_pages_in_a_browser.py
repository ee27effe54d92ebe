"""Every page of the story as a person meets it: accessible, whole at any width, all our own."""

from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, ViewportSize, expect
from windows import DESKTOP, PHONE, OpenAs

from embedded.demo_visitor import link_in
from embedded.story import Story
from embedded.story_sample import Row

pytestmark = [pytest.mark.chromium, pytest.mark.timeout(600, func_only=False)]

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

Address = Callable[[Story], str]
Who = Callable[[Story], Row | None]


def a_visitor(story: Story) -> None:
    return None


def the_moderator(story: Story) -> Row:
    return story.sample.moderator


def the_offering_member(story: Story) -> Row:
    return story.sample.author(story.sample.offer)


def at(path: str) -> Address:
    return lambda story: path


def the_broker(story: Story) -> Row:
    return next(row for row in story.sample.members.values() if row["role"] == "broker")


def the_seeking_member(story: Story) -> Row:
    return story.sample.author(story.sample.overflowing)


def the_overflowed(page: str) -> Address:
    """A page about the request that partner clusters were asked about."""
    return lambda story: page.format(story.overflowing_id)


def the_offer(story: Story) -> str:
    return f"/listings/{story.listing_ids['offer']}"


def behind_mail(path: str) -> Address:
    """The page that the newest mail with such a link opens."""

    def address(story: Story) -> str:
        mails = story.mailbox.mails_to(the_offering_member(story)["email"])
        return next(link_in(mail, path) for mail in reversed(mails) if path in mail.text)

    return address


PAGES: dict[str, tuple[Who, Address]] = {
    "home": (a_visitor, at("/")),
    "list": (a_visitor, at("/listings")),
    "list, nothing found": (a_visitor, at("/listings?q=Zeppelinhalle")),
    "listing": (a_visitor, the_offer),
    "overflowed request": (a_visitor, the_overflowed("/listings/{}")),
    "sign-in": (a_visitor, at("/sign-in")),
    "registration": (a_visitor, at("/register")),
    "not found": (a_visitor, at("/listings/0198f0a0-0000-7000-8000-000000000000")),
    "proposal": (a_visitor, behind_mail("/matching/proposals/")),
    "contact": (a_visitor, behind_mail("/contacts/")),
    "outcome": (a_visitor, behind_mail("/surveys/outcomes/")),
    "unsubscribe": (a_visitor, behind_mail("/notifications/unsubscribe/")),
    "new offer": (the_offering_member, at("/listings/new?kind=offer")),
    "change request": (the_seeking_member, the_overflowed("/my/listings/{}/edit")),
    "my request": (the_seeking_member, the_overflowed("/my/listings/{}")),
    "my listings": (the_offering_member, at("/my/listings")),
    "my contacts": (the_offering_member, at("/my/contacts")),
    "my organisations": (the_offering_member, at("/my/organisations")),
    "saved searches": (the_offering_member, at("/matching/searches")),
    "tokens": (the_offering_member, at("/my/tokens")),
    "moderation": (the_moderator, at("/moderation")),
    "unmet requests": (the_broker, at("/matching/unmet")),
    "unmet request": (the_broker, the_overflowed("/matching/unmet/{}")),
    "mails": (the_moderator, at("/notifications/mails")),
    "funnel": (the_moderator, at("/surveys/reports/funnel")),
    "press figures": (the_moderator, at("/surveys/reports/press")),
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

        found = Axe().run(page, options=_RULES)
        assert not found.violations_count, found.generate_report()
        assert not foreign
        assert page.locator("h1").count() == 1
        assert page.locator("html").get_attribute("lang") == "de"
        assert _overflow(page) <= 0


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

        assert urlsplit(page.url).fragment
        target = page.locator(f"#{urlsplit(page.url).fragment}")
        assert target.evaluate("element => element.tagName") == "MAIN"

    def test_error_of_a_form_is_named_and_reached(self, story: Story, open_as: OpenAs) -> None:
        page = open_as(the_offering_member(story), DESKTOP)
        page.goto("/listings/new?kind=offer")
        title = page.locator("[name=title]")
        title.evaluate("element => element.form.noValidate = true")

        title.focus()
        page.keyboard.press("Enter")

        wrong = page.locator("[name=title]")
        expect(wrong).to_have_attribute("aria-invalid", "true")
        described = wrong.get_attribute("aria-describedby") or ""
        assert any(page.locator(f"#{each}").is_visible() for each in described.split())


class TestEnglish:
    @pytest.mark.parametrize("path", ["/", "/listings", "/sign-in", "/register"])
    def test_page_speaks_to_who_reads_it(self, path: str, story: Story, browser: Browser) -> None:
        page = browser.new_page(base_url=story.exchange.origin, locale="en-GB")

        page.goto(path)

        assert page.locator("html").get_attribute("lang") == "en"
        page.close()


class TestWithoutScript:
    def test_a_search_finds(self, story: Story, browser: Browser) -> None:
        page = browser.new_page(
            base_url=story.exchange.origin, locale="de-DE", java_script_enabled=False
        )
        page.goto("/listings")

        page.get_by_label("Suchwörter").fill(story.sample.offer["title"])
        page.get_by_role("button", name="Suchen", exact=True).click()

        expect(page.get_by_role("status")).to_have_text("1 Eintrag")
        expect(page.get_by_role("link", name=story.sample.offer["title"])).to_be_visible()
        page.close()


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
    """By how many pixels the page is wider than its window."""
    wider: int = page.evaluate(
        "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return wider
