"""What a service reads: nothing lost, nothing twice, in order per key, whatever fails meanwhile."""

from collections.abc import Sequence

from notebook.book import Book
from notebook.records import record_of

from embedded.testing import eventually

PATIENCE = 60.0


async def until_handled(book: Book, texts: Sequence[str]) -> None:
    """Wait until exactly these notes are handled, each once."""

    async def handled() -> None:
        assert sorted(await book.effects()) == sorted(texts)

    await eventually(handled, PATIENCE)


class TestOnce:
    async def test_a_record_delivered_twice_has_one_effect(self, book: Book) -> None:
        record = record_of(book.written("once"))
        await book.send(record, record)

        async with book.running():
            await until_handled(book, ["once"])
            await book.send(record, record_of(book.written("after")))
            await until_handled(book, ["once", "after"])
