"""Traces of whoever was erased: known again under every key, and to nobody without one."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from chassis.signing import SessionKeys, generate_link_key, generate_session_keys
from listings.erased.entry import Entry, UnreadableList, as_file, in_file
from listings.erased.traces import Tracer, address_named, member_named, organisation_named
from listings.settings import ListingsSettings

OLD, NEW = b"o" * 32, b"n" * 32


def settings(*pairs: SessionKeys, erasure_key: str | None = None) -> ListingsSettings:
    return ListingsSettings(
        database_url="",
        form_key=generate_link_key(),
        session_private_key="\n".join(keys.private for keys in pairs),
        session_public_keys=tuple(keys.public for keys in pairs),
        erasure_key=erasure_key,
    )


class TestTracer:
    def test_an_old_key_still_recognises_whom_it_hashed(self) -> None:
        name = address_named("Eva@Example.org")

        recognised = Tracer((NEW, OLD)).traces([name])

        assert Tracer((OLD,)).trace(address_named("eva@example.org ")) in recognised
        assert Tracer((NEW, OLD)).trace(name) == Tracer((NEW,)).trace(name)

    def test_the_same_word_means_something_else_for_each_noun(self) -> None:
        tracer = Tracer((OLD,))

        traces = {tracer.trace(named("17")) for named in (organisation_named, member_named)}

        assert len(traces) == 2


class TestKeys:
    def test_a_session_key_that_stays_listed_keeps_recognising(self) -> None:
        old, new = generate_session_keys(), generate_session_keys()

        before = settings(old).erasure_keys()
        after = settings(new, old).erasure_keys()

        assert after[1:] == before

    def test_its_own_key_makes_it_independent_of_sessions(self) -> None:
        own = generate_link_key()

        keys = [settings(generate_session_keys(), erasure_key=own).erasure_keys() for _ in range(2)]

        assert keys[0] == keys[1]


class TestFile:
    def test_is_read_as_it_was_written(self) -> None:
        at = datetime(2027, 1, 31, tzinfo=UTC)
        entries = (
            Entry(noun="member", id=UUID(int=1), erased_at=at, traces=(OLD, NEW)),
            Entry(noun="organisation", id=UUID(int=2), erased_at=at, traces=()),
        )

        assert in_file(as_file(entries)) == entries

    @pytest.mark.parametrize("text", ["", "noun\n", "noun,id,erased_at,traces\nmember,1\n"])
    def test_anything_else_is_refused(self, text: str) -> None:
        with pytest.raises(UnreadableList):
            in_file(text)
