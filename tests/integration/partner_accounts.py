"""A partner's account as its operator makes it, and the file that `partner add` prints."""

import re
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from composed import ComposedExchange


@dataclass(frozen=True, slots=True)
class PartnerFile:
    """What `partner add` prints, as a client other than Kafka's own takes it."""

    text: str

    def client(self, **other: Any) -> dict[str, Any]:
        return self._connection() | other

    def value(self, name: str) -> str:
        found = re.search(rf"^{re.escape(name)}=(.*)$", self.text, re.MULTILINE)
        assert found, name
        return found[1]

    def _connection(self) -> dict[str, Any]:
        account = re.findall(r'"([^"]+)"', self.value("sasl.jaas.config"))
        authority = self.value("ssl.truststore.certificates").replace("\\n", "\n")
        return {
            "bootstrap_servers": self.value("bootstrap.servers"),
            "security_protocol": self.value("security.protocol"),
            "sasl_mechanism": self.value("sasl.mechanism"),
            "ssl_context": ssl.create_default_context(cadata=authority),
            "sasl_plain_username": account[0],
            "sasl_plain_password": account[1],
        }


def partner(composed: ComposedExchange, *words: str, options: Sequence[str] = ()) -> str:
    run = ("--profile", "partner", "run", "--rm", "--no-TTY", *options, "partner")
    return composed.compose(*run, *words)


def kafka_tool(composed: ComposedExchange, name: str, *words: str) -> str:
    bootstrap = ("--bootstrap-server", "kafka:9092")
    entry = ("--entrypoint", f"/opt/kafka/bin/{name}")
    return partner(composed, *bootstrap, *words, options=entry)
