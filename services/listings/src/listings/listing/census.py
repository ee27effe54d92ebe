"""How many organisations share a region and a size class: what anonymity is measured by."""

from chassis.database import Connection
from listings.listing.public_events import Census, census_of
from schemas.vocabulary import SizeClass


async def census(connection: Connection) -> Census:
    rows = await connection.fetch(
        "select postcode, size_class, count(*) as organisations"
        " from organisation group by postcode, size_class"
    )
    counts = {(row["postcode"], SizeClass(row["size_class"])): row["organisations"] for row in rows}
    return census_of(counts)
