"""The service's two indexes: exact for up to 20,000 listings a side, nearly exact for more."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from matching.exact_vectors import ExactVectors
from matching.filed_index import FiledIndex, Side, Vectors
from matching.index_folder import IndexFolder
from matching.term_index import TermIndex
from matching.token_file import TokenFile
from matching.vector_graph import VectorGraph
from schemas.vocabulary import ListingKind

LARGE_FROM = 20_000
SMALL_FROM = 15_000

EXACT_CANDIDATES = 400
GRAPH_CANDIDATES = 1000
"""The vectors' order is coarse: so many hold .95 of the exact best ten, 200 hold .84."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexSettings:
    """`typical_deviation` and `version` are of the analyses; `folder` None is the system's own."""

    typical_deviation: float
    version: str
    folder: Path | None = None
    large_from: int = LARGE_FROM
    small_from: int = SMALL_FROM

    def small(self) -> FiledIndex:
        """Vectors and words in memory."""
        return FiledIndex(
            {kind: Side(vectors=self._vectors(ExactVectors), terms=TermIndex()) for kind in _KINDS},
            tokens=TokenFile(self.folder, version=self.version),
            by_vector=EXACT_CANDIDATES,
        )

    def large(self) -> FiledIndex:
        """A graph of vectors in memory, words in files."""
        folder = IndexFolder(self.folder)
        return FiledIndex(
            {
                kind: Side(
                    vectors=self._vectors(VectorGraph), terms=TermIndex(_made(folder.path / kind))
                )
                for kind in _KINDS
            },
            tokens=TokenFile(folder.path, version=self.version),
            by_vector=GRAPH_CANDIDATES,
            folder=folder,
        )

    def _vectors(self, made: Callable[..., Vectors]) -> Vectors:
        return made(typical_deviation=self.typical_deviation)


_KINDS = tuple(ListingKind)


def _made(folder: Path) -> Path:
    folder.mkdir()
    return folder
