"""Both sides' words to their files; a refusal of the disk is said once, and tried again later."""

import time
from collections.abc import Callable, Iterable

import structlog

from matching.term_files import LostTerms, RowTerms
from matching.term_index import TermIndex

log = structlog.get_logger(__name__)

RETRY_SECONDS = 60.0
"""Writing all words anew takes seconds, and a full disk stays full for a while."""

REMEDY = "make room on the disk of MATCHING_INDEX_DIR"


class TermWriting:
    """Waits `retry_seconds` after a failure; until it succeeds words are found in memory."""

    def __init__(self, retry_seconds: float) -> None:
        self._retry_seconds = retry_seconds
        self._failed_at: float | None = None

    @property
    def waits(self) -> bool:
        failed_at = self._failed_at
        return failed_at is not None and time.monotonic() < failed_at + self._retry_seconds

    def done(self, sides: Iterable[tuple[TermIndex, Callable[[], RowTerms]]]) -> bool:
        """Whether all is written; what was lost is written anew, from the rows of its side."""
        try:
            for terms, rows in sides:
                terms.rebuild(rows()) if terms.lost else terms.commit()
        except LostTerms as error:
            self._failed(error)
            return False
        if self._failed_at is not None:
            log.info("index_words_written")
        self._failed_at = None
        return True

    def _failed(self, error: LostTerms) -> None:
        first, self._failed_at = self._failed_at is None, time.monotonic()
        if first:
            log.error(
                "index_words_unwritten",
                error=str(error),
                remedy=REMEDY,
                meanwhile="words are searched in memory, and written again when there is room",
            )
