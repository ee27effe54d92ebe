"""The catcher of the profile `mail`, asked as the demo asks its own."""

from dataclasses import dataclass, field
from datetime import datetime

import httpx

from embedded.mailbox import CaughtMail
from embedded.plain_http import NO_CERTIFICATES

MORE_THAN_ALL = 10_000
ANSWER_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Mailpit:
    """The mails in the catcher of the profile `mail`, each fetched once."""

    url: str
    _fetched: dict[str, CaughtMail] = field(default_factory=dict)

    @property
    def mails(self) -> tuple[CaughtMail, ...]:
        with httpx.Client(
            base_url=self.url, trust_env=False, verify=NO_CERTIFICATES, timeout=ANSWER_SECONDS
        ) as catcher:
            listed = catcher.get("/api/v1/messages", params={"limit": MORE_THAN_ALL}).json()
            for mail in reversed(listed["messages"]):
                if mail["ID"] not in self._fetched:
                    self._fetched[mail["ID"]] = self._fetch(catcher, mail["ID"])
        return tuple(self._fetched.values())

    def mails_to(self, address: str) -> tuple[CaughtMail, ...]:
        return tuple(mail for mail in self.mails if address in mail.recipients)

    def _fetch(self, catcher: httpx.Client, mail_id: str) -> CaughtMail:
        told = catcher.get(f"/api/v1/message/{mail_id}").json()
        return CaughtMail(
            id=len(self._fetched) + 1,
            sender=told["From"]["Address"],
            recipients=tuple(each["Address"] for each in told["To"]),
            received_at=datetime.fromisoformat(told["Date"]),
            raw=catcher.get(f"/api/v1/message/{mail_id}/raw").content,
        )
