"""What operators did, by command or by page: a line an action, for whoever asks later."""

from chassis.database import Connection


async def note_action(connection: Connection, *, operator: str, command: str, result: str) -> None:
    """Kept with what the action changed; ``result`` names no person but by an id."""
    await connection.execute(
        "insert into operator_action (operator, command, result) values ($1, $2, $3)",
        operator,
        command,
        result,
    )
