"""From listing to agreement, step by step; pure. Each step counts a part of its own base."""

from dataclasses import dataclass

from surveys.reports.figure import Figure, Line, Share


@dataclass(frozen=True, slots=True, kw_only=True)
class FunnelCounts:
    """What began in the period, and what became of it until now.

    The unit changes: listings, then proposals, then contacts, and listings again at their end.
    Within a unit every count is a part of the one before.
    """

    listings: int
    listings_proposed: int
    proposals: int
    proposals_delivered: int
    proposals_answered: int
    proposals_contacted: int
    contacts: int
    contacts_accepted: int
    contacts_reported: int
    contacts_agreed: int
    listings_closed: int
    listings_found_here: int


def funnel_figure(counts: FunnelCounts) -> Figure:
    steps = (
        ("published", counts.listings, None),
        ("proposed", counts.listings_proposed, counts.listings),
        ("delivered", counts.proposals_delivered, counts.proposals),
        ("answered", counts.proposals_answered, counts.proposals_delivered),
        ("contact", counts.proposals_contacted, counts.proposals_answered),
        ("accepted", counts.contacts_accepted, counts.contacts),
        ("outcome", counts.contacts_reported, counts.contacts_accepted),
        ("agreed", counts.contacts_agreed, counts.contacts_reported),
        ("found-here", counts.listings_found_here, counts.listings_closed),
    )
    return Figure(
        slug="funnel",
        lines=tuple(
            Line(slug=slug, share=Share(count=count, base=base)) for slug, count, base in steps
        ),
        is_sample=True,
    )
