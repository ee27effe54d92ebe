"""What a mail's link says once its search is gone."""

from chassis.web.problem import Problem
from chassis.web.translation import mark


def search_over() -> Problem:
    return Problem(
        410,
        mark("Sie wurde gelöscht; dazu schreiben wir Ihnen nicht mehr."),
        title=mark("Diese Suche gibt es nicht mehr"),
        remedy=mark("Neue Suchen speichern Sie angemeldet unter „Gespeicherte Suchen“."),
    )
