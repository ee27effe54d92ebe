"""Whether Kafka can start with its key store, and partners believe it; wants nothing but Python."""

import json
import ssl
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

KEY = "-----BEGIN PRIVATE KEY-----"
"""PKCS 8 and open: Kafka reads no other in PEM."""
AUTHORITY = "kafka_ca.pem"
RENEWAL = 'make secrets ARGS="--rotate certificate"'


def unusable(keystore: Path) -> str | None:
    """A sentence about a key store that a broker would end with."""
    try:
        reason = "" if KEY in keystore.read_text(encoding="utf-8") else "no private key in PKCS 8"
        _as_server(keystore)
    except (OSError, UnicodeError) as error:
        reason = _reason(error)
    if not reason:
        return None
    return (
        f"{keystore.name} of the secrets holds no key with its certificate ({reason}):"
        f" put it back from your copy, or run {RENEWAL}."
    )


def unbelieved(keystore: Path, authority: Path, *, host: str) -> str | None:
    """A sentence about what a partner's client, which reaches us as this host, would say to it."""
    try:
        client = ssl.create_default_context(cafile=authority)
    except OSError as error:
        return (
            f"{authority.name} of the secrets holds no certificate ({_reason(error)}): put it back"
            " from your copy; or move the three kafka_ files away, run make secrets, start kafka"
            " anew, and send partners the new one."
        )
    try:
        _shake_hands(_as_server(keystore), client, host)
    except OSError as error:
        return (
            f"Partners do not believe {keystore.name} for KAFKA_HOST={host}: {_reason(error)}. Run"
            f" {RENEWAL}, then start kafka anew."
        )
    return None


def _as_server(keystore: Path) -> ssl.SSLContext:
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    # Without a word given for it, a locked key would be asked for at the terminal.
    server.load_cert_chain(keystore, password="")
    return server


def _shake_hands(server: ssl.SSLContext, client: ssl.SSLContext, host: str) -> None:
    there, back = ssl.MemoryBIO(), ssl.MemoryBIO()
    asking = client.wrap_bio(back, there, server_hostname=host)
    answering = server.wrap_bio(there, back, server_side=True)
    for each in (asking, answering, asking, answering):
        try:
            each.do_handshake()
        except ssl.SSLWantReadError:
            continue


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message.rstrip(".")
    told = getattr(error, "reason", None) or getattr(error, "strerror", None)
    return str(told or type(error).__name__)


def main(arguments: Sequence[str]) -> int:
    """With a file of what `docker compose config --format json` prints."""
    config: Mapping[str, Any] = json.loads(Path(arguments[0]).read_text(encoding="utf-8"))
    host = config["services"]["address"]["environment"]["KAFKA_HOST"]
    # Compose tells no secret that only a profile's container has, as the authority's is.
    keystore = Path(config["secrets"]["kafka_keystore.pem"]["file"])
    wrong = unusable(keystore) or unbelieved(keystore, keystore.with_name(AUTHORITY), host=host)
    print(f"✗ {wrong}" if wrong else f"✓ Partners believe {keystore.name} for KAFKA_HOST={host}.")
    return int(wrong is not None)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
