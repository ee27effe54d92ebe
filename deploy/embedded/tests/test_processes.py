"""Child processes keep their output, obey a limit, and none outlives its parent."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from embedded.processes import Command, Process, ProcessEnded
from embedded.testing import eventually

PARENT = """
import sys
from pathlib import Path
from embedded.processes import Command, Process
child = Process(Command(name="child", arguments=["sleep", "600"], log=Path(sys.argv[1])))
print(child.start().pid, flush=True)
sys.stdin.read()
"""

INTERRUPTED_PARENT = """
import os, signal, sys
from pathlib import Path
from embedded.interruption import interruptible
from embedded.processes import Command, Process
os.register_at_fork(after_in_child=lambda: os.kill(os.getpid(), signal.SIGINT))
child = Process(Command(name="child", arguments=["sleep", "600"], log=Path(sys.argv[1])))
with interruptible():
    child.start()
    child.kill()
    print("goes on")
"""


def python(code: str, log: Path) -> Process:
    return Process(Command(name="python", arguments=[sys.executable, "-c", code], log=log))


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False


class TestProcess:
    async def test_its_output_is_in_its_log(self, tmp_path: Path) -> None:
        process = python("print('ready')", tmp_path / "log").start()

        await eventually(lambda: not process.running)

        assert process.log_tail() == "ready"

    async def test_one_that_ends_early_is_reported_with_its_last_words(
        self, tmp_path: Path
    ) -> None:
        process = python("raise SystemExit('no such setting')", tmp_path / "log").start()

        await eventually(lambda: not process.running)

        with pytest.raises(ProcessEnded, match="no such setting"):
            process.demand_running()

    async def test_one_that_ignores_the_request_to_end_is_killed(self, tmp_path: Path) -> None:
        code = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(1, flush=True)"
        process = python(code + "; signal.pause()", tmp_path / "log").start()
        await eventually(lambda: process.log_tail() == "1")

        assert process.stop(limit_seconds=0.2) == -signal.SIGKILL

    async def test_one_that_was_killed_can_be_started_again(self, tmp_path: Path) -> None:
        with python("import signal; signal.pause()", tmp_path / "log") as process:
            first = process.pid
            process.kill()

            process.start()

            assert process.running
            assert process.pid != first

    @pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of the death")
    async def test_it_dies_with_a_parent_that_was_killed(self, tmp_path: Path) -> None:
        parent = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", PARENT, str(tmp_path / "log")),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
        )
        assert parent.stdout is not None
        child = int(await parent.stdout.readline())
        assert is_alive(child)

        parent.kill()
        await parent.wait()

        await eventually(lambda: not is_alive(child))

    async def test_one_interrupted_before_it_is_itself_just_ends(self, tmp_path: Path) -> None:
        """A Ctrl-C reaches the whole terminal, a child that is only half begun as well."""
        parent = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", INTERRUPTED_PARENT, str(tmp_path / "log")),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )

        said, _ = await parent.communicate()

        assert said.decode() == "goes on\n"
