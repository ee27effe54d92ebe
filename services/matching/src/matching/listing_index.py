"""The service's index of live listings, empty: what it is made of and where its files lie."""

from dataclasses import dataclass
from pathlib import Path

from matching.filed_index import FiledIndex, Side
from matching.index_folder import IndexFolder
from matching.term_index import TermIndex
from matching.term_writing import RETRY_SECONDS
from matching.token_file import TokenFile
from matching.vector_cells import LOOKED_AT, VectorCells
from schemas.vocabulary import ListingKind


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSettings:
    """`typical_deviation` and `version` are of the analyses; `folder` None is the system's own."""

    typical_deviation: float
    version: str
    folder: Path | None = None
    looked_at: int = LOOKED_AT
    retry_seconds: float = RETRY_SECONDS

    def opened(self) -> FiledIndex:
        """An empty index in a folder of its own."""
        folder = IndexFolder(self.folder)
        return FiledIndex(
            {kind: self._side(folder.path / kind) for kind in ListingKind},
            tokens=TokenFile(folder.path, version=self.version),
            folder=folder,
            retry_seconds=self.retry_seconds,
        )

    def _side(self, folder: Path) -> Side:
        folder.mkdir()
        vectors = VectorCells(typical_deviation=self.typical_deviation, looked_at=self.looked_at)
        return Side(vectors=vectors, terms=TermIndex(folder))
