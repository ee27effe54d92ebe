"""The mail server as the sender sees it: offer a mail, hand its content over, rest.

The two steps are apart because between them the sender commits that it is about to hand over.
"""

import asyncio

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPSenderRefused,
)

from notifications.mail import wire_address
from notifications.refusal import Refused
from notifications.settings import NotificationsSettings

OFFER_SECONDS = 45
"""Less than the life of a claim, so that a slow server cannot make two senders offer one mail."""

CLOSING = 421
NOT_ALLOWED = 553
NOT_ASCII = "5.6.7 the address is not ASCII"


class ServerUnavailable(Exception):
    """Nothing was handed over; any mail may be tried again later."""


class OfferFailed(ServerUnavailable):
    """The server was there and went away over this mail: another may well go through."""

    is_permanent = False
    concerns_address = False


class HandoverUnknown(Exception):
    """The content was on its way and no answer came: it may have been taken or not."""


class MailServer:
    """One SMTP session, opened when needed and kept while there is something to send."""

    def __init__(self, settings: NotificationsSettings) -> None:
        self._settings = settings
        self._session: SMTP | None = None

    async def offer(self, *, sender: str, recipient: str) -> None:
        """Sender and recipient accepted, or ``Refused``, ``OfferFailed``, ``ServerUnavailable``."""
        try:
            async with asyncio.timeout(OFFER_SECONDS):
                await self._name(await self._begun(sender), recipient)
        except Refused:
            raise
        except (SMTPException, OSError) as error:
            raise self._failure(error) from error
        except BaseException:
            self._drop()
            raise

    async def withdraw(self) -> None:
        """Take an offer back."""
        try:
            if self._session is not None:
                await self._session.rset()
        except (SMTPException, OSError):
            self._drop()

    async def hand_over(self, content: bytes) -> None:
        """Hand the content over, or ``Refused`` or ``HandoverUnknown``.

        The server answers twice, to DATA and to the content (RFC 5321 3.3), and the library's
        limit is one for each answer: the mail is settled by others after one for both.
        """
        if self._session is None:
            raise ServerUnavailable("no offer was made")
        try:
            async with asyncio.timeout(self._settings.smtp_data_seconds):
                await self._session.data(content, timeout=None)
        except SMTPDataError as error:
            self._drop()
            raise Refused(error.code, error.message, at_rcpt=False) from error
        except BaseException as error:
            self._drop()
            if isinstance(error, SMTPException | OSError):
                raise HandoverUnknown(type(error).__name__) from error
            raise

    async def rest(self) -> None:
        """Say goodbye; the next offer opens a new session."""
        session, self._session = self._session, None
        if session is None:
            return
        try:
            await session.quit()
        except (SMTPException, OSError):
            session.close()

    async def knock(self) -> None:
        """Come in as for a mail and go again; raises as the library does what stands against it."""
        try:
            await self._open()
        finally:
            await self.rest()

    async def _begun(self, sender: str) -> SMTP:
        """A session that took the sender; a kept one that the server has ended is no failure.

        A server may end a session that waits for too long, with 421 or without a word (RFC 5321
        3.8 and 4.5.3.2.7).
        """
        if self._session is not None:
            try:
                await self._session.mail(sender)
            except (SMTPException, OSError):
                self._drop()
            else:
                return self._session
        session = await self._open()
        await session.mail(sender)
        return session

    async def _name(self, session: SMTP, recipient: str) -> None:
        """Say who it is for; 421 ends the session whatever was said (RFC 5321 3.8)."""
        try:
            await session.rcpt(wire_address(recipient))
        except ValueError as error:
            await self.withdraw()
            raise Refused(NOT_ALLOWED, NOT_ASCII, at_rcpt=True) from error
        except SMTPRecipientRefused as error:
            if error.code == CLOSING:
                raise
            await self.withdraw()
            raise Refused(error.code, error.message, at_rcpt=True) from error

    def _failure(self, error: SMTPException | OSError) -> ServerUnavailable:
        """What fails once the session is open belongs to the mail, or it would come first again.

        Not so where our sender is refused: it is the same for every mail.
        """
        was_open = self._session is not None
        self._drop()
        reason = f"{type(error).__name__} {getattr(error, 'code', '')}".strip()
        ours = isinstance(error, SMTPSenderRefused) and error.code != CLOSING
        return OfferFailed(reason) if was_open and not ours else ServerUnavailable(reason)

    async def _open(self) -> SMTP:
        """A session that has heard EHLO, which the library else says with the first mail."""
        session = self._made()
        try:
            await session.connect(timeout=self._settings.smtp_connect_seconds)
            await session.noop()
        except BaseException:
            session.close()
            raise
        self._session = session
        return session

    def _made(self) -> SMTP:
        settings = self._settings
        password = settings.smtp_password
        return SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_username,
            password=password.get_secret_value() if password else None,
            use_tls=settings.smtp_security == "tls",
            start_tls=settings.smtp_security == "starttls",
            timeout=settings.smtp_command_seconds,
        )

    def _drop(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
