"""A real browser at the exchange after its whole story was played, so that no page is empty."""

import re
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Page,
    StorageState,
    ViewportSize,
    expect,
    sync_playwright,
)
from windows import OpenAs

from embedded.demo_visitor import link_in
from embedded.story import Story, wait_for
from embedded.story_sample import Row

PATIENCE_MS = 120_000
# The list under the address bar is a page of its own in each window: unseen, it took as much
# processor as ours. Chromium hears the last list only, so what Playwright switches off stands here.
_SWITCHED_OFF = (
    "WebUIOmniboxPopup", "WebUIOmniboxAimPopup",
    "AimEnabled", "AvoidUnnecessaryBeforeUnloadCheckSync", "DestroyProfileOnBrowserClose",
    "HttpsFirstBalancedModeAutoEnable", "HttpsUpgrades", "LensOverlay", "MediaRouter",
    "NetworkTimeServiceQuerying", "OptimizationHints", "PaintHolding", "PreconnectToSearch",
    "ThirdPartyStoragePartitioning",
)  # fmt: skip
# As root Chromium runs only without its sandbox; what it opens here is our own.
_ARGUMENTS = ("--no-sandbox", f"--disable-features={','.join(_SWITCHED_OFF)}")
_BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Ends with its module: Playwright holds an event loop of this thread, which others need."""
    installed = next(filter(None, map(shutil.which, _BROWSERS)), None)
    # A busy machine can need more than the five seconds that a page is waited for by itself.
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=installed, args=_ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="module")
def sessions() -> dict[str, StorageState]:
    """Who is signed in already: sign-in links are rationed."""
    return {}


@pytest.fixture
def open_as(story: Story, browser: Browser, sessions: dict[str, StorageState]) -> Iterator[OpenAs]:
    """Opens a page of a visitor's or a member's own browser, at a width, in German."""
    contexts: list[BrowserContext] = []

    def opened(who: Row | None, size: ViewportSize) -> Page:
        context = browser.new_context(
            base_url=story.exchange.origin,
            locale="de-DE",
            viewport=size,
            storage_state=sessions.get(who["email"]) if who else None,
        )
        context.set_default_timeout(PATIENCE_MS)
        contexts.append(context)
        page = context.new_page()
        if who is not None and who["email"] not in sessions:
            sign_in(page, story, who)
            sessions[who["email"]] = context.storage_state()
        return page

    yield opened
    for context in contexts:
        context.close()


def sign_in(page: Page, story: Story, who: Row) -> None:
    """With the keyboard alone, as far as the address field and the button go."""
    known = len(story.mailbox.mails_to(who["email"]))
    page.goto("/sign-in")
    page.get_by_label(re.compile("E-Mail")).focus()
    page.keyboard.type(who["email"])
    page.keyboard.press("Enter")
    await_link_sent(page)
    page.goto(_link(story, who, known))
    page.get_by_role("button", name="Jetzt anmelden").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/my/"))


def await_link_sent(page: Page) -> None:
    """The answer to a form stands there: going on before would meet its navigation halfway."""
    expect(page.get_by_role("heading", name="Sehen Sie in Ihr Postfach")).to_be_visible()


def _link(story: Story, who: Row, known: int) -> str:
    def newest() -> str | None:
        mails = story.mailbox.mails_to(who["email"])[known:]
        return next(
            (link_in(mail, "/sign-in/") for mail in mails if "/sign-in/" in mail.text), None
        )

    return wait_for(newest, "the sign-in mail")
