"""A report as one reader gets it: every figure and line in words, ready for page, CSV and JSON."""

from collections.abc import Callable
from typing import TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from chassis.web.language import Language, Localised
from surveys.reports.figure import Figure, Line
from surveys.reports.words import FIGURES, LINES, STEPS

Say: TypeAlias = Callable[[str], str]


class WordedLine(BaseModel):
    """One number with its base; ``of`` says in words what the base is."""

    model_config = ConfigDict(frozen=True)

    slug: str
    label: str
    count: int
    base: int | None = None
    unit: str
    of: str = ""
    definition: str
    share: float | None = Field(default=None, description="count / base, where there is a base.")
    low: float | None = Field(default=None, description="Wilson 95 % interval of the share.")
    high: float | None = None


class WordedFigure(BaseModel):
    model_config = ConfigDict(frozen=True)

    slug: str
    title: str
    definition: str
    unit: str
    lines: tuple[WordedLine, ...]

    @property
    def base(self) -> int | None:
        """The base that all lines share."""
        bases = {line.base for line in self.lines}
        return bases.pop() if len(bases) == 1 else None


def worded(figure: Figure, *, say: Say, language: Language) -> WordedFigure:
    words = FIGURES[figure.slug]
    return WordedFigure(
        slug=figure.slug,
        title=say(words.title),
        definition=say(words.definition),
        unit=say(words.unit),
        lines=tuple(_worded_line(figure, line, say, language) for line in figure.lines),
    )


def _worded_line(figure: Figure, line: Line, say: Say, language: Language) -> WordedLine:
    step = STEPS[line.slug] if figure.slug == "funnel" else None
    words = FIGURES[figure.slug]
    interval = line.share.interval if figure.is_sample else None
    return WordedLine(
        slug=line.slug,
        label=say(step.label) if step else _label(line, say, language),
        count=line.share.count,
        base=line.share.base,
        unit=say(step.unit if step else words.unit),
        of=_of(step.of if step else words.of, say),
        definition=say(step.definition if step else words.definition),
        share=line.share.ratio,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
    )


def _of(words: str, say: Say) -> str:
    return say(words) if words else ""


def _label(line: Line, say: Say, language: Language) -> str:
    if isinstance(line.label, Localised):
        return line.label.in_language(language)
    return say(LINES.get(line.slug, line.slug))
