"""The exchange as it runs in production, once for each module: four processes on real servers."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.exchange import Exchange
from embedded.stack import Stack

sys.path.insert(0, str(Path(__file__).parent))


@pytest.fixture(scope="module")
def exchange() -> Iterator[Exchange]:
    with Stack(durable=False) as stack, Exchange(stack) as running:
        yield running
