"""The listings that ship with the service as its first background, and their segments."""

import hashlib
import re
from dataclasses import replace
from importlib.resources import as_file, files

from matching.listing_file import FileListing, read_listings
from matching.listing_text import ListingText

BACKGROUND = files("matching") / "background"
LISTINGS = BACKGROUND / "listings.csv"
SENTENCE_END = re.compile(r"(?<=[.!?])\s+")


def shipped_listings() -> tuple[FileListing, ...]:
    with as_file(LISTINGS) as path:
        return read_listings(path)


def shipped_fingerprint() -> str:
    return hashlib.sha256(LISTINGS.read_bytes()).hexdigest()


def segments(listing: ListingText) -> tuple[ListingText, ...]:
    """Title, sentences and tags as texts of their own."""
    parts = [listing.title, *SENTENCE_END.split(listing.description), ", ".join(listing.tags)]
    return tuple(replace(listing, title=part, description="", tags=()) for part in parts if part)
