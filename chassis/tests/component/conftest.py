"""What the tests on real servers share: a notebook with a database and topics of its own."""

import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

sys.path.append(
    str(Path(__file__).parents[1] / "fixtures")
)  # Tests are no package; this is what they share.

from notebook.book import Book, migrate
from notebook.desk import Desk, desk_of

from embedded.kafka import Kafka
from embedded.testing import MakeDatabase


@pytest.fixture
async def book(
    make_database: MakeDatabase, kafka_server: Kafka, unique: str, tmp_path: Path
) -> AsyncIterator[Book]:
    made = Book(
        suffix=unique,
        url=make_database(migrate),
        bootstrap=kafka_server.bootstrap,
        folder=tmp_path,
    )
    await made.create_topics()
    yield made
    await made.close()


@pytest.fixture
async def desk(make_database: MakeDatabase, unique: str, tmp_path: Path) -> AsyncIterator[Desk]:
    """A notebook that needs no broker."""
    book = Book(suffix=unique, url=make_database(migrate), bootstrap="", folder=tmp_path)
    async with desk_of(book) as made:
        yield made
    await book.close()
