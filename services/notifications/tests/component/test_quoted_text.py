"""What people wrote keeps its lines in every mail program, and nothing in it is taken for HTML."""

from uuid import uuid4

from notification_builders import Builders
from notification_scene import Exchange

from embedded.mail import Mail as MailCatcher

WRITTEN = "\nGuten Tag,\r\nwir brauchen <b>500</b> Stück.\n\nGeht das?\n\n"


async def test_lines_are_kept_where_styles_are_not(
    exchange: Exchange, make: Builders, mail_server: MailCatcher
) -> None:
    kim, ole = make.a_member("Kim", of=uuid4()), make.a_member("Ole", of=uuid4())
    await exchange.hears(kim)
    await exchange.hears(
        make.a_message(WRITTEN, owner=kim.organisation_ids[0], requester=ole, name=None)
    )

    await exchange.sends_all()

    [mail] = mail_server.mailbox.mails_to(kim.email)
    assert (
        ">Guten Tag,<br>wir brauchen &lt;b&gt;500&lt;/b&gt; Stück.<br><br>Geht das?</blockquote>"
    ) in mail.html
    assert "> Guten Tag,\n> wir brauchen <b>500</b> Stück.\n>\n> Geht das?\n\nBitte" in mail.text
