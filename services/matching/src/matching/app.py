"""Composition root: what the matching service is made of."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from fastapi import APIRouter, FastAPI

from chassis.measuring import measuring
from chassis.metrics import HttpMetrics
from chassis.service import Runtime, Service
from chassis.web.access import Sessions
from chassis.web.application import create_app
from chassis.web.pages import Pages
from chassis.web.rate_limit import Buckets
from matching.access import Doorkeeper
from matching.consumers import consumers
from matching.desk import Desk
from matching.doctor import model_findings, model_notes, version_findings
from matching.enquiries.pages import EnquiryPage, enquiry_routes
from matching.events import outbox
from matching.figures import FIGURES
from matching.pages import ProposalPage, proposal_routes
from matching.preview.api import PreviewApi, preview_api_routes
from matching.preview.fitters import Fitters
from matching.preview.nearby import Nearby
from matching.preview.pages import PreviewPage, preview_routes
from matching.searches.pages import SearchPages, search_routes
from matching.searches.worker import searching_worker
from matching.settings import MatchingSettings
from matching.site import make_pages
from matching.sweeps import sweeps
from matching.unmet.pages import UnmetPages, unmet_routes
from matching.unmet.worker import scouting_worker
from matching.worker import matching_worker
from schemas.claims import SessionClaims
from schemas.events import TOPIC_FILE
from schemas.links import LinkPurpose
from schemas.member import MemberState


def _doorkeeper(runtime: Runtime) -> Doorkeeper:
    return Doorkeeper(
        Sessions(
            runtime.settings.session_verifier(),
            unpacked=SessionClaims.unpacked,
            state=MemberState,
            clock=runtime.clock,
        )
    )


def web(runtime: Runtime) -> FastAPI:
    settings: MatchingSettings = runtime.settings
    pages = make_pages(settings)
    return create_app(
        title="matching",
        observe=HttpMetrics(runtime.registry).observe,
        pages=pages,
        form_keys=settings.form_token_keys(),
        routers=list(_routers(pages, runtime)),
    )


def _routers(pages: Pages, runtime: Runtime) -> Iterator[APIRouter]:
    settings: MatchingSettings = runtime.settings
    doorkeeper = _doorkeeper(runtime)
    desk = Desk(pages=pages, pool=runtime.pool, clock=runtime.clock, doorkeeper=doorkeeper)
    proposals = settings.link_signer(LinkPurpose.PROPOSAL)
    contacts = settings.link_signer(LinkPurpose.CONTACT_FORM)
    drafts = settings.link_signer(LinkPurpose.OFFER_DRAFT)
    enquiries = settings.link_signer(LinkPurpose.ENQUIRY)
    searches = settings.link_signer(LinkPurpose.SEARCH)
    buckets = Buckets(settings.form_token_keys()[0])
    fitters = Fitters(
        settings.active_engine,
        Nearby(settings.shared_index, runtime.pool),
        pool=runtime.pool,
        clock=runtime.clock,
        buckets=buckets,
    )
    yield proposal_routes(ProposalPage(desk, signer=proposals, contact_signer=contacts))
    yield unmet_routes(UnmetPages(desk, patience=settings))
    yield enquiry_routes(EnquiryPage(desk, signer=enquiries, draft_signer=drafts))
    yield preview_routes(PreviewPage(desk, fitters=fitters))
    yield preview_api_routes(PreviewApi(desk, fitters=fitters))
    yield search_routes(SearchPages(desk, signer=searches))


service = Service(
    name="matching",
    settings=MatchingSettings,
    migrations=Path(str(files("matching"))) / "migrations",
    outbox=outbox,
    consumers=consumers,
    sweeps=sweeps,
    web=web,
    workers=(matching_worker, scouting_worker, searching_worker, measuring(*FIGURES)),
    topic_file=TOPIC_FILE,
    checks=(model_findings, version_findings),
    notes=model_notes,
)
