"""How much memory the exchange takes at rest: each process with its share of what it shares."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from embedded.exchange import Exchange
from embedded.exchange_settings import SERVICES
from embedded.waiting import wait_until

PROC = Path("/proc")
KIBIBYTES_A_MEGABYTE = 1024
ENCODER_LIMIT_SECONDS = 180


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A part of the exchange: its processes, and their memory in megabytes."""

    name: str
    processes: int
    megabytes: float


def wait_for_the_encoder(exchange: Exchange) -> None:
    """It is loaded beside everything else; what was loaded leaves an active version."""
    active = "select count(*) from analysis_version where state = 'active'"
    wait_until(
        lambda: exchange.select("matching", active).strip() == "1",
        limit_seconds=ENCODER_LIMIT_SECONDS,
        waiting_for="the encoder of matching",
    )


def sizes_of(exchange: Exchange, *, proc: Path = PROC) -> tuple[Size, ...]:
    """The four services, then the servers below them."""
    roots = {name: process.pid for name, process in exchange.services.items()}
    roots["kafka"] = exchange.stack.kafka.process.pid
    roots["postgres"] = exchange.stack.postgres.process.pid
    children = _children(proc)
    return tuple(_size(name, _family(pid, children), proc) for name, pid in roots.items())


def _size(name: str, pids: Iterable[int], proc: Path) -> Size:
    shares = [share for pid in pids if (share := proportional_kibibytes(pid, proc)) is not None]
    return Size(name=name, processes=len(shares), megabytes=sum(shares) / KIBIBYTES_A_MEGABYTE)


def proportional_kibibytes(pid: int, proc: Path = PROC) -> int | None:
    """Its own memory and its share of what it shares (PSS); None once the process is gone."""
    try:
        rollup = (proc / str(pid) / "smaps_rollup").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))


def _children(proc: Path) -> Mapping[int, list[int]]:
    children: dict[int, list[int]] = {}
    for status in proc.glob("[0-9]*/stat"):
        try:
            # The name in brackets may hold spaces; the parent comes second after it.
            parent = int(status.read_text().rpartition(")")[2].split()[1])
        except (FileNotFoundError, ProcessLookupError):
            continue
        children.setdefault(parent, []).append(int(status.parent.name))
    return children


def _family(pid: int, children: Mapping[int, list[int]]) -> list[int]:
    return [pid, *(each for child in children.get(pid, ()) for each in _family(child, children))]


def print_sizes(sizes: Iterable[Size], console: Console) -> None:
    table = Table("part", "processes", "MB", title="Memory at rest (PSS)")
    shown = tuple(sizes)
    for each in shown:
        table.add_row(each.name, str(each.processes), f"{each.megabytes:.0f}")
    table.add_section()
    for name, parts in (
        ("the services together", [each for each in shown if each.name in SERVICES]),
        ("everything", shown),
    ):
        count = sum(each.processes for each in parts)
        table.add_row(name, str(count), f"{sum(each.megabytes for each in parts):.0f}")
    console.print(table)
