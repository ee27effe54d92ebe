"""A stack that cannot start ends what it began, and says what failed."""

import tempfile
from pathlib import Path
from typing import Self

import pytest

from embedded.postgres import Postgres
from embedded.stack import Stack


class DiskFull(RuntimeError):
    """What a start may fail with."""


class Refusing(Postgres):
    """A server that cannot be started: it fails while the other servers are being started."""

    def start(self) -> Self:
        raise DiskFull("no space left on device")


@pytest.mark.parametrize("attempt", range(5))
def test_the_failure_of_one_server_ends_the_others_and_is_told(
    attempt: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

    with pytest.raises(DiskFull), Stack(postgres=Refusing()):
        pytest.fail(f"attempt {attempt}: a stack is up without its PostgreSQL")

    assert list(tmp_path.iterdir()) == []
