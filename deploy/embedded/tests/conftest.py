"""What the tests of the embedded servers share lies beside them; a server with backups here."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from archived import take, write

from embedded.archived_postgres import ArchivedPostgres


@pytest.fixture(scope="module")
def server() -> Iterator[ArchivedPostgres]:
    with ArchivedPostgres(durable=False) as server:
        server.execute("create table note (text text)")
        yield server


@pytest.fixture
def base(server: ArchivedPostgres) -> str:
    """A backup of nothing but the note `kept`, of which the log is archived as well."""
    server.execute("truncate note")
    write(server, "kept")
    return take(server)
