"""Memory of the service's engine, encoders and all, among many listings: goals beside the figures.

`python bench/memory.py` shows what the latest `latency.py` measured inside its engine process:
anonymous memory, which no file backs, and mapped files, which the system takes back when it must.
"""

import json
from pathlib import Path

from rich.console import Console
from rich.table import Table

RESULTS = Path(__file__).parent / "results"
GOALS = {10_000: 450, 1_000_000: 2500}


def main() -> None:
    rows = json.loads((RESULTS / "latency.json").read_text())["rows"]
    table = Table(title="Memory of one process, MB", title_justify="left")
    for name in ("live listings", "anonymous", "goal", "engine alone", "mapped files"):
        table.add_column(name, justify="right")
    for row in rows:
        goal = GOALS.get(row["size"])
        figures = (row["size"], row["anonymous_mb"], goal, row["engine_mb"], row["mapped_mb"])
        table.add_row(*("" if figure is None else f"{figure:,}" for figure in figures))
    Console().print(table)


if __name__ == "__main__":
    main()
