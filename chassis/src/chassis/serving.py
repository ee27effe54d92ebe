"""A service as a process: HTTP in front, the rest in its lifespan, a clean end on SIGTERM."""

import signal
from collections.abc import Callable
from socket import socket
from types import FrameType

import structlog
import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp

from chassis import provisioning
from chassis.disk import DiskMetrics, disks
from chassis.health import health_router
from chassis.service import Runtime, Service
from chassis.settings import ServiceSettings
from chassis.signing import UnusableKey
from chassis.start_checks import (
    CannotStart,
    demand_usable_database,
    listening_socket,
    unusable_key,
)
from chassis.web.forwarded import BehindGateway

log = structlog.get_logger(__name__)

SHUTDOWN_SECONDS = 5
BROKERS_LEARN_SECONDS = 5.0


def application(service: Service, runtime: Runtime) -> FastAPI:
    """The service's web application with the running service as its lifespan."""
    settings = runtime.settings
    DiskMetrics(
        runtime.registry,
        least_percent=settings.disk_free_percent,
        folders=disks(settings.disk_folders),
    )
    app = service.web(runtime)
    app.include_router(health_router(runtime, service.notes))
    app.router.lifespan_context = lambda _app: service.running(runtime)
    return app


async def serve(service: Service, settings: ServiceSettings) -> int:
    """Serve until told to stop; the exit code. Refuses to start where it could not work."""
    _on_signals(_leave)
    log.info("service_starting")
    try:
        await demand_usable_database(service, settings)
        app = _usable_application(service, settings)
        listener = listening_socket(service, settings)
    except CannotStart as refusal:
        log.error(refusal.finding.check, wrong=refusal.finding.wrong, remedy=refusal.finding.remedy)
        return 1
    with listener:
        missing = await _missing_topics(service, settings)
        if missing:
            names = ", ".join(sorted(missing))
            log.error(
                "topics_missing", topics=names, remedy="python -m chassis provision TOPICS.json"
            )
            return 1
        await _serve_on(listener, app, settings)
    return 0


def _usable_application(service: Service, settings: ServiceSettings) -> FastAPI:
    try:
        return application(service, service.runtime(settings))
    except UnusableKey as error:
        raise CannotStart(unusable_key(error)) from None


def behind_gateway(app: FastAPI, settings: ServiceSettings) -> ASGIApp:
    """The application as the setting says; without a gateway nobody's headers are believed."""
    if not settings.behind_gateway:
        return app
    return BehindGateway(app, settings.trusted_proxies.split())


async def _serve_on(listener: socket, app: FastAPI, settings: ServiceSettings) -> None:
    server = uvicorn.Server(
        uvicorn.Config(
            behind_gateway(app, settings),
            proxy_headers=False,
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=SHUTDOWN_SECONDS,
        )
    )
    log.info("service_started", port=settings.port)
    # uvicorn ends cleanly, then raises the signal again for whoever was there before it: nobody.
    _on_signals(lambda *_: None)
    await server.serve(sockets=[listener])
    log.info("service_stopped")


def _on_signals(handler: Callable[[int, FrameType | None], None]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, handler)


def _leave(_number: int, _frame: FrameType | None) -> None:
    """Told to stop before there is anything to end."""
    raise SystemExit(0)


async def _missing_topics(service: Service, settings: ServiceSettings) -> set[str]:
    """An unreachable broker is no reason not to start: the service waits for it."""
    bootstrap, topics = settings.kafka_bootstrap, service.topics
    try:
        if missing := await provisioning.missing_topics(bootstrap, topics):
            log.info("topics_awaited", topics=sorted(missing), seconds=BROKERS_LEARN_SECONDS)
            return await provisioning.missing_topics(
                bootstrap, topics, patience=BROKERS_LEARN_SECONDS
            )
    except Exception as error:
        log.warning("topics_unchecked", error=type(error).__name__)
    return set()
