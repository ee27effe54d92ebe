"""The exchange as it runs in production: as processes for each module, and on Docker for all."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.demo import STEPS
from embedded.exchange import Exchange
from embedded.stack import Stack
from embedded.story import Story
from embedded.story_sample import Sample

sys.path.insert(0, str(Path(__file__).parent))

from composed import ComposedExchange
from rich.console import Console


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What runs on Docker comes last: `composed` stays up to the end, and works meanwhile."""
    items.sort(key=_place)


def _place(item: pytest.Item) -> tuple[bool, bool]:
    on_docker = item.get_closest_marker("docker") is not None
    return on_docker, on_docker and "composed" in getattr(item, "fixturenames", ())


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
