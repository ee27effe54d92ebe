"""What the fields of a listing say about whom it can meet; what is unknown is empty."""

from dataclasses import dataclass
from datetime import date

from matching.explanation import Position
from schemas.place import Amount, ServiceArea

ANYWHERE = ServiceArea()


@dataclass(frozen=True, slots=True, kw_only=True)
class Conditions:
    """``organisation`` is an id or a name: two listings of one never meet."""

    organisation: str = ""
    is_open: bool = True
    amount: Amount | None = None
    minimum_amount: Amount | None = None
    needed_by: date | None = None
    available_from: date | None = None
    area: ServiceArea = ANYWHERE
    position: Position | None = None
    land: str = ""
