"""The listings of a file analysed under one version, each further need as a request of its own."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from matching.analysis import Analysis
from matching.analysis_version import AnalysisVersion
from matching.file_reading import ReadListing
from matching.listing_file import FileListing
from matching.listing_text import ListingText
from matching.stated_needs import needs_of_request


@dataclass(frozen=True, slots=True, kw_only=True)
class Analysed:
    """A listing, or with a `part` from 1 on one of its further needs."""

    listing: FileListing
    analysis: Analysis
    part: int = 0

    @property
    def need(self) -> str | None:
        """The further need that it is."""
        if not self.part:
            return None
        return needs_of_request(self.listing.text, self.listing.needs)[self.part - 1]


def analysed_parts(
    version: AnalysisVersion, read: Sequence[ReadListing], *, background: AbstractSet[ListingText]
) -> tuple[Analysed, ...]:
    """All listings, then all needs; `background` are the texts that the version was fitted on."""
    whole = [_whole(version, each, in_background=each.text in background) for each in read]
    return (*whole, *_needs(version, read))


def _whole(version: AnalysisVersion, read: ReadListing, *, in_background: bool) -> Analysed:
    analysis = version.analysed(read.reading, in_background=in_background)
    return Analysed(listing=read.listing, analysis=analysis)


def _needs(version: AnalysisVersion, read: Sequence[ReadListing]) -> Iterator[Analysed]:
    for each in read:
        for part, need in enumerate(each.needs, start=1):
            yield Analysed(listing=each.listing, analysis=version.analysed(need), part=part)
