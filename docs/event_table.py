"""Writes the table of events in ARCHITECTURE.md from what schemas and services declare.

`--check` fails instead where the table is not what the code says.
"""

import argparse
import sys
from collections.abc import Iterable
from pathlib import Path

from asyncapi import declared_services

from chassis.service import Service
from schemas.event import Event
from schemas.events import EVENTS

TARGET = Path(__file__).parents[1] / "ARCHITECTURE.md"
COMMAND = "python docs/event_table.py"
BEGIN, END = f"<!-- events: written by {COMMAND} -->\n", "<!-- end of events -->\n"
HEAD = "| event | topic | says | by | heard by | personal |\n|---|---|---|---|---|---|\n"


def row(event: type[Event], services: Iterable[Service]) -> str:
    by = [each.name for each in services if event in each.outbox.publishes]
    heard = [each.name for each in services if event in each.consumers.classes]
    return (
        f"| `{event.type()}` | `{event.topic}` | {said(event)} | {', '.join(by) or 'nobody yet'} "
        f"| {', '.join(heard) or outside(event)} | {'yes' if event.personal else ''} |\n"
    )


def said(event: type[Event]) -> str:
    """The first sentence of its docstring."""
    first = (
        " ".join((event.__doc__ or "").replace("``", "`").split()).partition(". ")[0].rstrip(".")
    )
    return first[0].lower() + first[1:] if not first[1].isupper() else first


def outside(event: type[Event]) -> str:
    return "partner clusters" if event.topic.startswith("public.") else "nobody yet"


def with_table(text: str, services: tuple[Service, ...]) -> str:
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    rows = "".join(row(event, services) for event in EVENTS)
    return f"{before}{BEGIN}{HEAD}{rows}{END}{after}"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, compare")
    text = TARGET.read_text(encoding="utf-8")
    wanted = with_table(text, declared_services())
    if not parser.parse_args().check:
        TARGET.write_text(wanted, encoding="utf-8")
    elif wanted != text:
        print(f"{TARGET.name} is not what the services declare. Run: {COMMAND}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
