"""`make restore` says how it stands: nothing changed, stopped half way, or only no new backup."""

import fcntl
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parent))

from machine import backed_up

ROOT = Path(__file__).parents[2]
ENGINE = r"""#!/bin/sh
echo "$*" >>'{calls}'
! flock --nonblock '{held}' true || echo "$*" >>'{unheld}'
case "$*" in
  {failing}) echo 'No space left on device.' >&2; exit {code} ;;
  *" config --format json") echo '{config}' ;;
  *" ps "*) echo '{running}' ;;
  *" -c cat >"*) cat >'{kept}' ;;
  *"cat /backups/erased.csv"*) [ ! -e '{kept}' ] || cat '{kept}' ;;
  *" erase list") printf 'noun,id,erased_at,traces\nmember,2,then,\n' ;;
  *" ls /backups/base") echo 2026-11-19T02:00:05.250Z ;;
  *"flush.sh /backups") echo 000000010000000000000007 ;;
  *"take.sh /backups") echo 2026-11-20T02:00:05.250Z ;;
  *"/backups/{elsewhere}"*) ;;
  *) echo done ;;
esac
"""
SERVER = '{"Service":"postgres","State":"running"}'
ON_OURS = {"listings": "postgresql://listings:pw@postgres/listings"}
RUNNING = f'{SERVER}\n{{"Service":"listings","State":"running"}}'


def restoring(
    folder: Path,
    *,
    failing: str = "nothing",
    code: int = 1,
    containers: str = RUNNING,
    target: str = "restore",
    elsewhere: str = "nothing",
    mount: str = "",
    databases: dict[str, str] = ON_OURS,
) -> tuple[int, str]:
    """With a `docker` that answers as an engine would, but for one step."""
    engine = folder / "docker"
    checkout = own_checkout(folder)
    files = {name: folder / name for name in ("calls", "kept", "unheld")}
    files["held"] = checkout / "deploy" / "backup"
    answers = {"failing": failing, "code": code, "running": containers, "elsewhere": elsewhere}
    answers["config"] = json.dumps(backed_up(mount) | {"secrets": secrets(folder, databases)})
    engine.write_text(ENGINE.format(**answers, **files))
    engine.chmod(0o755)
    ended = subprocess.run(  # noqa: S603 - the commands are ours
        ["make", "--silent", target],  # noqa: S607 - where it lies differs
        cwd=checkout,
        env={"PATH": f"{folder}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
    )
    return ended.returncode, ended.stderr.splitlines()[0] if ended.stderr else ""


def secrets(folder: Path, databases: dict[str, str]) -> dict[str, dict[str, str]]:
    """As compose tells of them; one of another kind is among them."""
    files = {f"{service}_database_url": url for service, url in databases.items()}
    files["listings_form_key"] = "k" * 43
    for name, text in files.items():
        (folder / name).write_text(text)
    return {name: {"file": str(folder / name)} for name in files}


def own_checkout(folder: Path) -> Path:
    """With all that the command needs: whoever runs it elsewhere meanwhile is not in its way."""
    checkout = folder / "checkout"
    if not checkout.exists():
        shutil.copytree(ROOT / "deploy" / "backup", checkout / "deploy" / "backup")
        shutil.copy(ROOT / "Makefile", checkout)
    return checkout


@contextmanager
def another_run(folder: Path) -> Iterator[None]:
    """Holds what a run of its holds all the time."""
    held = os.open(own_checkout(folder) / "deploy" / "backup", os.O_RDONLY)
    fcntl.flock(held, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(held)


def calls(folder: Path) -> list[str]:
    """What the engine was called with."""
    return (folder / "calls").read_text().splitlines()


@pytest.mark.parametrize(
    ("failing", "how_it_stands"),
    [
        ('*"prepare.sh"*', "Nothing was changed."),
        ('*"flush.sh"*', "Nothing was changed."),
        ('*"recover.sh"*', "Nothing was changed."),
        ('*"swap.sh"*', "The services do not run: repeat the same command."),
        ('*" matching catch-up"', "The services do not run: repeat the same command."),
        ('*"take.sh"*', "Restored; only the new backup failed: make backup"),
    ],
)
def test_it_says_how_it_stands(tmp_path: Path, failing: str, how_it_stands: str) -> None:
    code, said = restoring(tmp_path, failing=failing)

    assert code != 0
    assert said == f"No space left on device. {how_it_stands}"


@pytest.mark.parametrize(
    "containers",
    ["", SERVER, f'[{SERVER},{{"Service":"listings","State":"exited"}}]'],
)
def test_a_repeat_that_fails_starts_nothing_on_what_an_earlier_one_restored(
    tmp_path: Path, containers: str
) -> None:
    code, said = restoring(tmp_path, failing='*"recover.sh"*', containers=containers)

    assert code != 0
    assert said == "No space left on device. The services do not run: repeat the same command."
    assert not [call for call in calls(tmp_path) if " up " in call]


def test_who_is_erased_is_kept_before_anything_is_changed(tmp_path: Path) -> None:
    header, before, since = "noun,id,erased_at,traces\n", "member,1,then,\n", "member,2,then,\n"
    (tmp_path / "kept").write_text(f"{header}{before}")

    restoring(tmp_path, failing='*"recover.sh"*')

    assert (tmp_path / "kept").read_text() == f"{header}{before}{since}"


@pytest.mark.parametrize("target", ["backup", "restore"])
def test_two_at_once_do_not_disturb_each_other(tmp_path: Path, target: str) -> None:
    with another_run(tmp_path):
        code, said = restoring(tmp_path, target=target)

    assert code != 0
    assert said == "Another backup or restore runs. Nothing was changed."
    assert not (tmp_path / "calls").exists()
    assert restoring(tmp_path, target=target) == (0, "")


@pytest.mark.parametrize("target", ["backup", "restore"])
def test_a_run_holds_the_others_off_from_its_first_step_to_its_last(
    tmp_path: Path, target: str
) -> None:
    ended = restoring(tmp_path, target=target)

    assert ended == (0, "")
    assert calls(tmp_path)
    assert not (tmp_path / "unheld").exists()


ANEW = "Then: docker compose -f deploy/compose.yaml up --detach --force-recreate postgres"
ELSEWHERE = (
    f"The server keeps its log elsewhere than where BACKUP_DIR is: is the disk mounted? {ANEW}"
)


@pytest.mark.parametrize(
    ("target", "elsewhere", "said"),
    [
        ("restore", "wal/000000010000000000000007.gz", f"{ELSEWHERE} Nothing was changed."),
        ("backup", "base/2026-11-20T02:00:05.250Z", f"No backup was taken: {ELSEWHERE}"),
    ],
)
def test_a_server_that_archives_elsewhere_than_a_restore_reads_is_told(
    tmp_path: Path, target: str, elsewhere: str, said: str
) -> None:
    code, first = restoring(tmp_path, target=target, elsewhere=elsewhere)

    assert code != 0
    assert first == said
    assert not [call for call in calls(tmp_path) if " stop " in call]


@pytest.mark.parametrize(
    ("target", "before", "after"),
    [("backup", "No backup was taken: ", ANEW), ("restore", "", "Nothing was changed.")],
)
def test_a_disk_of_the_backups_that_is_not_mounted_is_demanded_before_any_step(
    tmp_path: Path, target: str, before: str, after: str
) -> None:
    code, said = restoring(tmp_path, target=target, mount=str(tmp_path))

    assert code != 0
    assert said == (
        f"{before}No disk is mounted at BACKUP_MOUNT={tmp_path}, and backups would lie on the disk"
        f" below: mount it first. {after}"
    )
    assert [call for call in calls(tmp_path) if "config" not in call] == []


def test_one_that_is_mounted_is_backed_up_to(tmp_path: Path) -> None:
    assert restoring(tmp_path, target="backup", mount="/proc") == (0, "")


def test_services_that_ran_run_again_if_nothing_was_changed(tmp_path: Path) -> None:
    restoring(tmp_path, failing='*"recover.sh"*')

    assert [call for call in calls(tmp_path) if " up " in call and "listings" in call]


@pytest.mark.parametrize(
    ("code", "containers"),
    [
        (3, RUNNING),
        (1, ""),
        (1, "[]"),
        (1, '[{"Service":"postgres","State":"exited"},{"Service":"kafka","State":"running"}]'),
        (1, '{"Service":"postgres","State":"restarting"}'),
    ],
)
def test_a_database_that_cannot_be_asked_is_restored(
    tmp_path: Path, code: int, containers: str
) -> None:
    ended = restoring(tmp_path, failing='*"flush.sh"*', code=code, containers=containers)

    assert ended == (0, "")


def test_a_time_of_several_words_is_one_time(tmp_path: Path) -> None:
    told = subprocess.run(
        ["make", "--dry-run", "restore", "TO=2026-11-20 12:00"],  # noqa: S607 - the same
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert 'make_restore.py "2026-11-20 12:00"' in told


@pytest.mark.parametrize(
    ("target", "before", "after"),
    [("backup", "No backup was taken: ", ""), ("restore", "", " Nothing was changed.")],
)
def test_databases_of_another_server_are_refused_before_any_step(
    tmp_path: Path, target: str, before: str, after: str
) -> None:
    databases = ON_OURS | {"surveys": "postgresql://surveys:pw@dbhost/surveys?sslmode=require"}

    code, said = restoring(tmp_path, target=target, databases=databases)

    assert code != 0
    assert said == (
        f"{before}The secrets name dbhost (surveys_database_url), and only the server postgres"
        " is known here, with what was there before: docs/operating.md, Databases elsewhere."
        f"{after}"
    )
    assert [call for call in calls(tmp_path) if "config" not in call] == []
