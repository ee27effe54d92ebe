"""Health and metrics: waiting for a database or broker is alive, only a stuck loop is dead."""

import asyncio
from collections.abc import Callable, Sequence

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from chassis.database import is_transient
from chassis.finding import Finding
from chassis.service import Runtime

READY_SECONDS = 2.0


def health_router(
    runtime: Runtime, notes: Callable[[Runtime], Sequence[Finding]] | None = None
) -> APIRouter:
    """``notes`` tell what the service goes on without; they change no status code."""
    router = APIRouter(include_in_schema=False)

    @router.get("/health/live")
    async def live() -> dict[str, str]:
        """Answering proves that the event loop turns."""
        return {"status": "alive"}

    @router.get("/health/ready")
    async def ready(response: Response) -> dict[str, str | list[str]]:
        """Whether what the service stands on answers, and what it goes on without.

        Without the broker pages and writes still work; what they say is published later.
        """
        waits_for = await _waits_for(runtime)
        if waits_for:
            response.status_code = 503
        status = f"waiting for the {' and the '.join(waits_for)}" if waits_for else "ready"
        noted = [str(note) for note in (notes(runtime) if notes else ())]
        return {"status": status} | ({"notes": noted} if noted else {})

    @router.get("/metrics")
    async def metrics() -> Response:
        """What this service counts, for Prometheus."""
        return Response(generate_latest(runtime.registry), media_type=CONTENT_TYPE_LATEST)

    return router


async def _waits_for(runtime: Runtime) -> list[str]:
    database, broker = await asyncio.gather(_database_answers(runtime), _broker_answers(runtime))
    answered = (("database", database), ("broker", broker))
    return [name for name, answers in answered if not answers]


async def _database_answers(runtime: Runtime) -> bool:
    try:
        async with asyncio.timeout(READY_SECONDS), runtime.pool.connection() as connection:
            await connection.fetchval("select 1")
    except Exception as error:
        if not is_transient(error):
            raise
        return False
    return True


async def _broker_answers(runtime: Runtime) -> bool:
    client = AIOKafkaClient(bootstrap_servers=runtime.settings.kafka_bootstrap)
    try:
        async with asyncio.timeout(READY_SECONDS):
            await client.bootstrap()
    except (KafkaError, TimeoutError, OSError):
        return False
    finally:
        await client.close()
    return True
