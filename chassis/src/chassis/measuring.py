"""Gauges that a service reads from its own database now and then; each query is a quick one."""

from collections.abc import Callable
from dataclasses import dataclass

from prometheus_client import Gauge

from chassis.database import Connection
from chassis.service import Runtime
from chassis.workers import Worker

MEASURE_SECONDS = 15.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One gauge; its query gives a number a row, each after the values of the labels."""

    name: str
    says: str
    query: str
    labels: tuple[str, ...] = ()


class Measuring:
    """Every replica tells the same figures: take the maximum, never the sum."""

    def __init__(self, runtime: Runtime, figures: tuple[Figure, ...]) -> None:
        self._pool = runtime.pool
        self._gauges = [
            (each, Gauge(each.name, each.says, each.labels, registry=runtime.registry))
            for each in figures
        ]

    async def turn(self) -> bool:
        async with self._pool.connection() as connection:
            for figure, gauge in self._gauges:
                await _measure(connection, figure, gauge)
        return False


async def _measure(connection: Connection, figure: Figure, gauge: Gauge) -> None:
    rows = [tuple(row.values()) for row in await connection.fetch(figure.query)]
    if figure.labels:
        gauge.clear()
    for *labels, number in rows:
        (gauge.labels(*labels) if labels else gauge).set(number or 0)


def measuring(*figures: Figure) -> Callable[[Runtime], Worker]:
    """The worker that keeps these figures, for a service's ``workers``."""
    return lambda runtime: Worker(
        "measuring", Measuring(runtime, figures).turn, idle_seconds=MEASURE_SECONDS
    )
