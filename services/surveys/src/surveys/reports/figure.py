"""What every report is made of: figures, whose lines carry numerator, base and share."""

from collections.abc import Mapping
from dataclasses import dataclass

from chassis.web.language import Localised
from surveys.reports.wilson import Interval, wilson_interval


class ImpossibleShare(ValueError):
    """More than all, or less than none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """``count`` of ``base``; a mere count where there is no base."""

    count: int
    base: int | None = None

    def __post_init__(self) -> None:
        if self.count < 0 or (self.base is not None and self.count > self.base):
            raise ImpossibleShare(f"{self.count} of {self.base}")

    @property
    def ratio(self) -> float | None:
        """Nothing of nothing is no share."""
        return self.count / self.base if self.base else None

    @property
    def interval(self) -> Interval | None:
        return wilson_interval(self.count, self.base) if self.base else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of a figure; ``label`` where the slug's words come from the cluster."""

    slug: str
    share: Share
    label: Localised | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A named set of lines; without lines it was not asked or not counted yet.

    ``is_sample`` marks shares that tell of a chance behind them, so that an interval makes sense;
    a share of all listings is a full count and has none.
    """

    slug: str
    lines: tuple[Line, ...] = ()
    is_sample: bool = False


def breakdown(slug: str, counts: Mapping[str, int], *, is_sample: bool = False) -> Figure:
    """Parts of a whole, which is their sum."""
    base = sum(counts.values())
    return Figure(
        slug=slug,
        lines=tuple(
            Line(slug=part, share=Share(count=count, base=base)) for part, count in counts.items()
        ),
        is_sample=is_sample,
    )
