"""Where the data of a test's server lies, and what a killed one leaves there."""

import shutil
import subprocess
import sys
from pathlib import Path

from embedded.memory_folder import PREFIX, data_folder

ANOTHER = """
import sys
from pathlib import Path
from embedded.memory_folder import data_folder
data_folder(Path(sys.argv[1]), enough_bytes=1)
"""


def made_by(pid: int, memory: Path) -> Path:
    folder = memory / f"{PREFIX}{pid}-k3_x"
    folder.mkdir()
    (folder / "PG_VERSION").touch()
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


def test_what_a_killed_process_left_is_removed(tmp_path: Path) -> None:
    left = made_by(pid_of_the_dead(), tmp_path)

    data_folder(tmp_path)

    assert not left.exists()


def test_what_another_process_made_stays_whether_its_server_runs_or_not(tmp_path: Path) -> None:
    """Another test run may begin while one has killed its server and will start it again."""
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as at_work:
        used = made_by(at_work.pid, tmp_path)
        (used / "postmaster.pid").write_text(f"{pid_of_the_dead()}\n{used}\n")

        data_folder(tmp_path)

        at_work.communicate(b"\n")
    assert used.exists()


def test_its_own_is_known_by_another_process_as_one_that_is_used(tmp_path: Path) -> None:
    own = data_folder(tmp_path, enough_bytes=1)
    command = [sys.executable, "-c", ANOTHER, str(tmp_path)]

    subprocess.run(command, check=True)  # noqa: S603 - our own lines

    assert own.exists()


def test_what_is_not_of_its_kind_stays(tmp_path: Path) -> None:
    foreign = tmp_path / f"{PREFIX}somebody-else"
    foreign.mkdir()

    data_folder(tmp_path)

    assert foreign.exists()
