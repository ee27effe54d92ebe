"""Composition root: what the surveys service is made of."""

from importlib.resources import files
from pathlib import Path

from fastapi import FastAPI

from chassis.measuring import measuring
from chassis.metrics import HttpMetrics
from chassis.service import Runtime, Service
from chassis.web.access import Sessions
from chassis.web.application import create_app
from schemas.claims import SessionClaims
from schemas.events import TOPIC_FILE
from schemas.links import LinkPurpose
from schemas.member import MemberState
from surveys.consumers import consumers
from surveys.events import outbox
from surveys.figures import FIGURES
from surveys.operators import Operators
from surveys.outcomes.pages import OutcomePage, outcome_routes
from surveys.reports.api import report_api
from surveys.reports.desk import ReportDesk
from surveys.reports.pages import report_routes
from surveys.settings import SurveysSettings
from surveys.site import make_pages
from surveys.sweeps import sweeps


def web(runtime: Runtime) -> FastAPI:
    settings: SurveysSettings = runtime.settings
    pages = make_pages(settings)
    operators = Operators(
        Sessions(
            settings.session_verifier(),
            unpacked=SessionClaims.unpacked,
            state=MemberState,
            clock=runtime.clock,
        )
    )
    signer = settings.link_signer(LinkPurpose.OUTCOME)
    page = OutcomePage(pages, pool=runtime.pool, signer=signer, clock=runtime.clock)
    desk = ReportDesk(pages, pool=runtime.pool, operators=operators, clock=runtime.clock)
    return create_app(
        title="surveys",
        observe=HttpMetrics(runtime.registry).observe,
        pages=pages,
        form_keys=settings.form_token_keys(),
        routers=[outcome_routes(page), report_routes(pages, desk), report_api(desk)],
    )


service = Service(
    name="surveys",
    settings=SurveysSettings,
    migrations=Path(str(files("surveys"))) / "migrations",
    outbox=outbox,
    consumers=consumers,
    sweeps=sweeps,
    web=web,
    workers=(measuring(*FIGURES),),
    topic_file=TOPIC_FILE,
)
