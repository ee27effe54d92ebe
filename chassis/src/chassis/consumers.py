"""A service's registry of what it listens to; handlers are plain typed functions."""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

from chassis import copies
from chassis.database import Connection
from chassis.decoding import Decoded
from chassis.envelope import Gone
from chassis.event import Event, by_name, topics_of

F = TypeVar("F", bound=Callable[..., Awaitable[None]])
Form = Literal["one", "batch", "gone", "both"]
"""``both``: states and tombstones of one batch together."""
CAUSE_POSITION = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler:
    """One function for one event class; gets event(s), transaction and, if taken, cause(s)."""

    event_class: type[Event]
    form: Form
    function: Callable[..., Awaitable[None]]

    @property
    def takes_cause(self) -> bool:
        return len(inspect.signature(self.function).parameters) > CAUSE_POSITION

    def wants(self, decoded: Decoded) -> bool:
        wanted = self.form == "both" or decoded.is_gone == (self.form == "gone")
        return wanted and decoded.event_class is self.event_class

    async def call(self, records: Sequence[Decoded], transaction: Connection) -> None:
        if self.form in ("batch", "both"):
            messages = [decoded.message for decoded in records]
            causes = ([decoded.cause for decoded in records],) if self.takes_cause else ()
            await self.function(messages, transaction, *causes)
            return
        for decoded in records:
            arguments: tuple[Any, ...] = (decoded.message, transaction)
            await self.function(*arguments, *((decoded.cause,) if self.takes_cause else ()))


class Consumers:
    """``consumers = Consumers()`` in a service's ``consumers.py``; nothing is global."""

    def __init__(self) -> None:
        self._handlers: list[Handler] = []

    def on(self, event_class: type[Event]) -> Callable[[F], F]:
        """Handle one event at a time: ``async def on_x(event, transaction[, cause])``."""
        return self._registered(event_class, "one")

    def on_batch(self, event_class: type[Event]) -> Callable[[F], F]:
        """Handle all new events of a class: ``async def on_x(events, transaction[, causes])``."""
        return self._registered(event_class, "batch")

    def on_gone(self, state: type[Event]) -> Callable[[F], F]:
        """Handle a tombstone: ``async def on_x_gone(gone, transaction[, cause])``."""
        return self._registered(state, "gone")

    def keep(self, *states: type[Event]) -> None:
        """Keep a copy of each state, readable through ``chassis.copies``."""
        for state in states:
            self._registered(state, "both")(_keep_copies)

    def _registered(self, event_class: type[Event], form: Form) -> Callable[[F], F]:
        def register(function: F) -> F:
            self._handlers.append(Handler(event_class=event_class, form=form, function=function))
            return function

        return register

    @property
    def handlers(self) -> tuple[Handler, ...]:
        return tuple(self._handlers)

    @property
    def known(self) -> dict[str, type[Event]]:
        return by_name(self.classes)

    @property
    def classes(self) -> tuple[type[Event], ...]:
        return tuple(dict.fromkeys(handler.event_class for handler in self._handlers))

    @property
    def topics(self) -> tuple[str, ...]:
        return topics_of(self.classes)


async def _keep_copies(states: Sequence[Event | Gone], transaction: Connection) -> None:
    await copies.keep(transaction, states)
