"""The exchange as it runs in production: as processes for each module, and on Docker for all."""

import asyncio
import io
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.demo import STEPS, play
from embedded.exchange import Exchange
from embedded.stack import Stack
from embedded.story import Story
from embedded.story_sample import Sample

sys.path.insert(0, str(Path(__file__).parent))

import resting
from browsing import browser, open_as, sessions
from composed import ComposedExchange
from kills import then_killing
from rich.console import Console

__all__ = ["browser", "open_as", "sessions"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What stays up to the end comes last, as it works meanwhile: `played`, then `composed`."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> tuple[bool, bool]:
    on_docker = item.get_closest_marker("docker") is not None
    kept = "composed" if on_docker else "played"
    return on_docker, kept in getattr(item, "fixturenames", ())


@pytest.fixture(scope="session")
def played() -> Iterator[Exchange]:
    """On which the story is played, once for all who look at what it left."""
    with Stack(durable=False) as stack, Exchange(stack) as running:
        yield running


@pytest.fixture(scope="session")
def story(played: Exchange) -> Story:
    """Played with each service killed in the middle of it."""
    console = Console(file=io.StringIO(), record=True, width=120)
    story = Story(exchange=played, sample=Sample.read(), console=console)
    told = play(story, [(name, then_killing(played, step)) for name, step in STEPS])
    assert told, console.export_text()
    asyncio.run(resting.wait_until_at_rest(played))
    return story


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    with Stack(durable=False) as stack, Exchange(stack) as running:
        yield running


@pytest.fixture(scope="session")
def composed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ComposedExchange]:
    """Started once: what is killed in one test must serve the next."""
    with ComposedExchange.running(tmp_path_factory.mktemp("installation")) as running:
        yield running


@pytest.fixture(scope="session")
def told(composed: ComposedExchange) -> Story:
    """The story, told to its end; a step that breaks its promise says so."""
    story = Story(exchange=composed, sample=Sample.read(), console=Console(quiet=True))
    for _, step in STEPS:
        step(story)
    return story
