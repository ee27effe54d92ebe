"""What recognises erased names, from the settings of the service."""

from chassis.cli.running import settings_of
from chassis.service import Service
from listings.erased.traces import Tracer
from listings.settings import ListingsSettings


def tracer_of(service: Service) -> Tracer:
    settings = settings_of(service)
    assert isinstance(settings, ListingsSettings)  # noqa: S101 - the service's own class
    return Tracer(settings.erasure_keys())
