"""What is due is claimed so many at a time, whatever plan PostgreSQL makes of it."""

from datetime import timedelta
from typing import Any

import pytest
from kept_listing_builders import an_offer

from matching import due_storage

HELD = 30
LIMIT = 8

ONE_BY_ONE = ("hashjoin", "mergejoin", "hashagg", "sort", "material", "memoize")
"""Without these a subquery in a condition is asked anew for each row, as it once was under load."""


@pytest.mark.parametrize("forbidden", [(), ONE_BY_ONE], ids=["as it likes", "row by row"])
async def test_no_more_are_claimed_than_asked_for(
    matching: Any, forbidden: tuple[str, ...]
) -> None:
    await matching.hears(*(an_offer(f"Pumpen {number}") for number in range(HELD)))
    claimed = []
    async with matching.pool.transaction() as connection:
        for each in forbidden:
            await connection.execute(f"set local enable_{each} = off")
        for _ in range(HELD // LIMIT + 1):
            dues = await due_storage.claim(
                connection,
                version="none",
                now=matching.now,
                lease=timedelta(seconds=15),
                limit=LIMIT,
            )
            claimed.append(len(dues))

    assert claimed == [LIMIT] * (HELD // LIMIT) + [HELD % LIMIT]
