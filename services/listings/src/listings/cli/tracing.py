"""What recognises names that are kept as hashes only, from the settings of the service."""

from chassis.cli.running import settings_of
from chassis.database import Connection
from chassis.service import Service
from listings.erased.traces import Tracer, address_named
from listings.members import storage
from listings.members.address_storage import members_formerly_at
from listings.members.member import Member
from listings.settings import ListingsSettings


def tracer_of(service: Service) -> Tracer:
    settings = settings_of(service)
    assert isinstance(settings, ListingsSettings)  # noqa: S101 - the service's own class
    return Tracer(settings.erasure_keys())


async def formerly_at(connection: Connection, email: str, tracer: Tracer) -> tuple[Member, ...]:
    """Whoever left this address."""
    traces = tracer.traces([address_named(email)])
    return await storage.members(connection, await members_formerly_at(connection, [*traces]))
