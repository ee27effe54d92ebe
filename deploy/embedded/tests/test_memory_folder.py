"""Where the data of a test's server lies, and what a killed one leaves there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from embedded.memory_folder import PREFIX, data_folder


def left_by(pid: int, memory: Path) -> Path:
    folder = memory / f"{PREFIX}left"
    folder.mkdir()
    (folder / "postmaster.pid").write_text(f"{pid}\n{folder}\n")
    return folder


def pid_of_the_dead() -> int:
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()
    return ended.pid


def test_it_lies_in_memory_where_there_is_enough(tmp_path: Path) -> None:
    folder = data_folder(tmp_path, enough_bytes=1)

    assert folder.parent == tmp_path
    assert list(folder.iterdir()) == []


def test_it_does_not_where_memory_is_short(tmp_path: Path) -> None:
    folder = data_folder(tmp_path, enough_bytes=2**60)

    assert folder.parent != tmp_path
    shutil.rmtree(folder)


def test_nor_where_the_system_has_none(tmp_path: Path) -> None:
    folder = data_folder(tmp_path / "nowhere", enough_bytes=1)

    assert folder.exists()
    shutil.rmtree(folder)


def test_what_a_killed_server_left_is_removed(tmp_path: Path) -> None:
    left = left_by(pid_of_the_dead(), tmp_path)

    data_folder(tmp_path)

    assert not left.exists()


def test_what_a_running_server_uses_stays(tmp_path: Path) -> None:
    used = left_by(os.getpid(), tmp_path)

    data_folder(tmp_path)

    assert used.exists()


def test_what_is_being_set_up_stays(tmp_path: Path) -> None:
    """`initdb` runs PostgreSQL without a postmaster, whose pid then stands there as negative."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as at_work:
        used = left_by(-at_work.pid, tmp_path)

        data_folder(tmp_path)

        at_work.communicate(b"\n")
    assert used.exists()


def test_a_pid_that_is_not_written_yet_is_nobodys(tmp_path: Path) -> None:
    used = left_by(os.getpid(), tmp_path)
    (used / "postmaster.pid").write_text("")

    data_folder(tmp_path)

    assert used.exists()
