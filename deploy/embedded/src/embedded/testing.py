"""Pytest plugin: the real servers, each started once a session by the first test that asks for it.

- `postgres_server`, `kafka_server`, `mail_server`: the servers themselves. A test that calls
  `kill()` or `stop()` calls `start()` before it ends: the others use the same server.
- `make_database(migrate)`: the URL of a database of the test's own, dropped afterwards. `migrate`
  (a function or coroutine function that takes a URL) runs once a session, on a template; without
  it the database is empty.
- `unique`: a suffix for topics, groups and names, another one in every test.
- `eventually(check)`: waits for a condition; import it from here.
"""

import asyncio
import inspect
import uuid
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol, TypeVar, overload

import pytest

from embedded.kafka import Kafka
from embedded.mail import Mail
from embedded.memory_folder import data_folder
from embedded.postgres import Postgres

Answer = TypeVar("Answer")
Migrate = Callable[[str], None] | Callable[[str], Coroutine[None, None, None]]

_PAUSE_SECONDS = 0.05


class MakeDatabase(Protocol):
    """Makes a database and answers its URL."""

    def __call__(self, migrate: Migrate | None = None) -> str: ...


@overload
async def eventually(check: Callable[[], Awaitable[Answer]], timeout: float = 60) -> Answer: ...  # noqa: ASYNC109


@overload
async def eventually(check: Callable[[], Answer], timeout: float = 60) -> Answer: ...  # noqa: ASYNC109


async def eventually(
    check: Callable[[], object],
    timeout: float = 60,  # noqa: ASYNC109 - bounds the polling, not one await
) -> object:
    """Ask `check` until its answer is true and no assertion in it fails; answer that answer.

    A check that is declared `-> None` has only its assertions: it holds when none of them fails.
    After `timeout` seconds the last failure is raised: enough for a busy machine.
    """
    clock = asyncio.get_running_loop().time
    deadline = clock() + timeout
    while True:
        try:
            answer = await _asked(check)
            if answer or _only_asserts(check):
                return answer
            failure = AssertionError(f"still {answer!r} after {timeout} s")
        except AssertionError as refused:
            failure = refused
        if clock() > deadline:
            raise failure
        await asyncio.sleep(_PAUSE_SECONDS)


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    with Postgres(durable=False, data=data_folder()) as server:
        yield server


@pytest.fixture(scope="session")
def kafka_server() -> Iterator[Kafka]:
    with Kafka() as server:
        yield server


@pytest.fixture(scope="session")
def mail_server() -> Iterator[Mail]:
    with Mail() as server:
        yield server


@pytest.fixture(scope="session")
def _templates() -> dict[Migrate, str]:
    return {}


@pytest.fixture
def make_database(
    postgres_server: Postgres, _templates: dict[Migrate, str]
) -> Iterator[MakeDatabase]:
    made: list[str] = []

    def make(migrate: Migrate | None = None) -> str:
        if migrate is not None and migrate not in _templates:
            _templates[migrate] = _make_template(postgres_server, migrate)
        name = f"test_{uuid.uuid4().hex[:12]}"
        made.append(name)
        return postgres_server.create_database(name, migrate and _templates[migrate])

    yield make
    for name in made:
        postgres_server.drop_database(name)


@pytest.fixture
def unique() -> str:
    return uuid.uuid4().hex[:8]


def _make_template(server: Postgres, migrate: Migrate) -> str:
    name = f"template_{uuid.uuid4().hex[:12]}"
    url = server.create_database(name)
    outcome = migrate(url)
    if outcome is not None:
        # A thread of its own: the test that asks may be inside a running event loop.
        with ThreadPoolExecutor(max_workers=1) as thread:
            thread.submit(asyncio.run, outcome).result()
    return name


def _only_asserts(check: Callable[[], object]) -> bool:
    return inspect.signature(check).return_annotation in (None, "None")


async def _asked(check: Callable[[], object]) -> object:
    answer = check()
    return await answer if inspect.isawaitable(answer) else answer
