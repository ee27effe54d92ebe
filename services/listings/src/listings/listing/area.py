"""How far a listing reaches, as its form asks for it."""

from enum import StrEnum


class Area(StrEnum):
    RADIUS = "radius"
    LAENDER = "laender"
    NATIONWIDE = "nationwide"
