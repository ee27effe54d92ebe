"""Which organisation of the directory a name, a domain and a postcode mean; if in doubt, none."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """One of the name, or at the domain, that somebody gave; ``is_near`` has their postcode."""

    id: UUID
    is_named: bool
    is_near: bool
    is_at_domain: bool

    @property
    def is_sure(self) -> bool:
        """Pharmacies of many towns are called alike, two of one postcode are one."""
        return self.is_named and self.is_near

    @property
    def likeness(self) -> tuple[bool, bool, bool]:
        return (self.is_named, self.is_sure, self.is_at_domain)


def meant(candidates: Sequence[Candidate]) -> UUID | None:
    """The one a person means; a domain or a name that several share says nothing."""
    most = max((each.likeness for each in candidates), default=None)
    alike = [each for each in candidates if each.likeness == most]
    is_clear = len(alike) == 1 or any(each.is_sure for each in alike)
    return alike[0].id if is_clear else None


def same(candidates: Sequence[Candidate]) -> UUID | None:
    """The one that is already there, for whoever was going to add it."""
    return next((each.id for each in candidates if each.is_sure), None)
