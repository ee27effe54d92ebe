"""Kill -9 of each service where it hurts: in the middle of what it is there for."""

import asyncio
from collections.abc import Callable

import asyncpg

from embedded.demo import Step
from embedded.exchange import Exchange
from embedded.story import Story
from embedded.story_contacts import refuse_proposal
from embedded.story_listings import import_sample, post_request, release_both, verify_same_answer
from embedded.story_outcome import a_week_later
from embedded.waiting import wait_until

LIMIT_SECONDS = 300
SLOW_MAIL_SECONDS = 5.0


def kill_listings(exchange: Exchange, story: Story) -> None:
    """Right after a POST was accepted; sent again, it is still answered the same."""
    _kill_and_restart(exchange, "listings")
    verify_same_answer(story)


def kill_matching(exchange: Exchange, _story: Story) -> None:
    """While it makes proposals: some are made, and listings wait for theirs."""
    under_way = "select exists (table proposal) and exists (table match_due)"
    _wait_until_true(exchange, "matching", under_way)
    _kill_and_restart(exchange, "matching")


def kill_notifications(exchange: Exchange, story: Story) -> None:
    """While a mail is handed over: only the mail server knows whether it took it."""
    exchange.mailbox.answer_after(SLOW_MAIL_SECONDS)
    _ask_for_a_mail(story)
    handing_over = "select exists (select from mail where state = 'sending')"
    _wait_until_true(exchange, "notifications", handing_over)
    exchange.kill("notifications")
    exchange.mailbox.answer_after(0)
    _restart(exchange, "notifications")


def kill_surveys(exchange: Exchange, _story: Story) -> None:
    """While questions fall due: the sweep has said so, and has neither counted nor committed it."""
    planned = "select count(*) >= 2 from question"
    _wait_until_true(exchange, "surveys", planned)
    asyncio.run(_kill_sweep_before_it_counts(exchange))
    _restart(exchange, "surveys")
    asked = exchange.select("surveys", "select count(*) from question where asked_at is not null")
    assert asked == "0", "a sweep that died asked nobody"


KILLS: dict[Step, Callable[[Exchange, Story], None]] = {
    import_sample: kill_matching,
    post_request: kill_listings,
    release_both: kill_notifications,
    refuse_proposal: kill_surveys,
}
"""After which step of the story which service is killed."""


def then_killing(exchange: Exchange, step: Step) -> Step:
    def played(story: Story) -> None:
        step(story)
        if step in KILLS:
            KILLS[step](exchange, story)

    return played


def _ask_for_a_mail(story: Story) -> None:
    """What the step before led to may all be with the mail server already."""
    admin = next(row for row in story.sample.members.values() if row["role"] == "admin")
    with story.visitor() as visitor:
        visitor.press(visitor.open("/sign-in"), "Link zuschicken", {"email": admin["email"]})


async def _kill_sweep_before_it_counts(exchange: Exchange) -> None:
    holding = await asyncpg.connect(exchange.database_url("surveys"))
    try:
        async with holding.transaction():
            # Whoever wants to count a fact waits from here on.
            await holding.execute("lock table ledger in share mode")
            sweep = exchange.process("surveys", *a_week_later()).start()
            await asyncio.to_thread(
                wait_until,
                lambda: _waits_to_count(exchange) or not sweep.running,
                limit_seconds=LIMIT_SECONDS,
                waiting_for="the sweep",
            )
            assert sweep.running, sweep.log_tail()
            sweep.kill()
            exchange.kill("surveys")
    finally:
        await holding.close()


def _waits_to_count(exchange: Exchange) -> bool:
    """Whether a sweep does, which alone holds the lock of sweeps; consumers count as well."""
    waiting = (
        "select count(*) from pg_stat_activity join pg_locks using (pid)"
        " where wait_event_type = 'Lock' and query ilike '%insert into ledger%'"
        " and locktype = 'advisory' and mode = 'ExclusiveLock' and granted"
    )
    return exchange.select("surveys", waiting) != "0"


def _wait_until_true(exchange: Exchange, service: str, question: str) -> None:
    wait_until(
        lambda: exchange.select(service, question) == "t",
        limit_seconds=LIMIT_SECONDS,
        waiting_for=question,
    )


def _kill_and_restart(exchange: Exchange, service: str) -> None:
    exchange.kill(service)
    _restart(exchange, service)


def _restart(exchange: Exchange, service: str) -> None:
    exchange.start(service)
    exchange.wait_ready(service)
