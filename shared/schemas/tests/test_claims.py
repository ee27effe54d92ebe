"""What is packed into a cookie or a link comes out again, in the bytes that were promised."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.claims import LinkClaims, MalformedClaims, SessionClaims

SESSION_BYTES = 20
LINK_BYTES = 52
moments = st.integers(0, 2**32 - 1).map(lambda seconds: datetime.fromtimestamp(seconds, UTC))


@given(st.builds(SessionClaims, member_id=st.uuids(), since=moments))
def test_a_session_comes_out_as_it_went_in(claims: SessionClaims) -> None:
    assert len(claims.packed()) == SESSION_BYTES
    assert SessionClaims.unpacked(claims.packed()) == claims


@given(
    st.builds(
        LinkClaims,
        object_id=st.uuids(),
        member_id=st.uuids(),
        organisation_id=st.uuids(),
        expires_at=moments,
    )
)
def test_a_link_comes_out_as_it_went_in(claims: LinkClaims) -> None:
    assert len(claims.packed()) == LINK_BYTES
    assert LinkClaims.unpacked(claims.packed()) == claims


@given(st.binary(max_size=80).filter(lambda payload: len(payload) != SESSION_BYTES))
def test_bytes_of_another_length_are_no_session(payload: bytes) -> None:
    with pytest.raises(MalformedClaims):
        SessionClaims.unpacked(payload)


@given(st.binary(max_size=80).filter(lambda payload: len(payload) != LINK_BYTES))
def test_bytes_of_another_length_are_no_link(payload: bytes) -> None:
    with pytest.raises(MalformedClaims):
        LinkClaims.unpacked(payload)
