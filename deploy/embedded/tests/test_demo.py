"""The demo ends cleanly at Ctrl-C, whatever it is doing: nothing it began is left."""

import os
import shutil
import signal
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded.processes import Command, Process
from embedded.testing import eventually

pytestmark = [
    pytest.mark.model,
    pytest.mark.timeout(400),
    pytest.mark.skipif(sys.platform != "linux", reason="reads /proc"),
]

LIMIT_SECONDS = 90
"""It ends a test whose demo would never end; the end itself takes seconds."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """Where the demo keeps its data; open to whoever PostgreSQL runs as."""
    folder = Path(tempfile.mkdtemp(prefix="demo-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def demo(folder: Path, log: Path, *options: str) -> Process:
    return Process(
        Command(
            name="demo",
            arguments=[sys.executable, "-m", "embedded", "demo", *options],
            log=log,
            environment=dict(os.environ) | {"TMPDIR": str(folder), "PYTHONUNBUFFERED": "1"},
        )
    )


def descendants(pid: int) -> dict[int, str]:
    """Everything this process began, by id, with its command line."""
    found: dict[int, str] = {}
    for child in children(pid):
        found |= {child: command_line(child)} | descendants(child)
    return found


def children(pid: int) -> list[int]:
    listed: list[int] = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            listed += map(int, thread.read_text().split())
        except OSError:
            continue
    return listed


def command_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


def contents(folder: Path) -> list[str]:
    return [entry.name for entry in folder.iterdir()]


def has_begun(process: Process, what: str) -> bool:
    process.demand_running()
    running = "\n".join(descendants(process.pid).values())
    return what in running or what in process.log_tail()


class TestInterruption:
    @pytest.mark.parametrize(
        "moment",
        ["StorageTool format", "kafka.Kafka", "matching migrate", "matching serve", "Reading"],
    )
    async def test_ctrl_c_ends_everything_at_any_moment(
        self, folder: Path, tmp_path: Path, moment: str
    ) -> None:
        with demo(folder, tmp_path / "log") as process:
            await eventually(lambda: has_begun(process, moment), timeout=300)
            begun = descendants(process.pid)

            code = process.stop(limit_seconds=LIMIT_SECONDS, with_signal=signal.SIGINT)

        assert code == 0, process.log_tail()
        assert "Traceback" not in process.log_tail()
        assert not [line for pid, line in begun.items() if line and line == command_line(pid)]
        assert contents(folder) == []

    async def test_a_verification_that_was_cut_short_verified_nothing(
        self, folder: Path, tmp_path: Path
    ) -> None:
        with demo(folder, tmp_path / "log", "--once") as process:
            await eventually(lambda: has_begun(process, "being started"), timeout=300)

            code = process.stop(limit_seconds=LIMIT_SECONDS, with_signal=signal.SIGINT)

        assert code == 130


class TestFailure:
    async def test_a_set_up_that_fails_is_told_in_a_sentence(
        self, folder: Path, tmp_path: Path
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listening:
            port = listening.getsockname()[1]
            with demo(folder, tmp_path / "log", "--port", str(port)) as process:
                await eventually(lambda: not process.running, timeout=300)

        assert process.exit_code == 1
        assert f"port {port} is in use: stop what listens there" in process.log_tail()
        assert "Traceback" not in process.log_tail()
        assert contents(folder) == []
