"""What nobody should send, and every row and event that it could have left behind."""

import inspected

from embedded.exchange import Exchange

LISTING = {
    "kind": "request",
    "cooperation": "product",
    "title": "Sterile Probenröhrchen",
    "description": "Wir suchen sterile Röhrchen mit Schraubdeckel für Speichelproben.",
    "category": "diagnostics",
    "language": "de",
    "visibility": "public",
    "postcode": "18055",
}

WRONG_FIELDS: tuple[tuple[dict[str, object], str], ...] = (
    ({"title": "x" * 121}, "#/title"),
    ({"title": None}, "#/title"),
    ({"title": "Röhrchen\x00"}, "#/title"),
    ({"description": ["eine", "Liste"]}, "#/description"),
    ({"category": "weapons"}, "#/category"),
    ({"postcode": "99999"}, "#/postcode"),
    ({"valid_until": "2020-01-01"}, "#/valid_until"),
)
"""Each with the JSON pointer that names it."""

FORGED_LINKS = (
    ("/sign-in/forged", ""),
    ("/contacts/new/forged", ""),
    ("/contacts/forged", "/accept"),
    ("/contacts/forged", "/decline"),
    ("/matching/proposals/forged", ""),
    ("/surveys/outcomes/forged", ""),
    ("/notifications/unsubscribe/proposals/forged", ""),
    ("/notifications/unsubscribe/proposals/forged", "/undo"),
)
"""The page that a link opens, and where its form is sent."""


async def traces(exchange: Exchange) -> list[int]:
    """How many rows and events there are wherever a request could leave any."""
    tables = {
        "listings": ("listing", "contact", "outbox"),
        "matching": ("answer", "outbox"),
        "notifications": ("preference", "outbox"),
        "surveys": ("question", "outbox"),
    }
    return [
        await inspected.count(exchange, service, f"select count(*) from {table}")
        for service, names in tables.items()
        for table in names
    ]
