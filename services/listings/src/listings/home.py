"""The first page: what the exchange is, the two ways in, today's figures, the latest listings."""

from fastapi import APIRouter
from starlette.requests import Request
from starlette.responses import Response

from listings.access import signed_in_member
from listings.contacts import storage as contact_storage
from listings.contacts.contact import ContactStatus
from listings.listing import search, showing
from listings.surroundings import Surroundings
from schemas.vocabulary import ListingKind

LATEST = 6

router = APIRouter(include_in_schema=False)


@router.get("/")
async def home(request: Request) -> Response:
    """The home page."""
    around = Surroundings.of(request)
    async with around.pool.transaction() as connection:
        reader = await signed_in_member(request, connection)
        sees_cluster = showing.sees_cluster(reader)
        counts = await search.counts_by_kind(connection, sees_cluster=sees_cluster)
        latest = await search.latest(connection, sees_cluster=sees_cluster, limit=LATEST)
        return around.render(
            request,
            "home.html",
            public=True,
            offers=counts.get(ListingKind.OFFER, 0),
            requests=counts.get(ListingKind.REQUEST, 0),
            organisations=await connection.fetchval("select count(*) from organisation"),
            contacts=await contact_storage.count_by_status(connection, ContactStatus.ACCEPTED),
            cards=await showing.shown(connection, latest),
        )
