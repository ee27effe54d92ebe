"""What a bench says: at once on the console, and as Markdown to keep."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from machine import machine
from rich.console import Console
from rich.table import Table


class Report:
    """Tables and sentences in the order in which they were said."""

    def __init__(self, title: str, console: Console) -> None:
        self._console = console
        self._blocks = [f"# {title}", ", ".join(f"{k}: {v}" for k, v in machine().items())]

    def say(self, text: str) -> None:
        self._console.print(text, markup=False, highlight=False)
        self._blocks.append(text)

    def table(self, title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        """The first column is words, the others are numbers."""
        shown = Table(title=title, title_justify="left")
        for place, name in enumerate(columns):
            shown.add_column(name, justify="right" if place else "left")
        lines = [_line(columns), _line(["---", *["---:"] * (len(columns) - 1)])]
        for row in rows:
            shown.add_row(*row)
            lines.append(_line(row))
        self._console.print(shown)
        self._blocks += [f"## {title}", "\n".join(lines)]

    def keep(self, path: Path) -> None:
        path.parent.mkdir(exist_ok=True)
        path.write_text("\n\n".join(self._blocks) + "\n", encoding="utf-8")


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
