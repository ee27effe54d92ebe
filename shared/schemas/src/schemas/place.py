"""Where something is, and how far it reaches."""

from decimal import Decimal

from pydantic import Field

from schemas.event import Value


class Place(Value):
    """A postcode area in Germany; ``latitude`` and ``longitude`` in degrees, WGS 84."""

    postcode: str = Field(pattern=r"^\d{5}$")
    city: str = Field(max_length=120)
    land: str = Field(max_length=60)
    district_code: str = Field(pattern=r"^\d{5}$", description="Amtlicher Gemeindeschlüssel.")
    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class ServiceArea(Value):
    """Where an organisation delivers or looks: a radius, some Länder, or all of Germany."""

    radius_km: int | None = Field(default=None, ge=1, le=1000)
    laender: tuple[str, ...] = ()
    nationwide: bool = False


class Amount(Value):
    """A quantity with its unit as people write it ("500 Stück", "20 Liter")."""

    value: Decimal = Field(ge=0, max_digits=14, decimal_places=3)
    unit: str = Field(default="", max_length=40)


class Category(Value):
    """A category by its slug, with the labels of the cluster that named it."""

    slug: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)
    label_de: str = Field(max_length=120)
    label_en: str = Field(max_length=120)
