"""What commands refuse, as answers: one table from the error to its status, words and remedy."""

from collections.abc import Callable, Mapping

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import Response

from chassis.web.pages import Pages
from chassis.web.problem import Problem
from chassis.web.problems import Problems
from chassis.web.translation import mark
from listings.contacts.commands import (
    ContactAlreadyOpen,
    ListingNotReachable,
    OwnListing,
    TooManyContacts,
    UnknownContact,
)
from listings.contacts.contact import AlreadyAnswered
from listings.contacts.holding import NoLongerActing
from listings.listing.commands import UnknownListing
from listings.listing.days import NeedPassed, ValidityPassed
from listings.listing.life_cycle import NotPossibleNow
from listings.listing.listing import DraftIncomplete
from listings.members.joining import TooManyWishes
from listings.members.member import LastMember, UnknownMember
from listings.organisations.organisation import UnknownOrganisation

ANOTHER_DAY = mark(
    "Ändern Sie den Eintrag und wählen Sie einen Tag ab heute; dann schicken Sie ihn ab."
)

ANSWERS: Mapping[type[Exception], Callable[[], Problem]] = {
    UnknownListing: lambda: Problem(404),
    UnknownContact: lambda: Problem(404),
    NotPossibleNow: lambda: Problem(
        409,
        mark("Das geht bei diesem Eintrag gerade nicht."),
        remedy=mark("Öffnen Sie den Eintrag neu; dort steht, was möglich ist."),
    ),
    DraftIncomplete: lambda: Problem(
        409,
        mark("Dem Entwurf fehlt noch die Beschreibung."),
        remedy=mark("Ergänzen Sie in ein paar Sätzen, worum es geht; dann schicken Sie ihn ab."),
    ),
    NeedPassed: lambda: Problem(
        409,
        mark("„Gebraucht bis“ liegt in der Vergangenheit."),
        remedy=ANOTHER_DAY,
    ),
    ValidityPassed: lambda: Problem(
        409,
        mark("„Gültig bis“ liegt in der Vergangenheit."),
        remedy=ANOTHER_DAY,
    ),
    AlreadyAnswered: lambda: Problem(
        409,
        mark("Diese Anfrage ist schon beantwortet oder abgelaufen."),
        remedy=mark("Öffnen Sie die Anfrage neu; dort steht, was daraus wurde."),
    ),
    UnknownOrganisation: lambda: Problem(404),
    NoLongerActing: lambda: Problem(
        410,
        mark("Sie sprechen nicht mehr für diese Organisation."),
        remedy=mark("Sie müssen nichts weiter tun."),
    ),
    UnknownMember: lambda: Problem(
        410,
        mark("Wer angefragt hat, ist nicht mehr dabei."),
        remedy=mark("Sie müssen nichts weiter tun."),
    ),
    ListingNotReachable: lambda: Problem(
        410,
        mark("Dieser Eintrag ist nicht mehr veröffentlicht; eine Anfrage ist nicht mehr möglich."),
        remedy=mark("Unter „Angebote & Gesuche“ finden Sie, was es heute gibt."),
    ),
    OwnListing: lambda: Problem(
        409,
        mark("Das ist ein Eintrag Ihrer eigenen Organisation."),
        remedy=mark("In Ihrem Bereich können Sie ihn ändern oder beenden."),
    ),
    ContactAlreadyOpen: lambda: Problem(
        409,
        mark("Ihre Organisation hat zu diesem Eintrag schon angefragt."),
        remedy=mark("Warten Sie die Antwort ab; Sie bekommen eine E-Mail."),
    ),
    TooManyWishes: lambda: Problem(
        409,
        mark("Über zehn Ihrer Anfragen ist noch nicht entschieden; mehr können nicht warten."),
        remedy=mark("Warten Sie die nächste Entscheidung ab; Sie bekommen eine E-Mail."),
    ),
    LastMember: lambda: Problem(
        409,
        mark("Außer Ihnen spricht niemand für diese Organisation."),
        title=mark("Das ist noch nicht möglich"),
        remedy=mark(
            "Jemand anderes aus der Organisation muss sich zuerst registrieren; oder schreiben Sie"
            " der Moderation."
        ),
    ),
    TooManyContacts: lambda: Problem(
        429,
        mark("Ihre Organisation hat heute schon so viele Anfragen gesendet, wie erlaubt sind."),
        remedy=mark("Senden Sie die nächste morgen."),
        headers={"Retry-After": "86400"},
    ),
}


def answer_refusals(app: FastAPI, pages: Pages) -> None:
    problems = Problems(pages)

    async def answered(request: Request, error: Exception) -> Response:
        return problems.answer(request, ANSWERS[type(error)]())

    for refusal in ANSWERS:
        app.add_exception_handler(refusal, answered)
