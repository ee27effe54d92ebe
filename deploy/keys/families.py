"""Which secrets there are: families of files that are made, and changed, only together.

Each file has the name under which the one service that reads it finds it in `/run/secrets`.
"""

import json
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlsplit

from holders import HOLDERS, PURPOSES, SERVICES
from key_list import fresh_key, with_newest
from openssl import Authority, authority, keystore, signing_pair

Files = Mapping[str, str]
"""Texts by their files' names."""

AUTHORITY, AUTHORITY_KEY, KEYSTORE = "kafka_ca.pem", "kafka_ca.key", "kafka_keystore.pem"
OWN_HOSTS = ("kafka", "localhost")


@dataclass(frozen=True, slots=True, kw_only=True)
class Family:
    """What `make secrets` treats as one.

    `renewed` takes what is there and the day until which old keys count; without it, a family is
    somebody else's to change. `readers` start anew in this order: who verifies before who signs.
    """

    name: str
    files: tuple[str, ...]
    fresh: Callable[[], Files]
    renewed: Callable[[Files, date], Files] | None = None
    readers: tuple[str, ...] = SERVICES


def families(kafka_host: str) -> tuple[Family, ...]:
    return (*_signing(), _certificate(kafka_host), *_passwords())


def _signing() -> tuple[Family, ...]:
    return (
        Family(
            name="session",
            files=("listings_session_private_key", *_of_all("session_public_keys")),
            fresh=lambda: _session_files([]),
            renewed=_renewed_session,
            readers=("matching", "notifications", "surveys", "listings"),
        ),
        Family(
            name="links",
            files=_of_all("link_keys"),
            fresh=lambda: _link_files({purpose: [fresh_key()] for purpose in PURPOSES}),
            renewed=_renewed_links,
            readers=("listings", "surveys", "matching", "notifications"),
        ),
        Family(
            name="forms",
            files=_of_all("form_key"),
            fresh=lambda: dict.fromkeys(_of_all("form_key"), fresh_key()),
            renewed=_renewed_forms,
            # Forms of listings lead to matching too; to listings itself only the head of each page.
            readers=("matching", "notifications", "surveys", "listings"),
        ),
        Family(
            name="erasures",
            files=("listings_erasure_key",),
            fresh=lambda: {"listings_erasure_key": fresh_key()},
            renewed=_renewed_erasures,
            readers=("listings",),
        ),
    )


def _certificate(kafka_host: str) -> Family:
    return Family(
        name="certificate",
        files=(AUTHORITY, AUTHORITY_KEY, KEYSTORE),
        fresh=lambda: _certificate_files(authority(), kafka_host),
        renewed=lambda files, _: _certificate_files(_authority_in(files), kafka_host),
        readers=("kafka",),
    )


def _passwords() -> tuple[Family, ...]:
    return (
        *(_database(service) for service in SERVICES),
        _password("postgres_password", readers=("databases",)),
        _password("grafana_password", readers=("grafana",)),
        # The mail server's owner gives it out; until then it is empty.
        Family(
            name="notifications_smtp_password",
            files=("notifications_smtp_password",),
            fresh=lambda: {"notifications_smtp_password": ""},
        ),
    )


def _session_files(known: list[str], *, until: date | None = None) -> Files:
    """Of an old key only the public half stays: what it signed is believed until then."""
    pair = signing_pair()
    public = json.dumps(with_newest(known, pair.public, until=until))
    own = {"listings_session_private_key": pair.private}
    return own | dict.fromkeys(_of_all("session_public_keys"), public)


def _renewed_session(files: Files, until: date) -> Files:
    return _session_files(json.loads(files["listings_session_public_keys"]), until=until)


def _renewed_links(files: Files, until: date) -> Files:
    known = json.loads(files["notifications_link_keys"])
    return _link_files(
        {name: with_newest(keys, fresh_key(), until=until) for name, keys in known.items()}
    )


def _link_files(keys: Mapping[str, list[str]]) -> Files:
    return {
        f"{service}_link_keys": json.dumps({purpose: keys[purpose] for purpose in held})
        for service, held in HOLDERS.items()
    }


def _renewed_forms(files: Files, until: date) -> Files:
    keys = with_newest(files["listings_form_key"].splitlines(), fresh_key(), until=until)
    return dict.fromkeys(_of_all("form_key"), "\n".join(keys))


def _renewed_erasures(files: Files, _: date) -> Files:
    """All keys stay: who was erased under an old one must be recognised for ever."""
    known = files["listings_erasure_key"].splitlines()
    return {"listings_erasure_key": "\n".join(with_newest(known, fresh_key(), until=None))}


def _certificate_files(by: Authority, kafka_host: str) -> Files:
    hosts = dict.fromkeys((*OWN_HOSTS, kafka_host))
    return {AUTHORITY: by.certificate, AUTHORITY_KEY: by.key, KEYSTORE: keystore(by, hosts)}


def _authority_in(files: Files) -> Authority:
    """The same one again, so that partners need no new file."""
    return Authority(key=files[AUTHORITY_KEY], certificate=files[AUTHORITY])


def _database(service: str) -> Family:
    file = f"{service}_database_url"

    def fresh() -> Files:
        return {file: f"postgresql://{service}:{secrets.token_urlsafe()}@postgres/{service}"}

    def renewed(files: Files, _: date) -> Files:
        return {file: _with_fresh_password(files[file], service)}

    readers = ("databases", service)
    return Family(name=file, files=(file,), fresh=fresh, renewed=renewed, readers=readers)


def _with_fresh_password(url: str, service: str) -> str:
    """The same role, server, database and options: it may be another server than ours."""
    parts = urlsplit(url)
    known, _, place = parts.netloc.rpartition("@")
    role = known.partition(":")[0] or service
    return parts._replace(netloc=f"{role}:{secrets.token_urlsafe()}@{place}").geturl()


def _password(file: str, *, readers: tuple[str, ...]) -> Family:
    def fresh() -> Files:
        return {file: secrets.token_urlsafe()}

    return Family(
        name=file, files=(file,), fresh=fresh, renewed=lambda *_: fresh(), readers=readers
    )


def _of_all(setting: str) -> tuple[str, ...]:
    return tuple(f"{service}_{setting}" for service in SERVICES)
