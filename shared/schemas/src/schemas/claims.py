"""What a session cookie and a link in a mail say, packed into few bytes; the chassis signs them."""

import struct
from datetime import UTC, datetime
from typing import Self
from uuid import UUID

from pydantic import AwareDatetime

from schemas.event import Value

_SESSION = struct.Struct(">16sI")
_LINK = struct.Struct(">16s16s16sI")


class MalformedClaims(ValueError):
    """The bytes are not of the packed form."""


class SessionClaims(Value):
    """Who is signed in and since when (whole seconds); 20 bytes packed."""

    member_id: UUID
    since: AwareDatetime

    @property
    def subject_id(self) -> UUID:
        """What the chassis calls whoever a session is about."""
        return self.member_id

    def packed(self) -> bytes:
        return _SESSION.pack(self.member_id.bytes, int(self.since.timestamp()))

    @classmethod
    def unpacked(cls, payload: bytes) -> Self:
        if len(payload) != _SESSION.size:
            raise MalformedClaims
        member, since = _SESSION.unpack(payload)
        return cls(member_id=UUID(bytes=member), since=datetime.fromtimestamp(since, UTC))


class LinkClaims(Value):
    """Opens one object for one member, acting for one organisation, until a time; 52 bytes packed.

    ``expires_at`` counts in whole seconds.
    """

    object_id: UUID
    member_id: UUID
    organisation_id: UUID
    expires_at: AwareDatetime

    def packed(self) -> bytes:
        ids = (self.object_id.bytes, self.member_id.bytes, self.organisation_id.bytes)
        return _LINK.pack(*ids, int(self.expires_at.timestamp()))

    @classmethod
    def unpacked(cls, payload: bytes) -> Self:
        if len(payload) != _LINK.size:
            raise MalformedClaims
        thing, member, organisation, expires = _LINK.unpack(payload)
        return cls(
            object_id=UUID(bytes=thing),
            member_id=UUID(bytes=member),
            organisation_id=UUID(bytes=organisation),
            expires_at=datetime.fromtimestamp(expires, UTC),
        )


NO_ORGANISATION = UUID(int=0)
"""Stands in a link that acts for the member alone (sign-in, unsubscribe)."""
