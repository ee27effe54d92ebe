"""Health and metrics: waiting for a database or broker is alive, only a stuck loop is dead."""

import asyncio

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
        """Whether requests can be served now."""
        try:
            async with asyncio.timeout(READY_SECONDS), runtime.pool.connection() as connection:
                await connection.fetchval("select 1")
        except Exception as error:
            if not is_transient(error):
                raise
            response.status_code = 503
            return {"status": "waiting for the database"}
        return {"status": "ready"}

    @router.get("/metrics")
    async def metrics() -> Response:
        """What this service counts, for Prometheus."""
        return Response(generate_latest(runtime.registry), media_type=CONTENT_TYPE_LATEST)

    return router
