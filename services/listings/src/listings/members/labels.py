"""What the roles that can be granted are called, and what each may do; German source strings."""

from collections.abc import Mapping

from chassis.web.translation import mark
from schemas.vocabulary import Role

ROLES: Mapping[Role, str] = {
    Role.MODERATOR: mark("Moderation"),
    Role.BROKER: mark("Vermittlung"),
    Role.ADMIN: mark("Verwaltung"),
}
DUTIES: Mapping[Role, str] = {
    Role.MODERATOR: mark("gibt Einträge und neue Mitglieder frei oder lehnt sie ab"),
    Role.BROKER: mark("sucht Firmen für offene Gesuche und lässt neue Mitglieder zu"),
    Role.ADMIN: mark("darf alles, auch Rollen vergeben und entziehen"),
}
