"""What only OpenSSL can make: signing keys and certificates. Nothing of it is written here."""

import subprocess
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from pathlib import Path

from key_list import decoded, encoded

RAW_KEY_BYTES = 32
ED25519_DER = bytes.fromhex("302e020100300506032b657004220420")
"""What stands before the raw bytes of a private key."""

AUTHORITY_DAYS = 3650
CERTIFICATE_DAYS = 825
MISSING = "openssl is missing. On Debian and Ubuntu: sudo apt install openssl"


class NoOpenssl(Exception):
    """There is no usable `openssl` on the path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SigningPair:
    private: str
    public: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Who signs certificates: partners trust the certificate, the key stays here."""

    key: str
    certificate: str


def signing_pair() -> SigningPair:
    """Ed25519; in DER both halves end with their 32 raw bytes."""
    private = openssl("genpkey", "-algorithm", "ed25519", "-outform", "DER")
    return SigningPair(private=encoded(private[-RAW_KEY_BYTES:]), public=_public_of(private))


def public_half(private: str) -> str | None:
    """Of the newest private key in a list; None where there is none."""
    newest = decoded(private.partition("\n")[0])
    return _public_of(ED25519_DER + newest) if len(newest) == RAW_KEY_BYTES else None


def _public_of(private: bytes) -> str:
    public = openssl("pkey", "-inform", "DER", "-pubout", "-outform", "DER", given=private)
    return encoded(public[-RAW_KEY_BYTES:])


def authority() -> Authority:
    key = _private_key()
    with tempfile.TemporaryDirectory() as folder:
        path = _written(folder, "key", key)
        subject = ("-subj", "/CN=Kooperationsboerse Kafka", "-days", str(AUTHORITY_DAYS))
        certificate = openssl("req", "-x509", "-new", "-sha256", "-key", path, *subject)
    return Authority(key=key, certificate=certificate.decode())


def keystore(by: Authority, hosts: Iterable[str]) -> str:
    """A server's PEM key store, as Kafka reads it: its key, its certificate, the authority's."""
    key = _private_key()
    with tempfile.TemporaryDirectory() as folder:
        request = openssl("req", "-new", "-key", _written(folder, "key", key), "-subj", "/CN=kafka")
        names = ",".join(map(_alternative_name, hosts))
        certificate = openssl(
            *("x509", "-req", "-sha256", "-days", str(CERTIFICATE_DAYS)),
            *("-CA", _written(folder, "ca", by.certificate)),
            *("-CAkey", _written(folder, "ca.key", by.key), "-CAcreateserial"),
            *("-extfile", _written(folder, "names", f"subjectAltName={names}\n")),
            given=request,
        )
    return key + certificate.decode() + by.certificate


def valid_until(certificate: Path) -> datetime:
    """Of the first certificate in a file."""
    told = openssl("x509", "-noout", "-enddate", "-in", str(certificate)).decode()
    return datetime.strptime(told.strip().replace("GMT", "+0000"), "notAfter=%b %d %H:%M:%S %Y %z")


def openssl(*arguments: str, given: bytes | None = None) -> bytes:
    try:
        done = subprocess.run(  # noqa: S603 - the arguments are ours
            ["openssl", *arguments],  # noqa: S607 - where it lies differs
            input=given,
            capture_output=True,
            check=True,
        )
    except FileNotFoundError:
        raise NoOpenssl(MISSING) from None
    except subprocess.CalledProcessError as failed:
        said = failed.stderr.decode(errors="replace").strip()
        raise NoOpenssl(f"openssl {arguments[0]} failed: {said}") from None
    return done.stdout


def _alternative_name(host: str) -> str:
    try:
        return f"IP:{ip_address(host)}"
    except ValueError:
        return f"DNS:{host}"


def _private_key() -> str:
    return openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256").decode()


def _written(folder: str, name: str, text: str) -> str:
    path = Path(folder) / name
    path.touch(mode=0o600)
    path.write_text(text, encoding="utf-8")
    return str(path)
