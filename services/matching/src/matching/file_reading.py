"""What the model reads of a file's listings; one that it cannot read is left out and named."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from matching.encoder import UnusableVector
from matching.engine import Engine
from matching.listing_file import FileListing
from matching.listing_text import ListingText, need_of
from matching.reading import Reading
from matching.stated_needs import needs_of_request

Progress = Callable[[Sequence[ListingText], str], Iterable[ListingText]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadListing:
    """A listing with its reading, and those of its further needs in their order."""

    listing: FileListing
    reading: Reading
    needs: tuple[Reading, ...]

    @property
    def text(self) -> ListingText:
        return self.listing.text


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFile:
    """`unreadable` are the refs of those of which an encoder made something that is no number."""

    listings: tuple[ReadListing, ...]
    unreadable: tuple[str, ...]


def read_file(engine: Engine, listings: Sequence[FileListing], *, progress: Progress) -> ReadFile:
    """Like the service, which keeps such a listing and lets it meet nobody."""
    read: list[ReadListing] = []
    unreadable: list[str] = []
    texts = progress([listing.text for listing in listings], "reading listings")
    for listing, _text in zip(listings, texts, strict=True):
        try:
            read.append(_read(engine, listing))
        except UnusableVector:
            unreadable.append(listing.ref)
    return ReadFile(listings=tuple(read), unreadable=tuple(unreadable))


def _read(engine: Engine, listing: FileListing) -> ReadListing:
    needs = needs_of_request(listing.text, listing.needs)
    return ReadListing(
        listing=listing,
        reading=engine.read(listing.text),
        needs=tuple(engine.read(need_of(listing.text, need)) for need in needs),
    )
