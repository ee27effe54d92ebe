"""A refusal with an HTTP status: raised anywhere under a route, answered by `problems`."""

from collections.abc import Mapping, Sequence

from chassis.web.refusal import Refusal
from chassis.web.statuses import explanation_of


class Problem(Exception):
    """A refusal with an HTTP status; texts are marked German source strings with `{names}`.

    `keeps` says that what was sent stays on the page, to be sent once more.
    """

    def __init__(
        self,
        status: int,
        detail: str | None = None,
        *,
        title: str | None = None,
        remedy: str | None = None,
        values: Mapping[str, object] | None = None,
        errors: Sequence[tuple[Sequence[str | int], Refusal]] = (),
        headers: Mapping[str, str] | None = None,
        keeps: bool = False,
    ) -> None:
        super().__init__(status)
        explanation = explanation_of(status)
        self.status = status
        self.title = title or explanation.title
        self.detail = detail or explanation.detail
        self.remedy = explanation.remedy if remedy is None else remedy
        self.values = dict(values or {})
        self.errors = tuple(errors)
        self.headers = dict(headers or {})
        self.keeps = keeps
