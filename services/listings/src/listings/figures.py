"""What is measured of the directory and the exchange, for whoever watches it."""

from chassis import backup
from chassis.measuring import Figure

FIGURES = (
    Figure(name="organisations", says="Organisations", query="select count(*) from organisation"),
    Figure(
        name="listings",
        says="Listings by kind and status",
        query="select kind, status, count(*) from listing group by kind, status",
        labels=("kind", "status"),
    ),
    Figure(
        name="listings_submitted_oldest_seconds",
        says="How long the oldest listing waits for a moderator",
        query="select extract(epoch from clock_timestamp() - min(submitted_at)) from listing"
        " where status = 'submitted' or pending is not null",
    ),
    Figure(
        name="contacts",
        says="Contacts by status",
        query="select status, count(*) from contact group by status",
        labels=("status",),
    ),
    # One database server serves all: one service tells of its backup.
    *backup.FIGURES,
)
