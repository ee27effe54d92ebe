"""The mail server as the sender sees it: offer a mail, hand its content over, rest.

The two steps are apart because between them the sender commits that it is about to hand over.
"""

from aiosmtplib import (
    SMTP,
    SMTPDataError,
    SMTPException,
    SMTPRecipientRefused,
    SMTPResponseException,
)

from notifications.settings import NotificationsSettings

PERMANENT = 500
CLOSING = 421
NOT_ALLOWED = 553
OUR_FAULT = "5.7."
"""Enhanced status of policy and security: it speaks about us, not about the address."""


class ServerUnavailable(Exception):
    """Nothing was handed over; any mail may be tried again later."""


class HandoverUnknown(Exception):
    """The content was on its way and no answer came: it may have been taken or not."""


class Refused(Exception):
    """The server said no to this mail."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(f"{code} {message}")
        self.is_permanent = code >= PERMANENT
        self.concerns_address = self.is_permanent and not message.startswith(OUR_FAULT)


class MailServer:
    """One SMTP session, opened when needed and kept while there is something to send."""

    def __init__(self, settings: NotificationsSettings) -> None:
        self._settings = settings
        self._session: SMTP | None = None

    async def offer(self, *, sender: str, recipient: str) -> None:
        """Sender and recipient accepted, or ``Refused`` or ``ServerUnavailable``."""
        try:
            session = self._session or await self._open()
            await session.mail(sender)
            await session.rcpt(recipient)
        except SMTPRecipientRefused as error:
            await self._refuse(error)
        except UnicodeError as error:
            self._drop()
            raise Refused(NOT_ALLOWED, "5.6.7 the address is not ASCII") from error
        except BaseException as error:
            self._drop()
            if isinstance(error, SMTPException | OSError):
                raise ServerUnavailable(type(error).__name__) from error
            raise

    async def withdraw(self) -> None:
        """Take an offer back."""
        try:
            if self._session is not None:
                await self._session.rset()
        except (SMTPException, OSError):
            self._drop()

    async def hand_over(self, content: bytes) -> None:
        """Hand the content over, or ``Refused`` or ``HandoverUnknown``."""
        if self._session is None:
            raise ServerUnavailable("no offer was made")
        try:
            await self._session.data(content, timeout=self._settings.smtp_data_seconds)
        except SMTPDataError as error:
            self._drop()
            raise Refused(error.code, error.message) from error
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

    async def _open(self) -> SMTP:
        settings = self._settings
        password = settings.smtp_password
        session = SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_username,
            password=password.get_secret_value() if password else None,
            use_tls=settings.smtp_security == "tls",
            start_tls=settings.smtp_security == "starttls",
            timeout=settings.smtp_command_seconds,
        )
        await session.connect(timeout=settings.smtp_connect_seconds)
        self._session = session
        return session

    async def _refuse(self, error: SMTPResponseException) -> None:
        if error.code == CLOSING:
            self._drop()
            raise ServerUnavailable("closing") from error
        await self.withdraw()
        raise Refused(error.code, error.message) from error

    def _drop(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None
