"""The composition root: what the notifications service is made of."""

from pathlib import Path

from fastapi import FastAPI

from chassis.measuring import measuring
from chassis.metrics import HttpMetrics
from chassis.service import Runtime, Service
from chassis.web.access import Sessions
from chassis.web.application import create_app
from chassis.workers import Worker
from notifications.access import Access
from notifications.commands import hold_after_restore
from notifications.composing import Composer
from notifications.consumers import consumers
from notifications.doctor import mail_findings, mail_server_findings
from notifications.events import outbox
from notifications.figures import FIGURES
from notifications.held_pages import HeldPages
from notifications.linking import signing
from notifications.mail_server import MailServer
from notifications.mime import Sender as From
from notifications.operator_pages import OperatorPages
from notifications.queue import Limits
from notifications.reconciling import Reconciling
from notifications.sender import Sender
from notifications.settings import NotificationsSettings
from notifications.site import make_pages
from notifications.sweeps import sweeps
from notifications.unsubscribe_pages import UnsubscribePages
from schemas.claims import SessionClaims
from schemas.events import TOPIC_FILE
from schemas.member import MemberState

IDLE_SECONDS = 0.1
RECONCILE_SECONDS = 2.0


def composer_of(settings: NotificationsSettings) -> Composer:
    return Composer(
        exchange=settings.sender_name, imprint=settings.imprint, time_zone=settings.time_zone
    )


def make_sender(runtime: Runtime) -> Sender:
    settings: NotificationsSettings = runtime.settings
    return Sender(
        pool=runtime.pool,
        clock=runtime.clock,
        server=MailServer(settings),
        composer=composer_of(settings),
        token=signing(settings.link_signer),
        sent_from=From(
            name=settings.sender_name,
            address=settings.sender_address,
            reply_to=settings.reply_to,
            bounce_address=settings.bounce_address,
        ),
        limits=Limits(
            per_second=settings.mails_per_second,
            per_hour=settings.mails_per_hour,
            per_domain_and_minute=settings.mails_per_domain_and_minute,
        ),
        origin=settings.public_url,
    )


def make_reconciling(runtime: Runtime) -> Reconciling:
    return Reconciling(pool=runtime.pool, clock=runtime.clock, settings=runtime.settings)


def sending(runtime: Runtime) -> Worker:
    return Worker("sending", make_sender(runtime).turn, idle_seconds=IDLE_SECONDS)


def reconciling(runtime: Runtime) -> Worker:
    return Worker("reconciling", make_reconciling(runtime).turn, idle_seconds=RECONCILE_SECONDS)


def web(runtime: Runtime) -> FastAPI:
    settings: NotificationsSettings = runtime.settings
    pages = make_pages(settings)
    access = Access(
        Sessions(
            settings.session_verifier(),
            unpacked=SessionClaims.unpacked,
            state=MemberState,
            clock=runtime.clock,
        )
    )
    return create_app(
        title="notifications",
        observe=HttpMetrics(runtime.registry).observe,
        pages=pages,
        form_keys=settings.form_token_keys(),
        routers=[
            HeldPages(pages, runtime, access=access).router(),
            OperatorPages(pages, runtime, access=access, composer=composer_of(settings)).router(),
            UnsubscribePages(pages, runtime).router(),
        ],
    )


service = Service(
    name="notifications",
    settings=NotificationsSettings,
    migrations=Path(__file__).parent / "migrations",
    outbox=outbox,
    consumers=consumers,
    sweeps=sweeps,
    web=web,
    on_restore=hold_after_restore,
    workers=(sending, sending, reconciling, measuring(*FIGURES)),
    topic_file=TOPIC_FILE,
    checks=(mail_findings, mail_server_findings),
)
