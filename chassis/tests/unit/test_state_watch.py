"""When the nightly comparison of states is due."""

from datetime import UTC, datetime

import pytest

from chassis.state_watch import is_due

NIGHT = datetime(2026, 11, 24, 2, tzinfo=UTC)
BEFORE = datetime(2026, 11, 24, 1, 59, tzinfo=UTC)
YESTERDAY = datetime(2026, 11, 23, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (YESTERDAY, BEFORE, False),
        (YESTERDAY, NIGHT, True),
        (NIGHT, NIGHT, False),
        (NIGHT, datetime(2026, 11, 24, 23, tzinfo=UTC), False),
        (NIGHT, datetime(2026, 11, 27, 12, tzinfo=UTC), True),
    ],
)
def test_once_a_night(last: datetime, now: datetime, *, due: bool) -> None:
    assert is_due(last, now) is due
