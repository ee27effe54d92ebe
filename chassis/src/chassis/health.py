"""Health and metrics: waiting for a database or broker is alive, only a stuck loop is dead."""

import asyncio

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from fastapi import APIRouter, Response
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from chassis.database import is_transient
from chassis.service import Runtime

READY_SECONDS = 2.0


def health_router(runtime: Runtime) -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/health/live")
    async def live() -> dict[str, str]:
        """Answering proves that the event loop turns."""
        return {"status": "alive"}

    @router.get("/health/ready")
    async def ready(response: Response) -> dict[str, str]:
        """Whether what the service stands on answers.

        Without the broker pages and writes still work; what they say is published later.
        """
        database, broker = await asyncio.gather(
            _database_answers(runtime), _broker_answers(runtime)
        )
        waits_for = [
            name for name, answers in (("database", database), ("broker", broker)) if not answers
        ]
        if waits_for:
            response.status_code = 503
            return {"status": f"waiting for the {' and the '.join(waits_for)}"}
        return {"status": "ready"}

    @router.get("/metrics")
    async def metrics() -> Response:
        """What this service counts, for Prometheus."""
        return Response(generate_latest(runtime.registry), media_type=CONTENT_TYPE_LATEST)

    return router


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
