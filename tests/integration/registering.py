"""Somebody new at the pages: registers, is let in by a moderator, begins from the mail about it."""

import httpx

from embedded.demo_visitor import link_in
from embedded.story import Story

NEWCOMER = {
    "name": "Tom Ude",
    "email": "tom@neuwerk.example",
    "organisation_name": "Neuwerk Labortechnik GmbH",
    "organisation_kind": "start-up",
    "organisation_size_class": "micro",
    "organisation_postcode": "17489",
}


def where_a_newcomer_begins(story: Story) -> httpx.Response:
    """The page behind the button of the mail that says yes."""
    with story.visitor() as newcomer, story.member(story.sample.moderator) as moderator:
        newcomer.press(newcomer.open("/register"), "Registrieren", NEWCOMER)
        newcomer.press(newcomer.open(story.link(NEWCOMER, "/sign-in/")), "Jetzt anmelden")
        moderator.press(moderator.open("/moderation/members"), "Freigeben")
        told = story.mail(NEWCOMER, "/sign-in", "Freigegeben", NEWCOMER["organisation_name"])
        return newcomer.open(link_in(told, "/sign-in"))
