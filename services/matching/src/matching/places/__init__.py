"""Where German postcodes lie, for listings that come without events; read once from the file."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from matching.explanation import Position


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A postcode's position and Land."""

    position: Position
    land: str


def find_spot(postcode: str) -> Spot | None:
    return _spots().get(postcode)


@cache
def laender() -> frozenset[str]:
    return frozenset(spot.land for spot in _spots().values())


@cache
def _spots() -> Mapping[str, Spot]:
    text = files(__package__).joinpath("postcodes.csv").read_text(encoding="utf-8")
    return {row["postcode"]: _spot(row) for row in csv.DictReader(text.splitlines())}


def _spot(row: Mapping[str, str]) -> Spot:
    position = Position(latitude=float(row["lat"]), longitude=float(row["lon"]))
    return Spot(position=position, land=row["land"])
