"""Header names that are not UTF-8: kept byte for byte, where aiokafka gives up the whole poll.

aiokafka reads a name as UTF-8 or raises out of the poll, for ever, and what it had taken from
other partitions by then is skipped. Kafka itself and most producers let such a name pass. A batch
that holds one is read again slowly, with the odd bytes as lone surrogates.
"""

from collections.abc import Iterator
from typing import Any

from aiokafka.consumer import fetcher
from aiokafka.record.default_records import _DefaultRecordBatchPy
from aiokafka.record.memory_records import _MemoryRecordsPy


class _Escaping(bytearray):
    """Bytes whose parts decode to text whatever they hold."""

    def __getitem__(self, index: Any) -> Any:
        part = super().__getitem__(index)
        return _Escaping(part) if isinstance(index, slice) else part

    def decode(self, *_: str) -> str:
        return super().decode(errors="surrogateescape")


class _SlowBatch(_DefaultRecordBatchPy):  # type: ignore[misc]  # aiokafka has no types
    def _maybe_uncompress(self) -> None:
        super()._maybe_uncompress()
        if not isinstance(self._buffer, _Escaping):
            self._buffer: bytearray = _Escaping(self._buffer)


class _Batch:
    """aiokafka's own batch, which is read again by the slow one where a name is not UTF-8."""

    def __init__(self, batch: Any, raw: memoryview) -> None:
        self._batch = batch
        self._raw = raw

    def __getattr__(self, name: str) -> Any:
        return getattr(self._batch, name)

    def __next__(self) -> Any:
        return next(self._batch)

    def __iter__(self) -> Iterator[Any]:
        try:
            yield from self._batch
        except UnicodeDecodeError:
            # From its start: the fetcher passes over what it had already.
            yield from _SlowBatch(bytes(self._raw))


class _Records(_MemoryRecordsPy):  # type: ignore[misc]  # aiokafka has no types
    def next_batch(self) -> _Batch:
        raw = self._next_slice
        return _Batch(super().next_batch(), raw)


def accept_any() -> None:
    """From now on every consumer of this process accepts any name."""
    fetcher.MemoryRecords = _Records
