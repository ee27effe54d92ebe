"""The frame around every page: what one installation adds to it."""

import pytest
from specimen.service import SITE as FRAMED

from chassis.settings import ServiceSettings
from chassis.signing import generate_link_key
from chassis.web.language import Localised
from chassis.web.site import Account, NavigationLink, Site

SITE = Site(name=Localised(de="Muster", en="Specimen"))


def settings(**given: str) -> ServiceSettings:
    return ServiceSettings(database_url="", form_key=generate_link_key(), **given)  # type: ignore[arg-type]


class TestNavigation:
    @pytest.mark.parametrize(
        ("path", "entry"),
        [
            ("/form/7", "/form"),
            ("/own", "/account"),
            ("/own/7", "/account"),
            ("/owner", None),
            ("/", "/"),
            ("/elsewhere", None),
        ],
    )
    def test_a_page_lies_under_the_entry_that_names_it(self, path: str, entry: str | None) -> None:
        current = FRAMED.current(path)

        assert (current and current.href) == entry

    def test_what_only_one_person_may_open_joins_it_and_is_found_as_well(self) -> None:
        reports = NavigationLink(href="/reports", label=Localised(de="Berichte", en="Reports"))
        kim = Account(name="Kim Muster", links=(reports,), sign_out="/sign-out")

        assert FRAMED.links_for(kim) == (*FRAMED.navigation, reports)
        assert FRAMED.current("/reports/7", kim) == reports
        assert FRAMED.current("/reports/7") is None


class TestInstalled:
    def test_links_that_are_set_stand_at_the_foot_in_order(self) -> None:
        site = SITE.installed(
            settings(
                imprint_url="https://cluster.org/imprint",
                accessibility_url="https://cluster.org/accessibility",
                attribution_url="/sources",
            )
        )

        assert [(link.label.de, link.label.en, link.href) for link in site.legal] == [
            ("Impressum", "Imprint", "https://cluster.org/imprint"),
            ("Barrierefreiheit", "Accessibility", "https://cluster.org/accessibility"),
            ("Quellen", "Sources", "/sources"),
        ]

    @pytest.mark.parametrize("zone", ["Europe/Berlin", "Europe/Vienna"])
    def test_times_are_those_of_its_zone(self, zone: str) -> None:
        assert SITE.installed(settings(time_zone=zone)).time_zone == zone

    def test_nothing_is_at_the_foot_until_it_is_set(self) -> None:
        assert SITE.installed(settings()).legal == ()
