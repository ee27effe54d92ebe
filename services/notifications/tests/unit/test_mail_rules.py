"""The rules of mails without any server: keys, retries, reasons, and their form on the wire."""

from datetime import UTC, date, datetime, timedelta
from email import message_from_bytes, policy
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifications.composing import Links, Message
from notifications.digest import Rhythm, digest_id
from notifications.letters import BY_TEMPLATE, LETTERS
from notifications.mail import MailState, Recipient, Unsent, next_try
from notifications.mime import Sender, wire_form
from notifications.reasons import AS_A_WHOLE, Side, sentences
from notifications.refusal import Refused
from notifications.subject_line import SHOWN, fitted
from notifications.wording import LETTER_NAMES, STATE_KINDS, STATE_NAMES, UNSENT_REASONS
from schemas.match import Reasons, WordPair
from schemas.place import Category
from schemas.vocabulary import Language

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
MOMENTS = st.timedeltas(timedelta(), timedelta(days=1500)).map(NOW.__add__)
KIM = Recipient(
    member_id=UUID(int=1), name="Kim", email="kim@example.org", language=Language.GERMAN
)
WORDS = st.text(
    st.characters(categories=["L", "N", "P", "S"], include_characters="„“–äöüß"), min_size=1
)


def on_the_wire(subject: str, *, unsubscribe: str | None = None) -> bytes:
    return wire_form(
        Message(subject=subject, text="Grüße\n.\n" + "x" * 1200 + "\n", html="<p>Grüße</p>"),
        KIM,
        sender=Sender(
            name="Kooperationsbörse Mecklenburg-Vorpommern",
            address="boerse@example.org",
            reply_to="team@example.org",
            bounce_address="bounces@example.org",
        ),
        links=Links(
            button="https://x.example/a", unsubscribe=unsubscribe, home="https://x.example"
        ),
        message_id="<1@example.org>",
        now=NOW,
    )


class TestWireForm:
    @settings(max_examples=25)
    @given(st.lists(WORDS, min_size=1, max_size=30).map(" ".join))
    def test_any_subject_arrives_as_it_was_written(self, subject: str) -> None:
        mail = message_from_bytes(on_the_wire(subject), policy=policy.default)

        assert mail["Subject"] == subject

    @settings(max_examples=25)
    @given(st.lists(WORDS, min_size=1, max_size=30).map(" ".join))
    def test_all_lines_are_short_ascii(self, subject: str) -> None:
        lines = on_the_wire(subject).split(b"\r\n")

        assert all(line.isascii() for line in lines)
        assert max(map(len, lines)) <= 998

    def test_the_one_click_header_stays_on_one_line(self) -> None:
        link = "https://x.example/notifications/unsubscribe/proposals/" + "t" * 110

        raw = on_the_wire("Passt das?", unsubscribe=link)

        assert f"\r\nList-Unsubscribe: <{link}>\r\n".encode() in raw
        assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw

    def test_the_text_comes_first_and_survives(self) -> None:
        mail = message_from_bytes(on_the_wire("Passt das?"), policy=policy.default)

        text, html = mail.iter_parts()
        assert text.get_content().replace("\r\n", "\n") == "Grüße\n.\n" + "x" * 1200 + "\n"
        assert html.get_content_type() == "text/html"


class TestNextTry:
    @pytest.mark.parametrize(
        ("attempts", "pause"),
        [(1, timedelta(minutes=1)), (4, timedelta(minutes=8)), (12, timedelta(hours=4))],
    )
    def test_the_pause_doubles_up_to_four_hours(self, attempts: int, pause: timedelta) -> None:
        assert next_try(attempts=attempts, first_tried_at=NOW, now=NOW) == NOW + pause

    def test_it_ends_after_a_day(self) -> None:
        assert next_try(attempts=9, first_tried_at=NOW - timedelta(days=1), now=NOW) is None


class TestRefused:
    @pytest.mark.parametrize(
        ("code", "message", "permanent", "concerns_address"),
        [
            (450, "4.2.0 try later", False, False),
            (550, "5.1.1 no such mailbox", True, True),
            (550, "no such user", True, True),
            (550, "5.1.10 the domain takes no mail", True, True),
            (550, "5.2.1 mailbox disabled", True, True),
            (553, "5.6.7 the address is not ASCII", True, True),
            (550, "5.1.8 sender's domain not found", True, False),
            (552, "5.2.2 mailbox full", True, False),
            (552, "5.3.4 too big", True, False),
            (554, "5.6.0 content rejected", True, False),
            (554, "5.7.1 relay access denied", True, False),
            (550, "5.7.1: relay access denied", True, False),
            (550, "(5.7.1) blocked", True, False),
            (550, "#5.1.0 address rejected", True, True),
            (554, "no transaction", True, False),
            (450, "5.1.1 at odds with itself", False, False),
        ],
    )
    def test_only_what_speaks_about_the_address_suppresses_it(
        self, code: int, message: str, *, permanent: bool, concerns_address: bool
    ) -> None:
        refusal = Refused(code, message, at_rcpt=True)

        assert refusal.is_permanent is permanent
        assert refusal.concerns_address is concerns_address

    @pytest.mark.parametrize("message", ["5.1.1 no such mailbox", "no such user", "5.6.0 content"])
    def test_what_is_said_of_the_content_is_not_about_the_address(self, message: str) -> None:
        refusal = Refused(550, message, at_rcpt=False)

        assert refusal.is_permanent
        assert not refusal.concerns_address


class TestReasons:
    def test_each_side_reads_what_it_seeks_or_offers_first(self) -> None:
        reasons = Reasons(words=(WordPair(request_word="Atemschutz", offer_word="respirators"),))

        [to_request] = sentences(reasons, "request", "de")
        [to_offer] = sentences(reasons, "offer", "de")

        assert to_request.message.format_map(to_request.values) == (
            "In Ihrem Eintrag steht „Atemschutz“, im Angebot „respirators“."
        )
        assert to_offer.message.format_map(to_offer.values) == (
            "In Ihrem Eintrag steht „respirators“, im Gesuch „Atemschutz“."
        )

    @pytest.mark.parametrize(
        ("reasons", "message"),
        [
            (Reasons(distance_km=0), "Beide sind am selben Ort."),
            (Reasons(distance_km=50), "Nur rund {distance_km} km liegen dazwischen."),
            (Reasons(distance_km=51), "Rund {distance_km} km liegen dazwischen."),
            (Reasons(distance_km=100), "Rund {distance_km} km liegen dazwischen."),
            (
                Reasons(available_from=date(2026, 11, 1), needed_by=date(2026, 12, 1)),
                "Lieferbar ab {start}, gebraucht bis {end}.",
            ),
            (
                Reasons(words=(WordPair(request_word="Ventil", offer_word="ventil"),)),
                "In beiden geht es um „{word}“.",
            ),
        ],
    )
    def test_every_reason_has_its_sentence(self, reasons: Reasons, message: str) -> None:
        assert message in [each.message for each in sentences(reasons, "request", "de")]

    @pytest.mark.parametrize("side", ["offer", "request"])
    @given(distance_km=st.none() | st.integers(0, 900), needed_by=st.none() | st.dates())
    def test_no_proposal_stays_without_an_explanation(
        self, side: Side, distance_km: int | None, needed_by: date | None
    ) -> None:
        reasons = Reasons(distance_km=distance_km, needed_by=needed_by)

        said = sentences(reasons, side, "de")

        assert said[0] == AS_A_WHOLE
        is_told = distance_km is not None and distance_km <= 100
        assert len(said) == 1 + is_told, "a date alone speaks for nobody"

    @pytest.mark.parametrize(("side", "word"), [("request", "racks"), ("offer", "Racks")])
    def test_a_word_of_both_is_spelled_as_the_reader_spelled_it(
        self, side: Side, word: str
    ) -> None:
        reasons = Reasons(words=(WordPair(request_word="racks", offer_word="Racks"),))

        [said] = sentences(reasons, side, "en")

        assert said.values == {"word": word}

    @pytest.mark.parametrize(
        ("side", "said"),
        [
            ("request", "Es passt zu Ihrem weiteren Bedarf „Wartung“."),
            ("offer", "Dort wird auch „Wartung“ gebraucht, und dazu passt es."),
        ],
    )
    def test_a_further_need_comes_first_in_words(self, side: Side, said: str) -> None:
        reasons = Reasons(
            met_need="Wartung", words=(WordPair(request_word="Pumpe", offer_word="Pumpe"),)
        )

        first, second = sentences(reasons, side, "de")

        assert first.message.format_map(first.values) == said
        assert second.values == {"word": "Pumpe"}

    def test_a_category_alone_is_told_with_the_likeness_of_the_texts(self) -> None:
        category = Category(slug="ppe", label_de="Schutz", label_en="Protection")
        word = WordPair(request_word="Pumpe", offer_word="Pumpe")

        [only] = sentences(Reasons(same_category=category), "offer", "en")
        _, beside = sentences(Reasons(same_category=category, words=(word,)), "offer", "en")

        assert only.values == beside.values == {"category": "Protection"}
        assert only.message.startswith("Die beiden Texte gleichen sich im Ganzen")
        assert beside.message == "Beide stehen unter „{category}“."


def test_every_letter_and_state_has_a_name_for_operators() -> None:
    assert set(LETTER_NAMES) == set(BY_TEMPLATE)
    assert len(BY_TEMPLATE) == len(LETTERS)
    assert set(STATE_NAMES) == set(STATE_KINDS) == set(MailState)
    assert set(UNSENT_REASONS) == set(Unsent)


class TestPeriods:
    @given(
        minutes=st.integers(1, 1440),
        moments=st.lists(MOMENTS, min_size=2, max_size=2),
    )
    def test_follow_each_other_and_are_the_same_for_all(
        self, minutes: int, moments: list[datetime]
    ) -> None:
        rhythm = Rhythm(digest_minutes=minutes)
        earlier, later = sorted(moments)

        first, second = rhythm.period_end(earlier), rhythm.period_end(later)

        assert earlier < first <= earlier + rhythm.period
        assert rhythm.period_end(first) == first + rhythm.period
        assert (first == second) == (later < first)

    def test_a_digest_is_known_by_recipient_and_period(self) -> None:
        ends = Rhythm().period_end(NOW)
        key = digest_id("request_unmet", UUID(int=1), period_end=ends)

        assert key == digest_id("request_unmet", UUID(int=1), period_end=ends)
        assert key != digest_id("request_unmet", UUID(int=2), period_end=ends)
        assert key != digest_id("request_unmet", UUID(int=1), period_end=ends + Rhythm().period)


class TestSubjectLine:
    @pytest.mark.parametrize(
        ("title", "name", "shown"),
        [
            ("Masken", "Nord AG", "Masken: Nord AG"),
            ("Masken, einzeln verpackt, für den Winter, sofort lieferbar", "Nord AG",
             "Masken, einzeln verpackt, für den Winter, sofort …: Nord AG"),
            ("Masken, einzeln verpackt, für den Winter", "Universitätsklinikum in Greifswald",
             "Masken, einzeln verpackt, für den …: Universitätsklinikum …"),
            ("Krankenhausinformationssystemanbindungsleitfaden" * 2, "Nord AG",
             "KrankenhausinformationssystemanbindungsleitfadenKr…: Nord AG"),
        ],
    )  # fmt: skip
    def test_what_is_named_last_gives_way_first(self, title: str, name: str, shown: str) -> None:
        said = fitted(lambda v: f"{v['title']}: {v['name']}", {"title": title, "name": name})

        assert said == shown

    @given(st.text(), st.text(), st.integers())
    def test_it_is_shown_whole_whatever_is_named(self, one: str, other: str, number: int) -> None:
        said = fitted(
            lambda v: f"{v['one']}: {v['other']} {v['number'] != number}",
            {"one": one, "other": other, "number": number},
        )

        assert len(said) <= SHOWN
