"""Step 5: interest leads to a message, the owner accepts or declines, and only a yes names both."""

import httpx

from embedded.story import Story, verify
from embedded.story_matching import proposal_mail, titles_of
from embedded.story_sample import Row

_MESSAGE = (
    "Guten Tag, wir brauchen 18.000 Masken in zwei Lieferungen. "
    "Können Sie bis Ende des Monats liefern, und zu welchem Preis?"
)
_OTHER_MESSAGE = "Guten Tag, das klingt nach unserem Gebiet. Wollen wir nächste Woche telefonieren?"
_EXPLANATION = "Für diese Menge haben wir inzwischen einen Lieferanten im Haus."


def accept_contact(story: Story) -> None:
    """The request's side writes, the offer's side accepts; both get names and addresses."""
    offer, request = story.sample.offer, story.sample.request
    _write(story, request, offer, _MESSAGE)
    owner, asker = story.sample.author(offer), story.sample.author(request)
    link = _contact_link(story, owner, offer, _MESSAGE[:20])
    with story.visitor() as visitor:
        page = visitor.open(link)
        verify(asker["email"] not in page.text, "before the yes no address is shown")
        accepted = visitor.press(page, "Ja, Kontakt aufnehmen")
        verify(asker["email"] in accepted.text, "the owner sees the other side's address")
    for reader, other in ((asker, owner), (owner, asker)):
        story.mail(reader, "/contacts/", other["email"], other["name"])
    story.record("contact.accepted", lambda _: True)
    story.contacts += 1


def decline_contact(story: Story) -> None:
    """Another contact is declined with a reason; nobody's address is told."""
    request, offer = _another_pair(story)
    _write(story, offer, request, _OTHER_MESSAGE)
    owner, asker = story.sample.author(request), story.sample.author(offer)
    link = _contact_link(story, owner, request, _OTHER_MESSAGE[:20])
    with story.visitor() as visitor:
        page = visitor.open(link)
        visitor.press(page, "Absagen", expected=422)
        visitor.press(page, "Absagen", {"reason": "already-solved", "explanation": _EXPLANATION})
    mail = story.mail(asker, "/contacts/", "Der Bedarf ist schon gedeckt.")
    verify(_EXPLANATION[:20] in mail.text, "the other side reads the reason")
    verify(owner["email"] not in mail.text, "a no tells no address")
    declined = story.record("contact.declined", lambda _: True)
    verify(declined.data["reason"] == "already-solved", "the reason is kept")
    story.contacts += 1


def refuse_proposal(story: Story) -> None:
    """A side that a proposal does not suit refuses it with a reason, by one form on its page."""
    request, offer = _another_pair(story, skip=1)
    link = _proposal_link(story, offer, request)
    with story.visitor() as visitor:
        page = visitor.open(link)
        visitor.press(page, "Passt nicht", expected=422)
        visitor.press(page, "Passt nicht", {"reason": "region"})
    answered = story.record("match.answered", lambda each: each.data["answer"] == "not-for-us")
    verify(answered.data["reason"] == "region", "the reason is kept")


def _write(story: Story, own: Row, other: Row, message: str) -> httpx.Response:
    with story.visitor() as visitor:
        form = visitor.press(visitor.open(_proposal_link(story, own, other)), "Interessiert")
        verify(form.url.path.startswith("/contacts/new/"), "interest leads to the message")
        visitor.press(form, "Anfrage senden", {"message": "kurz"}, expected=422)
        sent = visitor.press(form, "Anfrage senden", {"message": message})
        verify(sent.url.path == "/contacts/sent", "the message is sent")
    story.record("contact.requested", lambda each: each.data["message"] == message)
    return sent


def _proposal_link(story: Story, own: Row, other: Row) -> str:
    proposal_mail(story, own, other)
    to = story.sample.author(own)
    return story.link(to, "/matching/proposals/", own["title"], other["title"])


def _contact_link(story: Story, owner: Row, listing: Row, words: str) -> str:
    return story.link(owner, "/contacts/", listing["title"], words)


def _another_pair(story: Story, *, skip: int = 0) -> tuple[Row, Row]:
    """A request and an offer that were proposed, fit, and have nothing to do with the story's."""
    own = {story.sample.offer["title"], story.sample.request["title"]}
    fitting = [
        tuple(map(story.sample.titled, titles))
        for titles in sorted(map(titles_of, story.proposals))
        if own.isdisjoint(titles) and story.sample.fits(*titles)
    ]
    german = [pair for pair in fitting if all(row["visibility"] == "public" for row in pair)]
    request, offer = german[skip]
    return request, offer
