"""What `make restore` takes and refuses, and what it leaves as it was when a step fails."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2] / "deploy" / "backup"))

from point import Point, Refused, moment, point_at
from restoring import SERVICES, NotRunning, OnlyNoBackup, StepFailed, back_up, restore

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
BASES = ("2026-11-18T02:00:05.250Z", "2026-11-19T02:00:05.250Z")

HEADER = "noun,id,erased_at,traces\n"
ANNA = "member,00000000-0000-4000-8000-00000000000a,2026-11-01T00:00:00Z,ab|cd\n"
PAUL = "member,00000000-0000-4000-8000-00000000000b,2026-11-02T00:00:00Z,\n"


def silent(_: str) -> None:
    """Say nothing."""


@dataclass
class Steps:
    """A place that writes down what was asked of it; the steps in `failing` fail."""

    failing: frozenset[str] = frozenset()
    server_runs: bool = True
    serves: bool = True
    archives_until: str = ""
    kept: str = ""
    listed: str = f"{HEADER}{PAUL}"
    reapplied: str = ""
    taken: list[str] = field(default_factory=list)

    def _step(self, name: str) -> None:
        self.taken.append(name)
        if name in self.failing:
            raise StepFailed(f"{name} failed.")

    def bases(self) -> Sequence[str]:
        if "bases" in self.failing:
            raise StepFailed("bases failed.")
        return BASES

    def take(self) -> str:
        self._step("take")
        return BASES[-1]

    def flush(self) -> None:
        self._step("flush")
        if not self.server_runs:
            raise NotRunning("flush failed.")
        if self.archives_until in self.taken:
            raise StepFailed("The log is not archived.")

    def kept_erasures(self) -> str:
        return self.kept

    def keep_erasures(self, erased: str) -> None:
        self._step("keep erasures")
        self.kept = erased

    def recover(self, point: Point) -> None:
        self._step(f"recover {point.base}")

    def swap(self) -> None:
        self._step("swap")

    def services_run(self) -> bool:
        return self.serves

    def stop_services(self) -> None:
        self._step("stop")

    def start_services(self) -> None:
        self._step("start")

    def run(self, service: str, *arguments: str, given: str = "") -> str:
        if arguments == ("erase", "list"):
            if not self.listed:
                raise StepFailed("There is no list.")
            return self.listed
        self._step(f"{service} {arguments[0]}")
        if arguments[:2] == ("erase", "reapply"):
            self.reapplied = given
        return "done"


class TestMoment:
    @pytest.mark.parametrize(
        ("typed", "meant"),
        [
            ("2026-11-20T12:00", NOW),
            ("2026-11-20T13:00+01:00", NOW),
            ("2026-11-20T12:00:00Z", NOW),
            ("", None),
        ],
    )
    def test_is_utc_unless_it_says_otherwise(self, typed: str, meant: datetime | None) -> None:
        assert moment(typed) == meant

    def test_that_is_none_is_refused_with_an_example(self) -> None:
        with pytest.raises(Refused, match="TO=gestern is no time: write it as 2026-11-20T12:00"):
            moment("gestern")


class TestPoint:
    @pytest.mark.parametrize(
        ("time", "base"),
        [
            (None, BASES[1]),
            (NOW, BASES[1]),
            (datetime(2026, 11, 19, 2, 0, 5, 250_000, tzinfo=UTC), BASES[1]),
            (datetime(2026, 11, 19, 2, 0, 5, 249_999, tzinfo=UTC), BASES[0]),
        ],
    )
    def test_begins_at_the_newest_backup_before_it(self, time: datetime | None, base: str) -> None:
        assert point_at(time, BASES, now=NOW) == Point(base=base, time=time)

    @pytest.mark.parametrize(
        ("time", "bases", "why"),
        [
            (datetime(2026, 11, 21, tzinfo=UTC), BASES, "lies in the future"),
            (datetime(2026, 11, 17, tzinfo=UTC), BASES, "The oldest backup is of 2026-11-18"),
            (None, (), "There is no backup yet: run make backup."),
        ],
    )
    def test_that_no_backup_reaches_is_refused(
        self, time: datetime | None, bases: Sequence[str], why: str
    ) -> None:
        with pytest.raises(Refused, match=why):
            point_at(time, bases, now=NOW)


class TestSteps:
    def test_nothing_serves_before_everything_caught_up(self) -> None:
        place = Steps()

        restore(place, NOW, now=NOW, say=silent)

        assert place.taken == [
            "flush",
            "keep erasures",
            "stop",
            "flush",
            f"recover {BASES[1]}",
            "swap",
            *[f"{service} migrate" for service in SERVICES],
            "listings erase",
            *[f"{service} restored" for service in SERVICES],
            *[f"{service} catch-up" for service in SERVICES],
            "start",
            "take",
        ]

    def test_what_is_refused_takes_no_step(self) -> None:
        place = Steps()

        with pytest.raises(Refused):
            restore(place, datetime(2026, 1, 1, tzinfo=UTC), now=NOW, say=silent)

        assert place.taken == []

    def test_a_recovery_that_fails_leaves_the_old_database_running(self) -> None:
        recovery = f"recover {BASES[1]}"
        place = Steps(failing=frozenset({recovery}))

        with pytest.raises(Refused, match=recovery):
            restore(place, None, now=NOW, say=silent)

        assert place.taken == ["flush", "keep erasures", "stop", "flush", recovery, "start"]

    def test_a_repeat_that_fails_starts_no_services_on_what_was_restored_half_way(self) -> None:
        recovery = f"recover {BASES[1]}"
        place = Steps(failing=frozenset({recovery}), serves=False)

        with pytest.raises(StepFailed, match=recovery):
            restore(place, None, now=NOW, say=silent)

        assert place.taken[-1] == recovery

    def test_a_database_that_is_lost_is_restored_all_the_same(self) -> None:
        place = Steps(server_runs=False)

        restore(place, None, now=NOW, say=silent)

        assert "swap" in place.taken
        assert place.taken.count("flush") == 1

    def test_what_was_written_until_the_services_stopped_is_archived_or_nothing_is_changed(
        self,
    ) -> None:
        place = Steps(archives_until="stop")

        with pytest.raises(Refused, match="The log is not archived"):
            restore(place, None, now=NOW, say=silent)

        assert place.taken == ["flush", "keep erasures", "stop", "flush", "start"]

    def test_a_database_that_runs_and_does_not_archive_is_not_overwritten(self) -> None:
        place = Steps(failing=frozenset({"flush"}))

        with pytest.raises(Refused, match="flush failed"):
            restore(place, None, now=NOW, say=silent)

        assert place.taken == ["flush"]

    def test_services_that_did_not_catch_up_do_not_serve(self) -> None:
        place = Steps(failing=frozenset({"matching catch-up"}))

        with pytest.raises(StepFailed):
            restore(place, None, now=NOW, say=silent)

        assert "start" not in place.taken

    def test_backups_that_cannot_be_read_are_told_before_anything_stops(self) -> None:
        place = Steps(failing=frozenset({"bases"}))

        with pytest.raises(Refused, match="bases failed"):
            restore(place, None, now=NOW, say=silent)

        assert place.taken == []

    def test_a_new_backup_that_fails_leaves_a_restored_exchange(self) -> None:
        place = Steps(failing=frozenset({"take"}))

        with pytest.raises(OnlyNoBackup, match="take"):
            restore(place, None, now=NOW, say=silent)

        assert place.taken[-2:] == ["start", "take"]


class TestErasures:
    def test_all_lists_are_kept_before_anything_is_changed(self) -> None:
        place = Steps(kept=f"{HEADER}{ANNA}", failing=frozenset({f"recover {BASES[1]}"}))

        with pytest.raises(Refused):
            restore(place, None, now=NOW, say=silent)

        assert place.kept == f"{HEADER}{ANNA}{PAUL}"
        assert place.taken.index("keep erasures") < place.taken.index("stop")

    def test_all_lists_are_applied_again_as_one(self) -> None:
        place = Steps(kept=f"{HEADER}{ANNA}")

        restore(place, None, now=NOW, say=silent)

        assert place.reapplied == f"{HEADER}{ANNA}{PAUL}"

    def test_that_cannot_be_kept_stop_a_restore_before_anything_is_changed(self) -> None:
        place = Steps(failing=frozenset({"keep erasures"}))

        with pytest.raises(Refused, match="keep erasures"):
            restore(place, None, now=NOW, say=silent)

        assert place.taken == ["flush", "keep erasures"]

    @pytest.mark.parametrize("kept", ["", f"{HEADER}{ANNA}"])
    def test_of_a_database_that_is_lost_are_those_that_were_kept(self, kept: str) -> None:
        place = Steps(server_runs=False, listed="", kept=kept)

        with pytest.raises(OnlyNoBackup, match="no list"):
            restore(place, None, now=NOW, say=silent)

        assert (place.reapplied, place.kept) == (kept, kept)

    def test_a_backup_of_a_database_that_forgot_them_forgets_nobody(self) -> None:
        place = Steps(kept=f"{HEADER}{ANNA}{PAUL}", listed=HEADER)

        back_up(place, say=silent)

        assert place.kept == f"{HEADER}{ANNA}{PAUL}"

    def test_a_backup_adds_to_them_whoever_is_new(self) -> None:
        place = Steps(kept=f"{HEADER}{ANNA}")

        back_up(place, say=silent)

        assert place.kept == f"{HEADER}{ANNA}{PAUL}"
