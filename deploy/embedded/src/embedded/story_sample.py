"""The sample cluster as the story needs it: its rows, judged pairs, and the story's own pair."""

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Self

SAMPLE = Path(__file__).parents[2] / "sample"
STORY_OFFER = "offer-024"
STORY_REQUEST = "request-009"
OVERFLOWING = "request-064"
"""A request that no offer fits, and of which partner clusters may hear."""

Row = dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The files of the sample, by `external_id`."""

    organisations: dict[str, Row]
    members: dict[str, Row]
    listings: dict[str, Row]
    pairs: frozenset[tuple[str, str]]

    @classmethod
    def read(cls) -> Self:
        pairs = _rows("pairs.tsv", delimiter="\t")
        return cls(
            organisations=_by_id(_rows("organisations.csv")),
            members=_by_id(_rows("members.csv")),
            listings=_by_id(_rows("listings.csv")),
            pairs=frozenset((row["request"], row["offer"]) for row in pairs),
        )

    @property
    def offer(self) -> Row:
        return self.listings[STORY_OFFER]

    @property
    def request(self) -> Row:
        return self.listings[STORY_REQUEST]

    @property
    def overflowing(self) -> Row:
        return self.listings[OVERFLOWING]

    @property
    def moderator(self) -> Row:
        return next(row for row in self.members.values() if row["role"] == "moderator")

    @property
    def imported(self) -> list[Row]:
        own = {STORY_OFFER, STORY_REQUEST}
        return [
            row | {"may_overflow": "ja" if row["external_id"] == OVERFLOWING else "nein"}
            for row in self.listings.values()
            if row["external_id"] not in own
        ]

    def author(self, listing: Row) -> Row:
        return self.members[listing["member_external_id"]]

    def titled(self, title: str) -> Row:
        return next(row for row in self.listings.values() if row["title"] == title)

    def fits(self, request_title: str, offer_title: str) -> bool:
        request, offer = self.titled(request_title), self.titled(offer_title)
        return (request["external_id"], offer["external_id"]) in self.pairs


def write_rows(rows: list[Row], file: Path) -> Path:
    with file.open("w", encoding="utf-8", newline="") as opened:
        writer = csv.DictWriter(opened, fieldnames=list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return file


def _rows(name: str, *, delimiter: str = ",") -> list[Row]:
    with (SAMPLE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file, delimiter=delimiter))


def _by_id(rows: list[Row]) -> dict[str, Row]:
    return {row["external_id"]: row for row in rows}
