"""Composition root: what the matching service is made of."""

from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI

from chassis.service import Runtime, Service
from chassis.web.application import create_app
from matching.access import Doorkeeper
from matching.consumers import consumers
from matching.enquiries.pages import EnquiryPage, enquiry_routes
from matching.events import outbox
from matching.pages import ProposalPage, proposal_routes
from matching.settings import MatchingSettings
from matching.site import make_pages
from matching.sweeps import sweeps
from matching.unmet.pages import UnmetPages, unmet_routes
from matching.unmet.worker import scouting_worker
from matching.worker import matching_worker
from schemas.links import LinkPurpose


def web(runtime: Runtime) -> FastAPI:
    settings: MatchingSettings = runtime.settings
    pages = make_pages()
    page = ProposalPage(
        pages,
        pool=runtime.pool,
        clock=runtime.clock,
        signer=settings.link_signer(LinkPurpose.PROPOSAL),
        contact_signer=settings.link_signer(LinkPurpose.CONTACT_FORM),
        sessions=settings.session_verifier(),
    )
    doorkeeper = Doorkeeper(settings.session_verifier())
    unmet = UnmetPages(pages, pool=runtime.pool, clock=runtime.clock, doorkeeper=doorkeeper)
    enquiry = EnquiryPage(
        pages,
        pool=runtime.pool,
        clock=runtime.clock,
        signer=settings.link_signer(LinkPurpose.ENQUIRY),
        draft_signer=settings.link_signer(LinkPurpose.OFFER_DRAFT),
        doorkeeper=doorkeeper,
    )
    return create_app(
        title="matching",
        pages=pages,
        form_key=settings.form_token_key(),
        routers=[proposal_routes(page), unmet_routes(unmet), enquiry_routes(enquiry)],
    )


service = Service(
    name="matching",
    settings=MatchingSettings,
    migrations=Path(str(files("matching"))) / "migrations",
    outbox=outbox,
    consumers=consumers,
    sweeps=sweeps,
    web=web,
    workers=(matching_worker, scouting_worker),
)
