"""The mail catcher keeps what it accepts, refuses what it is told to, and shows all of it."""

import smtplib
from email.message import EmailMessage

import httpx
import pytest

from embedded.mail import Mail


def a_mail(*, to: str, subject: str = "Passende Anfrage für Schutzmasken") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "boerse@example.org", to, subject
    mail.set_content("Öffnen: https://example.org/matching/1\n")
    mail.add_alternative("<p>Grüße <script>alert(1)</script></p>", subtype="html")
    return mail


def send(server: Mail, mail: EmailMessage) -> None:
    with smtplib.SMTP("127.0.0.1", server.smtp_port) as client:
        client.send_message(mail)


class TestMail:
    def test_an_accepted_mail_is_kept_with_its_envelope(
        self, mail_server: Mail, unique: str
    ) -> None:
        address = f"{unique}@example.org"

        send(mail_server, a_mail(to=address))

        [mail] = mail_server.mailbox.mails_to(address)
        assert mail.sender == "boerse@example.org"
        assert mail.subject == "Passende Anfrage für Schutzmasken"
        assert mail.text == "Öffnen: https://example.org/matching/1\n"
        assert mail.html.startswith("<p>Grüße")

    def test_mails_are_listed_and_shown(self, mail_server: Mail, unique: str) -> None:
        address = f"{unique}@example.org"
        send(mail_server, a_mail(to=address, subject=f"Anfrage {unique}"))

        [listed] = [
            mail
            for mail in httpx.get(f"{mail_server.url}/messages").json()
            if mail["to"] == [address]
        ]
        page = httpx.get(f"{mail_server.url}/messages/{listed['id']}").text
        raw = httpx.get(f"{mail_server.url}/messages/{listed['id']}/raw").text

        assert listed["subject"] == f"Anfrage {unique}"
        assert f"/messages/{listed['id']}" in httpx.get(mail_server.url).text
        assert "<script>" not in page
        assert 'href="https://example.org/matching/1"' in page
        assert f"To: {address}" in raw

    def test_an_unknown_mail_is_not_found(self, mail_server: Mail) -> None:
        assert httpx.get(f"{mail_server.url}/messages/999999").status_code == 404

    @pytest.mark.parametrize("answer", ["450 4.2.0 try later", "550 5.1.1 no such mailbox"])
    def test_a_recipient_can_be_refused_and_accepted_again(
        self, mail_server: Mail, unique: str, answer: str
    ) -> None:
        address = f"{unique}@example.org"
        mail_server.mailbox.refuse(address, answer)

        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            send(mail_server, a_mail(to=address))
        mail_server.mailbox.accept(address)
        send(mail_server, a_mail(to=address))

        assert refused.value.recipients[address][0] == int(answer[:3])
        assert len(mail_server.mailbox.mails_to(address)) == 1

    def test_content_can_be_refused_after_its_recipient_was_accepted(
        self, mail_server: Mail, unique: str
    ) -> None:
        address = f"{unique}@example.org"
        mail_server.mailbox.refuse_content(address)

        with pytest.raises(smtplib.SMTPDataError) as refused:
            send(mail_server, a_mail(to=address))
        mail_server.mailbox.accept(address)
        send(mail_server, a_mail(to=address))

        assert refused.value.smtp_code == 554
        assert len(mail_server.mailbox.mails_to(address)) == 1

    def test_it_comes_back_on_its_ports_with_its_mails(self) -> None:
        with Mail() as server:
            send(server, a_mail(to="klinik@example.org"))
            port, url = server.smtp_port, server.url

            server.stop()
            with pytest.raises(ConnectionRefusedError):
                smtplib.SMTP("127.0.0.1", port)
            server.start()

            assert (server.smtp_port, server.url) == (port, url)
            assert len(server.mailbox.mails) == 1
