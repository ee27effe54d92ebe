"""The press figures of a period: the four models' figures, each with its base; pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from chassis.web.language import Localised
from schemas.vocabulary import ClosingAnswer, ListingKind, SizeClass
from surveys.reports.figure import Figure, Line, Share, breakdown

UNKNOWN = "unknown"
CONTACT_RESULTS = ("accepted", "declined", "lapsed", "withdrawn", "open")


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    slug: str
    fewest: int
    most: int | None

    def holds(self, contacts: int) -> bool:
        return contacts >= self.fewest and (self.most is None or contacts <= self.most)


BUCKETS = (
    Bucket(slug="0", fewest=0, most=0),
    Bucket(slug="1-5", fewest=1, most=5),
    Bucket(slug="6-10", fewest=6, most=10),
    Bucket(slug="11-20", fewest=11, most=20),
    Bucket(slug="21+", fewest=21, most=None),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PressCounts:
    """What the ledger counts; ``organisations_by_contacts`` says how many have how many."""

    listings_by_kind: Mapping[str, int]
    listings_by_category: Mapping[str, int]
    organisations_by_size: Mapping[str, int]
    organisations_by_contacts: Mapping[int, int]
    contacts_by_result: Mapping[str, int]
    closings_by_answer: Mapping[str, int]


def press_figures(
    counts: PressCounts, *, categories: Mapping[str, Localised]
) -> tuple[Figure, ...]:
    listings = sum(counts.listings_by_kind.values())
    return (
        Figure(slug="listings", lines=(Line(slug="published", share=Share(count=listings)),)),
        breakdown("kinds", _all_of([kind.value for kind in ListingKind], counts.listings_by_kind)),
        _by_category(counts.listings_by_category, categories),
        breakdown("sizes", _by_size(counts.organisations_by_size)),
        breakdown("contacts", bucketed(counts.organisations_by_contacts)),
        breakdown("results", _all_of(CONTACT_RESULTS, counts.contacts_by_result), is_sample=True),
        breakdown("closings", _by_answer(counts.closings_by_answer), is_sample=True),
        Figure(slug="recommendation"),
    )


def bucketed(organisations_by_contacts: Mapping[int, int]) -> dict[str, int]:
    """How many organisations lie in each bucket; every organisation lies in exactly one."""
    return {
        bucket.slug: sum(
            organisations
            for contacts, organisations in organisations_by_contacts.items()
            if bucket.holds(contacts)
        )
        for bucket in BUCKETS
    }


def _by_size(counts: Mapping[str, int]) -> dict[str, int]:
    """Every size class, zeros too; the unknown only where there are any."""
    by_size = _all_of([size.value for size in SizeClass], counts)
    return by_size | ({UNKNOWN: counts[UNKNOWN]} if counts.get(UNKNOWN) else {})


def _by_answer(counts: Mapping[str, int]) -> dict[str, int]:
    """Every answer, zeros too, and always how many said nothing."""
    return _all_of([*(answer.value for answer in ClosingAnswer), UNKNOWN], counts)


def _by_category(counts: Mapping[str, int], labels: Mapping[str, Localised]) -> Figure:
    base = sum(counts.values())
    most_first = sorted(counts.items(), key=lambda each: (-each[1], each[0]))
    return Figure(
        slug="categories",
        lines=tuple(
            Line(slug=slug, share=Share(count=count, base=base), label=labels.get(slug))
            for slug, count in most_first
        ),
    )


def _all_of(slugs: tuple[str, ...] | list[str], counts: Mapping[str, int]) -> dict[str, int]:
    return {slug: counts.get(slug, 0) for slug in slugs}
