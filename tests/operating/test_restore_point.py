"""What `make restore` takes and refuses, and what it leaves as it was when a step fails."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pytest

sys.path.append(str(Path(__file__).parents[2] / "deploy" / "backup"))

from point import Point, Refused, moment, point_at
from restoring import SERVICES, OnlyNoBackup, StepFailed, restore

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
BASES = ("2026-11-18T02:00:05.250Z", "2026-11-19T02:00:05.250Z")


def silent(_: str) -> None:
    """Say nothing."""


@dataclass
class Steps:
    """A place that writes down what was asked of it; the steps in `failing` fail."""

    failing: frozenset[str] = frozenset()
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

    def erasures(self) -> Sequence[str]:
        return ("noun,id,erased_at,traces\n",)

    def keep_erasures(self) -> None:
        self._step("keep erasures")

    def recover(self, point: Point) -> None:
        self._step(f"recover {point.base}")

    def swap(self) -> None:
        self._step("swap")

    def stop_services(self) -> None:
        self._step("stop")

    def start_services(self) -> None:
        self._step("start")

    def run(self, service: str, *arguments: str, given: str = "") -> str:
        self._step(f"{service} {arguments[0]}")
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
            "stop",
            f"recover {BASES[1]}",
            "swap",
            *[f"{service} migrate" for service in SERVICES],
            "listings erase",
            *[f"{service} restored" for service in SERVICES],
            *[f"{service} catch-up" for service in SERVICES],
            "start",
            "take",
            "keep erasures",
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

        assert place.taken == ["flush", "stop", recovery, "start"]

    def test_a_database_that_is_lost_is_restored_all_the_same(self) -> None:
        place = Steps(failing=frozenset({"flush"}))

        restore(place, None, now=NOW, say=silent)

        assert "swap" in place.taken

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

    @pytest.mark.parametrize("step", ["take", "keep erasures"])
    def test_a_new_backup_that_fails_leaves_a_restored_exchange(self, step: str) -> None:
        place = Steps(failing=frozenset({step}))

        with pytest.raises(OnlyNoBackup, match=step):
            restore(place, None, now=NOW, say=silent)

        assert place.taken[-2:] in (["start", "take"], ["take", "keep erasures"])
