"""Who opens which page of a story that was told to its end."""

from collections.abc import Callable

from embedded.demo_visitor import link_in
from embedded.story import Story
from embedded.story_sample import Row

Address = Callable[[Story], str]
Who = Callable[[Story], Row | None]


def a_visitor(story: Story) -> None:
    return None


def the_moderator(story: Story) -> Row:
    return story.sample.moderator


def the_offering_member(story: Story) -> Row:
    return story.sample.author(story.sample.offer)


def at(path: str) -> Address:
    return lambda story: path


def the_broker(story: Story) -> Row:
    return next(row for row in story.sample.members.values() if row["role"] == "broker")


def the_admin(story: Story) -> Row:
    return next(row for row in story.sample.members.values() if row["role"] == "admin")


def the_seeking_member(story: Story) -> Row:
    return story.sample.author(story.sample.overflowing)


def the_overflowed(page: str) -> Address:
    """A page about the request that partner clusters were asked about."""
    return lambda story: page.format(story.overflowing_id)


def the_offer(story: Story) -> str:
    return f"/listings/{story.listing_ids['offer']}"


def behind_mail(path: str) -> Address:
    """The page that the newest mail with such a link opens."""

    def address(story: Story) -> str:
        mails = story.mailbox.mails_to(the_offering_member(story)["email"])
        return next(link_in(mail, path) for mail in reversed(mails) if path in mail.text)

    return address


PAGES: dict[str, tuple[Who, Address]] = {
    "home": (a_visitor, at("/")),
    "list": (a_visitor, at("/listings")),
    "list, nothing found": (a_visitor, at("/listings?q=Zeppelinhalle")),
    "listing": (a_visitor, the_offer),
    "overflowed request": (a_visitor, the_overflowed("/listings/{}")),
    "sign-in": (a_visitor, at("/sign-in")),
    "registration": (a_visitor, at("/register")),
    "not found": (a_visitor, at("/listings/0198f0a0-0000-7000-8000-000000000000")),
    "proposal": (a_visitor, behind_mail("/matching/proposals/")),
    "contact": (a_visitor, behind_mail("/contacts/")),
    "outcome": (a_visitor, behind_mail("/surveys/outcomes/")),
    "unsubscribe": (a_visitor, behind_mail("/notifications/unsubscribe/")),
    "new offer": (the_offering_member, at("/listings/new?kind=offer")),
    "change request": (the_seeking_member, the_overflowed("/my/listings/{}/edit")),
    "my request": (the_seeking_member, the_overflowed("/my/listings/{}")),
    "my listings": (the_offering_member, at("/my/listings")),
    "my contacts": (the_offering_member, at("/my/contacts")),
    "my organisations": (the_offering_member, at("/my/organisations")),
    "organisation not found": (the_offering_member, at("/my/organisations?q=Zeppelinhalle")),
    "new organisation": (the_offering_member, at("/my/organisations/new?name=Zeppelinhalle")),
    "saved searches": (the_offering_member, at("/matching/searches")),
    "tokens": (the_offering_member, at("/my/tokens")),
    "my data": (the_offering_member, at("/my/data")),
    "roles": (the_admin, at("/moderation/roles")),
    "contact form": (the_seeking_member, lambda story: f"{the_offer(story)}/contact"),
    "contacts sent": (the_seeking_member, at("/contacts/sent")),
    "moderation": (the_moderator, at("/moderation")),
    "moderated listing": (the_moderator, the_overflowed("/moderation/{}")),
    "drafts": (the_moderator, at("/moderation/drafts")),
    "new members": (the_moderator, at("/moderation/members")),
    "unmet requests": (the_broker, at("/matching/unmet")),
    "unmet request": (the_broker, the_overflowed("/matching/unmet/{}")),
    "mails": (the_moderator, at("/notifications/mails")),
    "held mails": (the_moderator, at("/notifications/mails/held")),
    "suppressed addresses": (the_moderator, at("/notifications/suppressions")),
    "reports": (the_moderator, at("/surveys/reports")),
    "funnel": (the_moderator, at("/surveys/reports/funnel")),
    "press figures": (the_moderator, at("/surveys/reports/press")),
}
