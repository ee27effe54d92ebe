"""What each service is told by its environment: where the servers are, and only its own keys."""

import json
import os
from dataclasses import dataclass
from typing import Self

from chassis.signing import SessionKeys, generate_link_key, generate_session_keys
from schemas.links import HOLDERS, LinkPurpose

SERVICES = tuple(HOLDERS)
CLUSTER = "https://cluster-nordlicht.example"
SWEEP_SECONDS = 1
SMTP_DATA_SECONDS = 5
MAILS_PER_SECOND = 100
DIGEST_MINUTES = 2

SPARING = {"OPENBLAS_NUM_THREADS": "1", "MALLOC_ARENA_MAX": "2"}
"""Of numbers and memory, as in the image: threads of one small product wait for each other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """Fresh keys of one exchange."""

    session: SessionKeys
    links: dict[LinkPurpose, str]
    forms: str

    @classmethod
    def generate(cls) -> Self:
        links = {purpose: generate_link_key() for purpose in LinkPurpose}
        return cls(session=generate_session_keys(), links=links, forms=generate_link_key())


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """Where a service listens, and the servers it speaks to."""

    database_url: str
    port: int
    origin: str
    kafka_bootstrap: str
    smtp_port: int
    mail_url: str


def environment_of(name: str, keys: Keys, around: Surroundings) -> dict[str, str]:
    own = _of_every_service(name, keys, around)
    if name == "listings":
        own["session_private_key"] = keys.session.private
    if name == "notifications":
        own |= _of_the_mail(around)
    mine = {f"{name}_{key}".upper(): value for key, value in own.items()}
    return SPARING | dict(os.environ) | mine


def _of_every_service(name: str, keys: Keys, around: Surroundings) -> dict[str, str]:
    return {
        "database_url": around.database_url,
        "kafka_bootstrap": around.kafka_bootstrap,
        "cluster_uri": CLUSTER,
        "imprint_url": f"{CLUSTER}/impressum",
        "data_protection_url": f"{CLUSTER}/datenschutz",
        "accessibility_url": f"{CLUSTER}/barrierefreiheit",
        "public_url": around.origin,
        "port": str(around.port),
        "behind_gateway": "true",
        "session_public_keys": json.dumps([keys.session.public]),
        "link_keys": json.dumps({purpose: [keys.links[purpose]] for purpose in HOLDERS[name]}),
        "form_key": keys.forms,
        "allow_time_travel": "true",
        "sweep_seconds": str(SWEEP_SECONDS),
    }


def _of_the_mail(around: Surroundings) -> dict[str, str]:
    return {
        "smtp_host": "127.0.0.1",
        "smtp_port": str(around.smtp_port),
        "smtp_data_seconds": str(SMTP_DATA_SECONDS),
        "mails_per_second": str(MAILS_PER_SECOND),
        "digest_minutes": str(DIGEST_MINUTES),
        "reconcile_url": f"{around.mail_url}/by-message-id/{{message_id}}",
        "sender_address": "boerse@cluster-nordlicht.example",
        "imprint": "Gesundheitscluster Nordlicht, Speicherufer 4, 18055 Rostock",
    }
