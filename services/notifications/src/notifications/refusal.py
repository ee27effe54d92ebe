"""A server's no to a mail: for how long, and whether it speaks about the address."""

import re

PERMANENT = 500
NO_MAILBOX = 550
"""What RFC 5321 4.2.2 lets a server without enhanced codes say of a mailbox that is not there."""
ENHANCED = re.compile(r"\W{0,2}(\d\.\d{1,3}\.\d{1,3})\b")
"""A text begins with its code (RFC 2034 4); some servers dress it: ``#5.1.0``, ``(5.7.1)``."""
DEAD_ADDRESS = re.compile(r"5\.1\.(?:[0-4]|6|10)|5\.2\.1|5\.6\.7")
"""Enhanced codes (RFC 3463) that say of an address that no mail will ever reach it.

Of 5.1, addressing, those about the recipient: 5.1.7 and 5.1.8 are about the sender's address, 5.1.5
says that it is valid, 5.1.9 (RFC 3886) is about a gateway; 5.1.10 (RFC 7505) is a domain that takes
no mail. 5.2.1, a disabled mailbox: RFC 3463 3.3 wants 4.2.1 where it may be enabled again, and so
lets 5.2.1 be for good; 5.2.2, a full one, is emptied. 5.6.7 (RFC 6531), not ASCII. Nothing else of
5.3 to 5.7 (system, network, protocol, content, policy) would change with the address.
"""


class Refused(Exception):
    """The server said no to this mail.

    It speaks about the address only where RCPT named it (RFC 5321 3.3); an answer to DATA is about
    what we sent. Whoever takes it for the address never writes to its owner again.
    """

    def __init__(self, code: int, message: str, *, at_rcpt: bool) -> None:
        super().__init__(f"{code} {message}")
        self.is_permanent = code >= PERMANENT
        self.concerns_address = at_rcpt and self.is_permanent and _is_dead(code, message)


def _is_dead(code: int, message: str) -> bool:
    enhanced = ENHANCED.match(message)
    if enhanced is None:
        return code == NO_MAILBOX
    return DEAD_ADDRESS.fullmatch(enhanced.group(1)) is not None
