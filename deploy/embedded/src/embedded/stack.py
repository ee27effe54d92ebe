"""The servers below the services as one context manager; each of them can also be used alone."""

from contextlib import ExitStack
from dataclasses import dataclass
from typing import Self

from embedded.kafka import Kafka
from embedded.mail import Mail
from embedded.postgres import Postgres
from embedded.together import together


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The ports that were asked for; `None` takes a free one."""

    postgres: int | None = None
    kafka: int | None = None
    smtp: int | None = None
    mail_http: int | None = None


_FREE = Ports()


class Stack:
    """PostgreSQL, Kafka and the mail catcher: all are up inside, all are gone after.

    `postgres` is one of the caller's, in place of that of the other options.
    """

    def __init__(
        self, *, ports: Ports = _FREE, durable: bool = True, postgres: Postgres | None = None
    ) -> None:
        self.postgres = postgres or Postgres(port=ports.postgres, durable=durable)
        self.kafka = Kafka(port=ports.kafka)
        self.mail = Mail(smtp_port=ports.smtp, http_port=ports.mail_http)

    def __enter__(self) -> Self:
        with ExitStack() as started:
            started.callback(self._stop)
            starts = (self.postgres.start, self.kafka.start, self.mail.start)
            together(starts, cut_short=self._give_up)
            self._running = started.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()

    def _give_up(self) -> None:
        self.postgres.give_up()
        self.kafka.give_up()

    def _stop(self) -> None:
        together((self.postgres.stop, self.kafka.stop, self.mail.stop))
