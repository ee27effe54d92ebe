"""The command line: `up` runs the servers, `demo` plays the whole exchange on them."""

from contextlib import suppress
from typing import Annotated

import typer
from rich.console import Console

from embedded import jars
from embedded.demo import play
from embedded.exchange import Exchange
from embedded.interruption import interruptible, wait_for_interruption
from embedded.size import print_sizes, sizes_of, wait_for_the_encoder
from embedded.stack import Ports, Stack
from embedded.story import Story
from embedded.story_sample import Sample

app = typer.Typer(no_args_is_help=True, help=__doc__)

INTERRUPTED = 130
"""As a shell says that Ctrl-C ended a command; a verification that did not end verified nothing."""

Port = Annotated[int | None, typer.Option(help="A free one unless given.")]


@app.callback()
def main() -> None:
    """Run the exchange without Docker."""


@app.command()
def up(
    postgres_port: Port = None,
    kafka_port: Port = None,
    smtp_port: Port = None,
    mail_http_port: Port = None,
) -> None:
    """Start PostgreSQL, Kafka and the mail catcher, print their addresses, stay until Ctrl-C."""
    ports = Ports(
        postgres=postgres_port, kafka=kafka_port, smtp=smtp_port, mail_http=mail_http_port
    )
    with suppress(KeyboardInterrupt), interruptible(), Stack(ports=ports) as stack:
        print(f"export POSTGRES_URL='{stack.postgres.url('postgres')}'")
        print(f"export KAFKA_BOOTSTRAP_SERVERS='{stack.kafka.bootstrap}'")
        print(f"export SMTP_HOST=127.0.0.1 SMTP_PORT={stack.mail.smtp_port}")
        print(f"export MAIL_URL='{stack.mail.url}'", flush=True)
        wait_for_interruption()


@app.command()
def demo(
    *,
    once: Annotated[bool, typer.Option("--once", help="Verify each step, then end.")] = False,
    port: Port = None,
) -> None:
    """Play the story on the sample cluster, verified step by step; then stay until Ctrl-C."""
    console = Console()
    try:
        with interruptible():
            told = _told(console, stays=not once, port=port)
    except KeyboardInterrupt:
        console.print("The demo is over; servers, services and data are gone.")
        raise typer.Exit(INTERRUPTED if once else 0) from None
    except (RuntimeError, TimeoutError) as failure:
        console.print("[bold red]FAILED[/] set-up")
        console.print(str(failure), markup=False, highlight=False, soft_wrap=True)
        raise typer.Exit(1) from None
    raise typer.Exit(0 if told else 1)


def _told(console: Console, *, stays: bool, port: int | None) -> bool:
    """Whether the whole story could be told; then it may stay, until it is interrupted."""
    console.print("PostgreSQL, Kafka, a mail catcher and the four services are being started …")
    if jars.missing():
        console.print("Kafka is downloaded, this once: 44 MB.")
    with Stack(durable=False) as stack, Exchange(stack, port=port) as exchange:
        told = play(Story(exchange=exchange, sample=Sample.read(), console=console))
        if told and stays:
            console.print("\nEverything keeps running. Ctrl-C ends it and removes its data.")
            wait_for_interruption()
    return told


@app.command()
def size() -> None:
    """Start an empty exchange, print what each part of it takes at rest, end it."""
    console = Console()
    with interruptible(), Stack(durable=False) as stack, Exchange(stack) as exchange:
        wait_for_the_encoder(exchange)
        print_sizes(sizes_of(exchange), console)


@app.command()
def lock_jars() -> None:
    """Resolve Kafka's jars anew and write their checksums; review the difference, then commit."""
    print(f"{jars.write_lock()} jars in {jars.LOCK.name}")


if __name__ == "__main__":
    app()
