"""Forgetting what a person wrote into contacts; that there was a contact stays counted."""

from uuid import UUID

from chassis.database import Connection


async def blank_words_of(connection: Connection, member_id: UUID) -> None:
    await connection.execute(
        "update contact set message = '' where requesting_member_id = $1", member_id
    )
    await connection.execute(
        "update contact set explanation = '' where answering_member_id = $1", member_id
    )
