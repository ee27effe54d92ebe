"""The servers below the services as one context manager; each of them can also be used alone."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Self

from embedded.kafka import Kafka
from embedded.mail import Mail
from embedded.postgres import Postgres


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """The ports that were asked for; `None` takes a free one."""

    postgres: int | None = None
    kafka: int | None = None
    smtp: int | None = None
    mail_http: int | None = None


_FREE = Ports()


class Stack:
    """PostgreSQL, Kafka and the mail catcher: all are up inside, all are gone after."""

    def __init__(self, *, ports: Ports = _FREE, durable: bool = True) -> None:
        self.postgres = Postgres(port=ports.postgres, durable=durable)
        self.kafka = Kafka(port=ports.kafka)
        self.mail = Mail(smtp_port=ports.smtp, http_port=ports.mail_http)

    def __enter__(self) -> Self:
        servers = (self.postgres, self.kafka, self.mail)
        with ExitStack() as started:
            with ThreadPoolExecutor(len(servers)) as pool:
                for server in servers:
                    started.callback(server.stop)
                list(pool.map(lambda server: server.start(), servers))
            self._running = started.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._running.close()
