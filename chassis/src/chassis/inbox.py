"""Each fact once: its source and id are kept in the transaction that acts on it."""

from collections.abc import Sequence

from chassis.database import Connection
from chassis.decoding import Decoded
from chassis.metrics import ConsumerMetrics

# Sorted, so that two readers that meet after a rebalance wait for each other in one order.
_TAKE = """
    insert into inbox (source, id)
    select * from unnest($1::text[], $2::text[]) order by 1, 2
    on conflict do nothing returning source, id
"""


async def take_new(
    connection: Connection, decoded: Sequence[Decoded], *, metrics: ConsumerMetrics
) -> list[Decoded]:
    """Those not handled before, and of two copies in one batch the first; states always."""
    facts = [each for each in decoded if each.once]
    if not facts:
        return list(decoded)
    rows = await connection.fetch(
        _TAKE, [each.source for each in facts], [each.id for each in facts]
    )
    untaken = {(row["source"], row["id"]) for row in rows}
    metrics.duplicates.inc(len(facts) - len(untaken))
    return [each for each in decoded if not each.once or _take(untaken, each)]


def _take(untaken: set[tuple[str, str]], decoded: Decoded) -> bool:
    key = (decoded.source, decoded.id)
    is_first = key in untaken
    untaken.discard(key)
    return is_first
