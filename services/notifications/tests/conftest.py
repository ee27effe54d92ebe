"""Builders that read as English, and the service's parts on real servers."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
import pytest
from embedded.mail import Mail as MailCatcher
from embedded.testing import MakeDatabase

from chassis import migrations
from chassis.database import Pool
from chassis.envelope import Decoded, Gone
from chassis.cause import Cause
from chassis.service import Runtime
from chassis.serving import application
from chassis.signing import SessionSigner, generate_link_key, generate_session_keys
from notifications.app import make_reconciling, make_sender, service
from notifications.consumers import consumers
from notifications.settings import NotificationsSettings
from schemas import contact, listing, match, member, organisation, outcome, vocabulary
from schemas.claims import SessionClaims
from schemas.links import LinkPurpose
from schemas.place import Category

NOW = datetime.now(UTC).replace(microsecond=0)
SESSION_KEYS = generate_session_keys()
LINK_KEYS = {purpose.value: (generate_link_key(),) for purpose in LinkPurpose}
SERVICE = Path(service.migrations)


async def _migrate(url: str) -> None:
    await migrations.apply(url, name="notifications", directory=SERVICE)


@dataclass
class Clock:
    """A clock that tests turn."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def turn(self, **by: float) -> None:
        self.now += timedelta(**by)


class Exchange:
    """The service's parts, with one event or request at a time."""

    def __init__(self, runtime: Runtime, clock: Clock) -> None:
        self.runtime = runtime
        self.pool = runtime.pool
        self.clock = clock
        self.sender = make_sender(runtime)
        self.reconciling = make_reconciling(runtime)

    async def hears(self, *events: Any, cause: Cause | None = None) -> None:
        """Handle events as the consumer does, in one transaction."""
        async with self.pool.transaction() as transaction:
            for event in events:
                reason = cause or Cause(correlation_id=uuid4(), event_id=str(uuid4()))
                decoded = Decoded(record=None, message=event, source="s", id="i", cause=reason)
                for handler in consumers.handlers:
                    if handler.wants(decoded):
                        await handler.call([decoded], transaction)

    async def loses(self, state: type[Any], aggregate_id: UUID, *, revision: int = 10**15) -> None:
        await self.hears(Gone(state=state, id=aggregate_id, revision=revision))

    async def sends_all(self) -> None:
        while await self.sender.turn():
            pass

    async def rows(self, query: str, *args: object) -> list[Any]:
        async with self.pool.connection() as connection:
            return await connection.fetch(query, *args)

    async def mails(self) -> list[Any]:
        return await self.rows("select * from mail order by created_at, id")

    async def states(self) -> list[str]:
        return [row["state"] for row in await self.mails()]

    async def said(self, name: str) -> list[Any]:
        return await self.rows("select * from outbox where topic = $1 order by seq", name)

    def with_settings(self, **changes: Any) -> "Exchange":
        settings = self.runtime.settings.model_copy(update=changes)
        return Exchange(replace(self.runtime, settings=settings), self.clock)


@pytest.fixture
def clock() -> Clock:
    return Clock(datetime.now(UTC) + timedelta(minutes=1))


@pytest.fixture
async def exchange(
    make_database: MakeDatabase, mail_server: MailCatcher, clock: Clock
) -> AsyncIterator[Exchange]:
    settings = NotificationsSettings(
        database_url=make_database(_migrate),
        smtp_host="127.0.0.1",
        smtp_port=mail_server.smtp_port,
        public_url="https://boerse.example.org",
        sender_address="boerse@example.org",
        bounce_address="bounces@example.org",
        session_public_keys=(SESSION_KEYS.public,),
        link_keys=LINK_KEYS,
        smtp_data_seconds=2,
        mails_per_second=1000,
    )
    pool = Pool(settings.database_url, application="test")
    await pool.open()
    made = Exchange(Runtime(settings=settings, pool=pool, clock=clock), clock)
    yield made
    await made.sender._server.rest()
    await pool.close()


@pytest.fixture
async def browser(exchange: Exchange) -> AsyncIterator[httpx.AsyncClient]:
    app = service.web(exchange.runtime)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="https://boerse.example.org") as c:
        yield c


def session_of(member_id: UUID, *, since: datetime | None = None) -> str:
    claims = SessionClaims(member_id=member_id, since=since or datetime.now(UTC))
    return SessionSigner.from_text(SESSION_KEYS.private).sign(claims.packed())


@dataclass(frozen=True, kw_only=True)
class Builders:
    """Events and states with everything in place; tests say only what matters."""

    unique: str

    def address(self, name: str) -> str:
        return f"{name}-{self.unique}@example.org"

    def a_member(
        self, name: str = "Kim Muster", *, of: UUID | None = None, **changes: Any
    ) -> member.MemberState:
        values: dict[str, Any] = {
            "revision": 1,
            "member_id": uuid4(),
            "member_name": name,
            "email": self.address(name.split()[0].lower()),
            "language": "de",
            "roles": ("member",),
            "organisation_ids": (of,) if of else (),
            "sessions_valid_from": datetime(2026, 1, 1, tzinfo=UTC),
        }
        return member.MemberState(**values | changes)

    def a_sign_in(self, **changes: Any) -> member.SignInRequested:
        at = changes.pop("at", datetime.now(UTC))
        values: dict[str, Any] = {
            "revision": 1,
            "occurred_at": at,
            "member_id": uuid4(),
            "email": self.address("kim"),
            "language": "de",
            "nonce": uuid4(),
            "expires_at": at + timedelta(minutes=15),
        }
        return member.SignInRequested(**values | changes)

    def a_listing(
        self, title: str, *, by: UUID, kind: str = "offer", **changes: Any
    ) -> listing.ListingCreated:
        at = datetime.now(UTC)
        content = listing.ListingContent(
            kind=vocabulary.ListingKind(kind),
            cooperation=vocabulary.Cooperation.PRODUCT,
            title=title,
            description="Ab Lager.",
            category=Category(
                slug="ppe", label_de="Persönliche Schutzausrüstung", label_en="Protective equipment"
            ),
            valid_until=at + timedelta(days=90),
            language=vocabulary.Language.GERMAN,
            visibility=vocabulary.Visibility(changes.pop("visibility", "public")),
        )
        values: dict[str, Any] = {
            "revision": 1,
            "occurred_at": at,
            "listing_id": uuid4(),
            "organisation_id": by,
            "content": content,
        }
        return listing.ListingCreated(**values | changes)

    def a_rejection(self, title: str, *, by: UUID, **changes: Any) -> listing.ListingRejected:
        values: dict[str, Any] = {
            "revision": 1,
            "occurred_at": datetime.now(UTC),
            "listing_id": uuid4(),
            "organisation_id": by,
            "kind": "request",
            "title": title,
            "language": "de",
            "reason": "incomplete",
            "rule": "Ein Gesuch nennt Menge und Termin.",
            "appeal_to": "einspruch@example.org",
        }
        return listing.ListingRejected(**values | changes)

    def a_question_of_freshness(
        self, title: str, *, by: UUID, because: str = "week-before"
    ) -> listing.ListingConfirmationDue:
        return listing.ListingConfirmationDue(
            revision=1,
            occurred_at=datetime.now(UTC),
            listing_id=uuid4(),
            organisation_id=by,
            kind=vocabulary.ListingKind.OFFER,
            title=title,
            language=vocabulary.Language.GERMAN,
            confirm_by=datetime.now(UTC) + timedelta(days=7),
            asked_because=because,
        )

    def a_proposal(
        self, *, offer_by: UUID, request_by: UUID, **changes: Any
    ) -> match.MatchProposed:
        values: dict[str, Any] = {
            "revision": 1,
            "occurred_at": datetime.now(UTC),
            "proposal_id": uuid4(),
            "offer": match.ProposedListing(
                listing_id=uuid4(),
                organisation_id=offer_by,
                title="FFP2-Masken",
                language=vocabulary.Language.GERMAN,
                city="Güstrow",
            ),
            "request": match.ProposedListing(
                listing_id=uuid4(),
                organisation_id=request_by,
                title="Atemschutz für Pflegeheim",
                language=vocabulary.Language.GERMAN,
            ),
            "strength": "strong",
            "reasons": match.Reasons(
                words=(match.WordPair(request_word="Atemschutz", offer_word="respirators"),),
                same_category=Category(
                    slug="ppe",
                    label_de="Persönliche Schutzausrüstung",
                    label_en="Protective equipment",
                ),
                distance_km=38,
                needed_by=datetime(2026, 12, 15, tzinfo=UTC).date(),
            ),
            "engine_version": "1",
        }
        return match.MatchProposed(**values | changes)

    def a_contact(self, *, owner: UUID, requester: member.MemberState) -> dict[str, Any]:
        return {
            "revision": 1,
            "occurred_at": datetime.now(UTC),
            "contact_id": uuid4(),
            "listing_id": uuid4(),
            "listing_title": "FFP2-Masken",
            "listing_language": "de",
            "requesting_organisation_id": requester.organisation_ids[0],
            "requesting_member_id": requester.member_id,
            "owning_organisation_id": owner,
        }

    def a_message(
        self, text: str, *, owner: UUID, requester: member.MemberState, name: str | None
    ) -> contact.ContactRequested:
        return contact.ContactRequested(
            **self.a_contact(owner=owner, requester=requester),
            requesting_organisation_name=name,
            message=text,
            lapses_at=datetime.now(UTC) + timedelta(days=21),
        )

    def an_acceptance(
        self, *, owner: member.MemberState, requester: member.MemberState
    ) -> contact.ContactAccepted:
        return contact.ContactAccepted(
            **self.a_contact(owner=owner.organisation_ids[0], requester=requester),
            requester=_party("Pflegeheim am See", requester),
            owner=_party("Hanse Textil GmbH", owner),
        )

    def a_refusal(
        self, *, owner: UUID, requester: member.MemberState, **changes: Any
    ) -> contact.ContactDeclined:
        values = self.a_contact(owner=owner, requester=requester)
        values |= {"reason": "quantity", "explanation": "Wir liefern erst ab 10.000 Stück."}
        return contact.ContactDeclined(**values | changes)

    def a_lapse(self, *, owner: UUID, requester: member.MemberState) -> contact.ContactLapsed:
        return contact.ContactLapsed(**self.a_contact(owner=owner, requester=requester))

    def a_question(
        self, *, of: member.MemberState, counterpart: UUID, **changes: Any
    ) -> outcome.OutcomeAsked:
        values: dict[str, Any] = {
            "revision": 1,
            "occurred_at": datetime.now(UTC),
            "question_id": uuid4(),
            "contact_id": uuid4(),
            "organisation_id": of.organisation_ids[0],
            "after_days": 7,
            "member_id": of.member_id,
            "listing_title": "FFP2-Masken",
            "counterpart_organisation_id": counterpart,
            "closes_at": datetime.now(UTC) + timedelta(days=21),
        }
        return outcome.OutcomeAsked(**values | changes)

    def an_organisation(self, name: str, organisation_id: UUID) -> organisation.OrganisationState:
        return organisation.OrganisationState(
            revision=1,
            organisation_id=organisation_id,
            organisation_name=name,
            kind=vocabulary.OrganisationKind.COMPANY,
            size_class=vocabulary.SizeClass.SMALL,
        )


def _party(name: str, of: member.MemberState) -> contact.Party:
    return contact.Party(
        organisation_id=of.organisation_ids[0],
        organisation_name=name,
        member_id=of.member_id,
        member_name=of.member_name,
        email=of.email,
    )


@pytest.fixture
def make(unique: str) -> Builders:
    return Builders(unique=unique)


@pytest.fixture
def session_cookie() -> Callable[[UUID], str]:
    return session_of
