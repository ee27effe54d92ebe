"""Where things are in Germany: postcodes, districts, distances; read once from the files here."""

import csv
import json
import math
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from schemas.place import Place

EARTH_RADIUS_KM = 6371.0


def find_place(postcode: str, city: str = "") -> Place | None:
    """The place of a postcode, named as people name it there; None for an impossible postcode."""
    place = _places().get(postcode)
    if place is None or not city or city == place.city:
        return place
    return place.model_copy(update={"city": city})


def laender() -> tuple[str, ...]:
    return tuple(sorted({place.land for place in _places().values()}))


def district_name(code: str) -> str | None:
    return _district_names().get(code)


def distance_km(one: Place, other: Place) -> float:
    """Along the surface of the earth (haversine), between the centres of two postcode areas."""
    latitude, other_latitude = math.radians(one.latitude), math.radians(other.latitude)
    longitude_step = math.radians(other.longitude - one.longitude)
    chord = (
        math.sin((other_latitude - latitude) / 2) ** 2
        + math.cos(latitude) * math.cos(other_latitude) * math.sin(longitude_step / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * math.asin(math.sqrt(min(1.0, chord)))


@cache
def _places() -> Mapping[str, Place]:
    text = files(__package__).joinpath("postcodes_de.csv").read_text(encoding="utf-8")
    return {row["postcode"]: _place(row) for row in csv.DictReader(text.splitlines())}


def _place(row: Mapping[str, str]) -> Place:
    return Place(
        postcode=row["postcode"],
        city=row["place"],
        land=row["state"],
        district_code=row["district_code"],
        latitude=float(row["lat"]),
        longitude=float(row["lon"]),
    )


@cache
def _district_names() -> Mapping[str, str]:
    text = files(__package__).joinpath("kreise.geojson").read_text(encoding="utf-8")
    features = json.loads(text)["features"]
    return {each["properties"]["code"]: each["properties"]["name"] for each in features}
