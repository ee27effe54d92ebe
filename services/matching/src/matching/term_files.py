"""Files of one side's words, by tantivy: what a failed commit loses is never passed over."""

import shutil
from collections.abc import Iterable
from pathlib import Path

from tantivy import (
    Document,
    Index,
    IndexWriter,
    SchemaBuilder,
    TextAnalyzerBuilder,
    Tokenizer,
)

TERMS, ROW = "terms", "row"
PARTED = "parted"
"""Name of the analyser: the terms are stemmed and split already, and joined by spaces."""

WRITER_BYTES = 24_000_000

RowTerms = Iterable[tuple[int, tuple[str, ...]]]


class LostTerms(Exception):
    """The files lack rows that they were given; only new ones, of all rows, can be trusted."""


class TermFiles:
    """Rows and their terms in a folder of its own, or in memory where there is none.

    After a commit fails the library takes up the next one as if nothing were missing. Here they
    are lost from then on: the searcher stays with what was whole, and nothing more is written.
    """

    def __init__(self, folder: Path | None) -> None:
        if folder is not None:
            folder.mkdir()
        fields = SchemaBuilder()
        fields.add_text_field(TERMS, tokenizer_name=PARTED, index_option="freq")
        fields.add_integer_field(ROW, indexed=True, fast=True)
        self.schema = fields.build()
        self._folder = folder
        self._index = Index(self.schema, path=None if folder is None else str(folder))
        self._index.register_tokenizer(PARTED, TextAnalyzerBuilder(Tokenizer.whitespace()).build())
        self._index.config_reader("manual")
        self._writer: IndexWriter | None = self._index.writer(WRITER_BYTES, 1)
        self.searcher = self._index.searcher()
        self._rows = 0

    @classmethod
    def holding(cls, folder: Path | None, rows: RowTerms) -> "TermFiles":
        """New files of all these rows; raises `LostTerms`, and leaves none, where that fails."""
        try:
            made = cls(folder)
            for row, terms in rows:
                made.add(row, terms)
            made.commit()
        except (LostTerms, OSError, ValueError) as error:
            _discard(folder)
            raise LostTerms(str(error)) from error
        return made

    @property
    def lost(self) -> bool:
        return self._writer is None

    def add(self, row: int, terms: tuple[str, ...]) -> None:
        self._rows += 1
        if self._writer is not None:
            try:
                self._writer.add_document(Document(**{TERMS: " ".join(terms), ROW: row}))
            except ValueError:
                self._writer = None

    def remove(self, row: int) -> None:
        self._rows -= 1
        if self._writer is not None:
            try:
                self._writer.delete_documents_by_term(ROW, row)
            except ValueError:
                self._writer = None

    def commit(self) -> None:
        """Raises `LostTerms` where not all rows are in the files, now and ever after."""
        if self._writer is None:
            raise LostTerms("a former write failed")
        try:
            self._writer.commit()
            self._index.reload()
            searcher = self._index.searcher()
        except (OSError, ValueError) as error:
            self._writer = None
            raise LostTerms(str(error)) from error
        if searcher.num_docs != self._rows:
            self._writer = None
            raise LostTerms(f"{searcher.num_docs} of {self._rows} rows are in the files")
        self.searcher = searcher

    def close(self) -> None:
        """Wait for the threads that merge files; nothing may be asked afterwards."""
        if self._writer is not None:
            self._writer.wait_merging_threads()
        _discard(self._folder)


def _discard(folder: Path | None) -> None:
    if folder is not None:
        shutil.rmtree(folder, ignore_errors=True)
