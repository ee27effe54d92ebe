from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import pytest

from chassis.web.access import SESSION_AGE, still_holds

SINCE = datetime(2026, 5, 4, 12, 0, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


class Issued(NamedTuple):
    subject_id: UUID
    since: datetime


class TestSession:
    @pytest.mark.parametrize(
        ("valid_from", "now", "holds"),
        [
            (SINCE - SECOND, SINCE, True),
            # Issued in the second in which everything older was made void.
            (SINCE + timedelta(milliseconds=900), SINCE + SECOND, True),
            (SINCE + SECOND, SINCE + SECOND, False),
            (SINCE, SINCE + SESSION_AGE - SECOND, True),
            (SINCE, SINCE + SESSION_AGE, False),
        ],
    )
    def test_holds_until_it_is_void_or_old(
        self, valid_from: datetime, now: datetime, *, holds: bool
    ) -> None:
        claims = Issued(UUID(int=1), SINCE)

        assert still_holds(claims, valid_from=valid_from, now=now) is holds
