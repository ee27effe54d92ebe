"""Who sees what is for members only: whoever an organisation or the operators let in."""

from schemas.frame import OPERATORS
from schemas.member import MemberState


def belongs(member: MemberState) -> bool:
    """Whether somebody let them in: an address of their own anybody can verify."""
    return bool(member.organisation_ids) or not OPERATORS.isdisjoint(member.roles)
