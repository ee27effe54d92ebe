"""The windows in which pages are looked at."""

from collections.abc import Callable

from playwright.sync_api import Page, ViewportSize

from embedded.story_sample import Row

DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}

OpenAs = Callable[[Row | None, ViewportSize], Page]
"""Opens a window of somebody's own browser; None is a visitor."""
