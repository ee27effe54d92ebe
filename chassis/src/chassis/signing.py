"""Signed tokens: a key proves who may open what, never a row; the payload stays opaque bytes."""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

SIGNATURE_BYTES = 64
LINK_MAC_BYTES = 16
LINK_KEY_BYTES = 32
MAXIMUM_TOKEN_CHARACTERS = 4096


class ForgedToken(Exception):
    """The token was not made by any key this verifier knows, or was changed since."""


class UnusableKey(Exception):
    """A key file or text holds no key of the expected kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionKeys:
    """A fresh pair as text: the private one for the signer, the public one for every verifier."""

    private: str
    public: str


def generate_session_keys() -> SessionKeys:
    private = Ed25519PrivateKey.generate()
    return SessionKeys(
        private=_encoded(private.private_bytes_raw()),
        public=_encoded(private.public_key().public_bytes_raw()),
    )


def generate_link_key() -> str:
    return _encoded(Ed25519PrivateKey.generate().private_bytes_raw())


def keys_in(text: str) -> tuple[bytes, ...]:
    """The 32-byte keys in a key list: one a line, newest first; `#` starts a comment."""
    lines = (line.split("#", 1)[0].strip() for line in text.splitlines())
    keys = tuple(_decoded_key(line) for line in lines if line)
    if not keys:
        msg = "the key list is empty"
        raise UnusableKey(msg)
    return keys


class SessionSigner:
    """Signs session payloads with the newest private key."""

    def __init__(self, private_key: Ed25519PrivateKey) -> None:
        self._key = private_key
        self._key_id = _key_id(private_key.public_key().public_bytes_raw())

    @classmethod
    def from_text(cls, text: str) -> Self:
        return cls(Ed25519PrivateKey.from_private_bytes(keys_in(text)[0]))

    @classmethod
    def from_file(cls, path: Path) -> Self:
        return cls.from_text(path.read_text(encoding="utf-8"))

    def sign(self, payload: bytes) -> str:
        signed = self._key_id + payload
        return _encoded(signed + self._key.sign(_session_message(signed)))


class SessionVerifier:
    """Opens tokens of any of its public keys; an old key stays listed until its tokens end."""

    def __init__(self, public_keys: Sequence[Ed25519PublicKey]) -> None:
        self._keys = tuple((_key_id(key.public_bytes_raw()), key) for key in public_keys)

    @classmethod
    def from_text(cls, text: str) -> Self:
        return cls([Ed25519PublicKey.from_public_bytes(key) for key in keys_in(text)])

    @classmethod
    def from_file(cls, path: Path) -> Self:
        return cls.from_text(path.read_text(encoding="utf-8"))

    def verify(self, token: str) -> bytes:
        """The payload of a genuine token; raises `ForgedToken` otherwise."""
        raw = _decoded(token)
        signed, signature = raw[:-SIGNATURE_BYTES], raw[-SIGNATURE_BYTES:]
        for key_id, key in self._keys:
            if signed[:1] == key_id and _is_signed(key, signed, signature):
                return signed[1:]
        raise ForgedToken


class LinkSigner:
    """Mints and verifies short link tokens for one purpose; the first key signs, all verify."""

    def __init__(self, purpose: str, keys: Sequence[bytes]) -> None:
        if not keys or any(len(key) < LINK_KEY_BYTES for key in keys):
            msg = f"link keys for {purpose!r} need at least one key of {LINK_KEY_BYTES} bytes"
            raise UnusableKey(msg)
        self._purpose = purpose.encode()
        self._keys = tuple(keys)

    @classmethod
    def from_text(cls, purpose: str, text: str) -> Self:
        return cls(purpose, keys_in(text))

    @classmethod
    def from_file(cls, purpose: str, path: Path) -> Self:
        return cls.from_text(purpose, path.read_text(encoding="utf-8"))

    def sign(self, payload: bytes) -> str:
        key = self._keys[0]
        signed = _key_id(key) + payload
        return _encoded(signed + self._mac(key, signed))

    def verify(self, token: str) -> bytes:
        """The payload of a genuine token; raises `ForgedToken` otherwise."""
        raw = _decoded(token)
        signed, mac = raw[:-LINK_MAC_BYTES], raw[-LINK_MAC_BYTES:]
        genuine = [hmac.compare_digest(mac, self._mac(key, signed)) for key in self._keys]
        if not signed or not any(genuine):
            raise ForgedToken
        return signed[1:]

    def _mac(self, key: bytes, signed: bytes) -> bytes:
        message = b"link\0" + self._purpose + b"\0" + signed
        return hmac.digest(key, message, "sha256")[:LINK_MAC_BYTES]


def _session_message(signed: bytes) -> bytes:
    return b"session\0" + signed


def _is_signed(key: Ed25519PublicKey, signed: bytes, signature: bytes) -> bool:
    try:
        key.verify(signature, _session_message(signed))
    except InvalidSignature:
        return False
    return True


def _key_id(key: bytes) -> bytes:
    return hashlib.sha256(b"key id\0" + key).digest()[:1]


def _encoded(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def _decoded(token: str) -> bytes:
    if len(token) > MAXIMUM_TOKEN_CHARACTERS:
        raise ForgedToken
    try:
        raw = base64.b64decode(token + "=" * (-len(token) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError) as error:
        raise ForgedToken from error
    # Several spellings decode to the same bytes; only the one we write is ours.
    if _encoded(raw) != token:
        raise ForgedToken
    return raw


def _decoded_key(text: str) -> bytes:
    try:
        key = _decoded(text)
    except ForgedToken as error:
        msg = "a key is not url-safe base64"
        raise UnusableKey(msg) from error
    if len(key) != LINK_KEY_BYTES:
        msg = f"a key has {len(key)} bytes instead of {LINK_KEY_BYTES}"
        raise UnusableKey(msg)
    return key
