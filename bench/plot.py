"""The latest measurement as a table and as a plot: `python bench/plot.py` makes them again."""

import json
from collections.abc import Iterable
from math import log10
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"

COLUMNS = {
    "live listings": "{size:,}",
    "match and store p50 / p99, ms": "{whole_p50} / {whole_p99}",
    "processor time of it p50, ms": "{processor_p50}",
    "with more than six for later turns": "{later_turns:.0%}",
    "PostgreSQL full text p50 / p99, ms": "{full_text_p50} / {full_text_p99}",
    "times faster": "{times_faster}",
    "candidates p50, ms": "{candidates_p50}",
    "re-rank p50, ms": "{ranking_p50}",
    "encode p50, ms": "{encode_p50}",
    "with encoders p50 / p99, ms": "{with_encoders_p50} / {with_encoders_p99}",
    "of the exact best ten": "{recall}",
    "ready after / processor time of it, s": "{fill_seconds} / {fill_processor_seconds}",
    "memory / mapped files, MB": "{anonymous_mb} / {mapped_mb}",
    "load": "{load}",
}

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 640, 360, 70, 50, 40, 150
LEAST, MOST = 1.0, 100_000.0
"""Milliseconds at the ends of the vertical axis."""

STYLE = 'role="img" font-family="sans-serif" font-size="12"'
LINES = {
    "full_text_p50": ("PostgreSQL full text", "#b45309"),
    "whole_p99": ("this engine, p99", "#1d4ed8"),
    "whole_p50": ("this engine, p50", "#60a5fa"),
}


def write_table(folder: Path) -> None:
    found = json.loads((folder / "latency.json").read_text())
    lines = [
        _cells(COLUMNS),
        "|" + "---|" * len(COLUMNS),
        *(_cells(form.format(**row) for form in COLUMNS.values()) for row in found["rows"]),
        "",
        *_warning(found),
        *(f"- {name}: {value}" for name, value in (found["machine"] | found["run"]).items()),
    ]
    (folder / "latency.md").write_text("\n".join(lines) + "\n")


def _warning(found: dict[str, Any]) -> list[str]:
    """Where others used the machine too, what the clock says is not what the work takes."""
    cores = int(found["machine"]["cores"])
    if all(row["load"] <= cores for row in found["rows"]):
        return []
    busy = (
        f"The machine was busy: with a load above its {cores} cores the clock runs on while others"
    )
    return [f"{busy} work. Compare within a row, and go by processor time.", ""]


def _cells(texts: Iterable[str]) -> str:
    return f"| {' | '.join(texts)} |"


def write_plot(folder: Path) -> None:
    rows = json.loads((folder / "latency.json").read_text())["rows"]
    sizes = [row["size"] for row in rows]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {STYLE}>',
        "<title>Milliseconds to match and store one listing among many</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="white"/>',
        f'<text x="{LEFT}" y="22">Match and store one listing, milliseconds (logarithmic)</text>',
        *_grid(sizes),
        *(part for name, look in LINES.items() for part in _line(rows, sizes, name, look)),
        "</svg>",
    ]
    (folder / "latency.svg").write_text("\n".join(parts) + "\n")


def _grid(sizes: list[int]) -> list[str]:
    parts = []
    for power in range(round(log10(LEAST)), round(log10(MOST)) + 1):
        y = _y(10.0**power)
        parts.append(f'<path d="M{LEFT} {y:.0f}H{WIDTH - RIGHT}" stroke="#ddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{y + 4:.0f}" text-anchor="end">{10**power:,}</text>')
    parts += [_below(_x(size, sizes), HEIGHT - BOTTOM + 20, f"{size:,}") for size in sizes]
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(_below(middle, HEIGHT - 10, "live listings"))
    return parts


def _below(x: float, y: float, text: str) -> str:
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="middle">{text}</text>'


def _line(
    rows: list[dict[str, Any]], sizes: list[int], name: str, look: tuple[str, str]
) -> list[str]:
    label, colour = look
    points = [(_x(row["size"], sizes), _y(row[name])) for row in rows]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
    x, y = points[-1]
    text = f'<text x="{x + 8:.0f}" y="{y + 4:.0f}" fill="{colour}">{label}</text>'
    return [f'<polyline points="{path}" fill="none" stroke="{colour}"/>', *dots, text]


def _x(size: int, sizes: list[int]) -> float:
    low, high = log10(min(sizes)), log10(max(sizes))
    return LEFT + 20 + (log10(size) - low) / max(high - low, 1e-9) * (WIDTH - LEFT - RIGHT - 20)


def _y(milliseconds: float) -> float:
    share = (log10(max(milliseconds, LEAST)) - log10(LEAST)) / (log10(MOST) - log10(LEAST))
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


if __name__ == "__main__":
    write_table(RESULTS)
    write_plot(RESULTS)
