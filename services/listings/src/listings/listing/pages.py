"""Pages for everybody: the list with search and filters, and one listing."""

from typing import Annotated
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.requests import Request
from starlette.responses import Response

from chassis.web.problem import Problem
from chassis.web.text import composed
from chassis.web.translation import mark
from listings.access import SignedIn, SignInNeeded, signed_in_member
from listings.categories import category_of
from listings.listing import search, showing, storage
from listings.listing.listing import Listing
from listings.surroundings import Surroundings
from schemas.vocabulary import ListingKind

ENDED = mark("Dieser Eintrag ist nicht mehr aktuell.")
RESTS = mark("Dieser Eintrag pausiert gerade.")
LATER = mark(
    "Vielleicht ist er bald wieder da. Unter „Angebote & Gesuche“ finden Sie, was es heute gibt."
)
LOOK_ON = mark("Unter „Angebote & Gesuche“ finden Sie, was es heute gibt.")
FOR_MEMBERS = mark("Diesen Eintrag sieht nur, wer für eine Organisation spricht.")
JOIN_FIRST = mark(
    "Haben Sie sich eben registriert, muss noch ein Mitglied oder die Moderation Ja sagen; danach "
    "steht er hier. Sonst suchen Sie Ihre Organisation unter „Meine Organisationen“."
)
LAST_PAGE = 1000

Text = Annotated[str, Query(max_length=100)]

router = APIRouter(include_in_schema=False)


@router.get("/listings")
async def listings_found(
    request: Request,
    q: Text = "",
    kind: Text = "",
    category: Text = "",
    page: Annotated[int, Query(ge=1, le=LAST_PAGE)] = 1,
) -> Response:
    """The list; an unknown kind or category counts as none."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        reader = await signed_in_member(request, connection)
        asked = search.Search(
            text=composed(q),
            kind=next((each for each in ListingKind if each == kind), None),
            category=category if category_of(around.categories, category) else None,
            sees_cluster=showing.sees_cluster(reader),
            page=page,
        )
        found = await search.found(connection, asked)
        return around.render(
            request,
            "listing/list.html",
            public=True,
            asked=asked,
            found=found,
            cards=await showing.shown(connection, found.listings),
            counts=await search.counts_by_category(connection, asked),
            categories=around.categories,
            href_of_page=lambda number: _address(asked, number),
        )


@router.get("/listings/{listing_id:uuid}")
async def one_listing(request: Request, listing_id: UUID) -> Response:
    """One listing, to whom it is visible."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        reader = await signed_in_member(request, connection)
        listing = await storage.listing(connection, listing_id)
        listing = _seen(listing, reader)
        return around.render(
            request,
            "listing/listing.html",
            public=True,
            card=await showing.shown_to(connection, listing, reader),
            is_own=reader is not None and reader.acts_for(listing.organisation_id),
            is_insider=reader is not None and showing.knows_all_of(listing, reader),
            is_visitor=reader is None,
            as_of=around.clock(),
        )


def _seen(listing: Listing | None, reader: SignedIn | None) -> Listing:
    if listing is None:
        raise Problem(404)
    if showing.may_see(listing, reader):
        return listing
    if listing.has_ended:
        raise Problem(410, ENDED, remedy=LOOK_ON)
    if showing.saw_before_pause(listing, reader):
        raise Problem(404, RESTS, remedy=LATER)
    if listing.is_visible and reader is None:
        raise SignInNeeded  # Mails to members lead here, too: signed in, they see it.
    if listing.is_visible:
        raise Problem(403, FOR_MEMBERS, remedy=JOIN_FIRST)
    raise Problem(404)


def _address(asked: search.Search, page: int) -> str:
    terms = {"q": asked.text, "kind": asked.kind, "category": asked.category, "page": page}
    return "/listings?" + urlencode({name: term for name, term in terms.items() if term})
