"""What is measured of the queue of mails, for whoever watches it."""

from chassis.measuring import Figure

FIGURES = (
    Figure(
        name="mails",
        says="Mails by state",
        query="select state, count(*) from mail group by state",
        labels=("state",),
    ),
    Figure(
        name="mail_oldest_seconds",
        says="Age of the oldest mail that waits",
        query="select extract(epoch from clock_timestamp()"
        " - min(coalesce(collected_until, created_at))) from mail"
        " where state in ('pending', 'claimed', 'sending')"
        " and coalesce(collected_until, created_at) <= clock_timestamp()",
    ),
    Figure(
        name="notices_without_recipient",
        says="Notices whose recipients are not known yet",
        query="select count(*) from notice"
        " where addressed_at is null and closes_at > clock_timestamp()",
    ),
    Figure(
        name="suppressed_addresses",
        says="Addresses that refused our mail",
        query="select count(*) from suppression",
    ),
)
