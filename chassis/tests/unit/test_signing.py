"""Tokens: genuine ones open, everything else is refused."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.signing import (
    ForgedToken,
    LinkSigner,
    SessionSigner,
    SessionVerifier,
    UnusableKey,
    generate_link_key,
    generate_session_keys,
    keys_in,
)

KEYS = generate_session_keys()
LINK_KEY = generate_link_key()


class TestSessions:
    @given(payload=st.binary(max_size=200))
    def test_a_signed_payload_comes_back(self, payload: bytes) -> None:
        token = SessionSigner.from_text(KEYS.private).sign(payload)

        assert SessionVerifier.from_text(KEYS.public).verify(token) == payload

    def test_tokens_of_the_old_key_open_during_rotation(self) -> None:
        new = generate_session_keys()
        verifier = SessionVerifier.from_text(f"{new.public}  # new\n{KEYS.public}\n")

        assert verifier.verify(SessionSigner.from_text(KEYS.private).sign(b"old")) == b"old"
        assert verifier.verify(SessionSigner.from_text(new.private).sign(b"new")) == b"new"

    def test_a_strangers_token_is_refused(self) -> None:
        token = SessionSigner.from_text(generate_session_keys().private).sign(b"me")

        with pytest.raises(ForgedToken):
            SessionVerifier.from_text(KEYS.public).verify(token)


class TestLinks:
    def test_a_53_byte_payload_fits_110_characters(self) -> None:
        token = LinkSigner.from_text("answer", LINK_KEY).sign(bytes(53))

        assert len(token) <= 110

    def test_a_link_of_one_purpose_opens_no_other(self) -> None:
        token = LinkSigner.from_text("answer", LINK_KEY).sign(b"payload")

        with pytest.raises(ForgedToken):
            LinkSigner.from_text("delete", LINK_KEY).verify(token)

    def test_the_old_key_still_verifies_and_the_new_one_signs(self) -> None:
        old = LinkSigner.from_text("answer", LINK_KEY)
        new_key = generate_link_key()
        both = LinkSigner.from_text("answer", f"{new_key}\n{LINK_KEY}")

        assert both.verify(old.sign(b"payload")) == b"payload"
        assert LinkSigner.from_text("answer", new_key).verify(both.sign(b"x")) == b"x"

    @given(
        payload=st.binary(min_size=1, max_size=60),
        position=st.integers(min_value=0),
        bit=st.integers(0, 7),
    )
    def test_one_changed_bit_is_refused(self, payload: bytes, position: int, bit: int) -> None:
        signer = LinkSigner.from_text("answer", LINK_KEY)
        token = signer.sign(payload)
        raw = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        raw[position % len(raw)] ^= 1 << bit
        changed = base64.urlsafe_b64encode(bytes(raw)).rstrip(b"=").decode()

        with pytest.raises(ForgedToken):
            signer.verify(changed)


@pytest.mark.parametrize("token", ["", "A", "AAAA", "ä", "a b", "====", "A" * 100_000, "\0"])
def test_nonsense_is_a_forged_token(token: str) -> None:
    with pytest.raises(ForgedToken):
        SessionVerifier.from_text(KEYS.public).verify(token)
    with pytest.raises(ForgedToken):
        LinkSigner.from_text("answer", LINK_KEY).verify(token)


@given(text=st.text(max_size=120))
def test_any_text_is_refused_without_another_error(text: str) -> None:
    with pytest.raises(ForgedToken):
        LinkSigner.from_text("answer", LINK_KEY).verify(text)


@pytest.mark.parametrize("text", ["", "# nothing", "short", "ä"])
def test_a_key_list_without_keys_is_unusable(text: str) -> None:
    with pytest.raises(UnusableKey):
        keys_in(text)
