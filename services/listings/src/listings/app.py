"""The composition root: what the listings service is made of, and its web application."""

from collections.abc import AsyncIterator
from pathlib import Path

from fastapi import FastAPI

from chassis.backup import backup_findings
from chassis.broker_disks import watching_brokers
from chassis.database import Connection
from chassis.measuring import measuring
from chassis.metrics import HttpMetrics
from chassis.restoring import Restoration
from chassis.service import Runtime, Service
from chassis.web.application import create_app
from listings import access, home, refusals, schemas_page
from listings.categories import categories_in
from listings.consumers import consumers
from listings.contacts import answering_pages, asking_pages
from listings.enquiries import pages as enquiry_pages
from listings.erased.traces import Tracer
from listings.figures import FIGURES
from listings.listing import (
    api,
    form_pages,
    moderation_pages,
    own_pages,
    owner_api,
    states,
)
from listings.listing import (
    pages as listing_pages,
)
from listings.members import pages as member_pages
from listings.members.queries import member_states
from listings.organisations.queries import organisation_states
from listings.outbox import outbox
from listings.restoring import lift_revisions_and_erase_again
from listings.settings import ListingsSettings
from listings.site import make_pages
from listings.surroundings import Surroundings
from listings.sweeps import sweeps
from schemas.events import TOPIC_FILE
from schemas.links import HOLDERS
from schemas.listing import ListingState
from schemas.member import MemberState
from schemas.organisation import OrganisationState
from schemas.public import PublicListingState

ROUTERS = (
    home.router,
    schemas_page.router,
    form_pages.router,
    listing_pages.router,
    own_pages.router,
    moderation_pages.router,
    asking_pages.router,
    answering_pages.router,
    enquiry_pages.router,
    api.router,
    owner_api.router,
    *member_pages.ROUTERS,
)


def web(runtime: Runtime) -> FastAPI:
    settings: ListingsSettings = runtime.settings
    pages = make_pages(settings)
    app = create_app(
        title="Kooperationsbörse",
        observe=HttpMetrics(runtime.registry).observe,
        pages=pages,
        form_keys=settings.form_token_keys(),
        routers=ROUTERS,
    )
    app.state.surroundings = Surroundings(
        pages=pages,
        pool=runtime.pool,
        clock=runtime.clock,
        settings=settings,
        categories=categories_in(settings.categories),
    )
    for purpose in HOLDERS["listings"]:
        settings.link_signer(purpose)  # Whoever lacks a key is told at the start, not by a reader.
    access.prepare(app, settings)
    refusals.answer_refusals(app, pages)
    return app


async def public_listing_states(connection: Connection) -> AsyncIterator[PublicListingState]:
    public_url = ListingsSettings().public_url
    async for state in states.public_listing_states(connection, public_url=public_url):
        yield state


async def after_restore(connection: Connection, restoration: Restoration) -> None:
    tracer = Tracer(ListingsSettings().erasure_keys())
    await lift_revisions_and_erase_again(connection, restoration, tracer=tracer)


service = Service(
    name="listings",
    settings=ListingsSettings,
    migrations=Path(__file__).parent / "migrations",
    outbox=outbox,
    consumers=consumers,
    sweeps=sweeps,
    web=web,
    owned={
        OrganisationState: organisation_states,
        MemberState: member_states,
        ListingState: states.listing_states,
        PublicListingState: public_listing_states,
    },
    on_restore=after_restore,
    workers=(measuring(*FIGURES), watching_brokers),
    topic_file=TOPIC_FILE,
    checks=(backup_findings,),
)
