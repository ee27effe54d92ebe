"""Fixtures of this service's tests: a database of its own, the mail catcher, a browser."""

import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from chassis.database import Pool
from chassis.service import Runtime
from embedded.mail import Mail as MailCatcher
from embedded.testing import MakeDatabase
from notifications.app import service
from notifications.settings import NotificationsSettings

sys.path.insert(0, str(Path(__file__).parent))

from notification_builders import Builders
from notification_scene import LINK_KEYS, SESSION_KEYS, Clock, Exchange, migrate

from chassis.signing import generate_link_key


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.now(UTC) + timedelta(minutes=1))


@pytest.fixture
async def exchange(
    make_database: MakeDatabase, mail_server: MailCatcher, clock: Clock
) -> AsyncIterator[Exchange]:
    settings = NotificationsSettings(
        database_url=make_database(migrate),
        smtp_host="127.0.0.1",
        smtp_port=mail_server.smtp_port,
        public_url="https://boerse.example.org",
        sender_address="boerse@example.org",
        bounce_address="bounces@example.org",
        session_public_keys=(SESSION_KEYS.public,),
        link_keys=LINK_KEYS,
        form_key=generate_link_key(),
        smtp_connect_seconds=60,
        smtp_data_seconds=20,
        mails_per_second=1000,
    )
    pool = Pool(settings.database_url, application="test", transaction_seconds=60)
    await pool.open()
    made = Exchange(Runtime(settings=settings, pool=pool, clock=clock), clock)
    yield made
    await made.sender._server.rest()
    await pool.close()


@pytest.fixture
async def browser(exchange: Exchange) -> AsyncIterator[httpx.AsyncClient]:
    app = service.web(exchange.runtime)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://boerse.example.org") as c:
        yield c


@pytest.fixture
def make(unique: str) -> Builders:
    return Builders(unique=unique)
