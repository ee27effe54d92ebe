"""The index of live listings for the other parts of the worker's process: they ask, it fills."""

from collections.abc import Sequence
from uuid import UUID

from matching.analysis import Analysis
from matching.filed_index import IndexClosed
from matching.live_listings import LiveListings


class SharedIndex:
    """Empty until the matching worker has filled an index, and after each switch the new one."""

    def __init__(self) -> None:
        self._live: LiveListings | None = None

    def share(self, live: LiveListings) -> None:
        self._live = live

    def nearest(self, parts: Sequence[Analysis], *, count: int) -> list[list[UUID]] | None:
        """For each part listings of the other side, best first; None where no index is filled.

        The worker may be behind its tables by a moment: whoever asks looks at the rows.
        """
        live = self._live
        if live is None or any(part.version != live.version for part in parts):
            return None
        try:
            return [live.nearest(part, count=count) for part in parts]
        except IndexClosed:
            return None
