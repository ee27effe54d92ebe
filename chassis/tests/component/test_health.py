"""Readiness: what a service waits for stops it, what it goes on without is a note."""

from collections.abc import Sequence
from typing import Any

import httpx
from fastapi import FastAPI

from chassis.database import Pool
from chassis.finding import Finding
from chassis.health import health_router
from chassis.service import Runtime
from chassis.settings import ServiceSettings
from chassis.signing import generate_link_key
from embedded.kafka import Kafka
from embedded.ports import free_port
from embedded.testing import MakeDatabase

NOTE = Finding(check="model", wrong="It waits for its model.", remedy="Build it.")


async def readiness(url: str, broker: str, *notes: Finding) -> tuple[int, dict[str, Any]]:
    settings = ServiceSettings(
        database_url=url, kafka_bootstrap=broker, form_key=generate_link_key()
    )

    def noted(_runtime: Runtime) -> Sequence[Finding]:
        return notes

    pool = Pool(url, application="test", size=1)
    await pool.open()
    app = FastAPI()
    app.include_router(health_router(Runtime(settings=settings, pool=pool), noted))
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        answer = await client.get("/health/ready")
    await pool.close()
    return answer.status_code, answer.json()


async def test_without_notes_the_body_is_the_status_alone(
    make_database: MakeDatabase, kafka_server: Kafka
) -> None:
    assert await readiness(make_database(), kafka_server.bootstrap) == (200, {"status": "ready"})


async def test_a_note_is_told_beside_the_status_and_changes_no_code(
    make_database: MakeDatabase, kafka_server: Kafka
) -> None:
    told = await readiness(make_database(), kafka_server.bootstrap, NOTE)

    assert told == (200, {"status": "ready", "notes": ["It waits for its model. Build it."]})


async def test_a_note_hides_no_broker_that_is_away(make_database: MakeDatabase) -> None:
    code, said = await readiness(make_database(), f"127.0.0.1:{free_port()}", NOTE)

    assert code == 503
    assert said["status"] == "waiting for the broker"
    assert len(said["notes"]) == 1
