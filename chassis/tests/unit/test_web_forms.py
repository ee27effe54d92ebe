"""Forms: what was typed is kept, every error has its words, only our own pages send them."""

import html
import re
from datetime import date
from decimal import Decimal
from typing import Annotated, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, Field, ValidationError
from pydantic_core import core_schema
from specimen.service import Entry
from starlette.testclient import TestClient

from chassis.web.form_fields import prepared, shown
from chassis.web.language import LANGUAGES, Language
from chassis.web.numbers import Unmistakable
from chassis.web.refusal import BY_TYPE


class Counted(BaseModel):
    amount: Annotated[Decimal, Unmistakable, Field(max_digits=12, decimal_places=3)] | None = None
    pieces: Annotated[int, Unmistakable] | None = None


VALID = {"name": "Kasten", "address": "kim@example.org", "colour": "red"}


def token(client: TestClient) -> str:
    found = re.search(r'name="form_token" value="([^"]+)"', client.get("/form").text)
    assert found
    return found[1]


def submitted(client: TestClient, lang: str = "de", **values: object) -> tuple[int, str]:
    data = {**VALID, **values, "form_token": token(client)}
    answer = client.post(f"/form?lang={lang}", data=data, follow_redirects=False)
    return answer.status_code, answer.text


class TestErrors:
    def test_a_valid_form_is_taken(self, client: TestClient) -> None:
        assert submitted(client)[0] == 303

    @pytest.mark.parametrize(
        ("field", "value", "german", "english"),
        [
            ("name", "", "„Name“ fehlt.", "“Name” is missing."),
            ("name", "   ", "„Name“ fehlt.", "“Name” is missing."),
            ("name", "ab", "mindestens 3 Zeichen", "at least 3 characters"),
            ("name", "x" * 21, "höchstens 20 Zeichen", "at most 20 characters"),
            ("name", "a\0bc", "Steuerzeichen", "control characters"),
            ("name", "a\nbcd", "Steuerzeichen", "control characters"),
            ("description", "ein <b>Kasten</b>", "enthält HTML", "contains HTML"),
            ("address", "kim", "keine gültige E-Mail-Adresse", "not a valid e-mail address"),
            ("colour", "green", "steht nicht zur Auswahl", "not one of the choices"),
            ("amount", "viel", "muss eine Zahl sein", "must be a number"),
            ("amount", "0", "mindestens 1 sein", "at least 1"),
            ("amount", "1001", "höchstens 1000 sein", "at most 1000"),
            ("day", "31.12.2026", "kein gültiges Datum", "not a valid date"),
            ("extras", ["lid", "bag"], "höchstens 1", "at most 1"),
        ],
    )
    def test_each_error_is_said_in_both_languages(
        self, client: TestClient, field: str, value: object, german: str, english: str
    ) -> None:
        for language, words in (("de", german), ("en", english)):
            status, html = submitted(client, language, **{field: value})

            assert status == 422
            assert f'href="#field-{field}"' in html
            assert html.count(words) == 2, "once in the summary, once beside the field"
            assert f'id="field-{field}-error"' in html

    @pytest.mark.parametrize(("lang", "word"), [("de", "Fehler"), ("en", "Error")])
    def test_the_title_says_that_there_are_some_and_reading_goes_on_at_their_list(
        self, lang: str, word: str, client: TestClient
    ) -> None:
        blank = client.get(f"/form?lang={lang}").text

        _, refused = submitted(client, lang, name="")

        assert f"<title>{word}: " in refused
        assert re.search(r'id="errors"[^>]* autofocus', refused)
        assert f"<title>{word}" not in blank
        assert "autofocus" not in blank

    def test_what_was_typed_is_kept_and_escaped(self, client: TestClient) -> None:
        _, html = submitted(client, name="<b>", description="Zeile 1\nZeile 2", day="bald")

        assert 'value="&lt;b&gt;"' in html
        assert "\nZeile 1\nZeile 2</textarea>" in html
        assert 'value="bald"' in html
        assert '<option value="red" selected>' in html

    def test_a_field_sent_as_a_file_counts_as_missing(self, client: TestClient) -> None:
        data = {name: value for name, value in VALID.items() if name != "name"}
        data["form_token"] = token(client)
        file = {"name": ("x.txt", b"Kasten")}

        answer = client.post("/form", data=data, files=file, follow_redirects=False)

        assert answer.status_code == 422
        assert "„Name“ fehlt." in answer.text


class TestChoices:
    @pytest.mark.parametrize(
        ("language", "said"), [("de", "Wählen Sie etwas aus."), ("en", "Choose one.")]
    )
    def test_where_nothing_was_chosen_one_is_told_to_choose_and_not_to_write(
        self, client: TestClient, language: str, said: str
    ) -> None:
        status, html = submitted(client, language, colour="")

        assert status == 422
        assert html.count(said) == 1
        assert "Füllen Sie dieses Feld aus." not in html
        assert "Fill in this field." not in html

    def test_what_may_be_left_out_is_optional_until_it_cannot_be_taken_back(
        self, client: TestClient
    ) -> None:
        optional = '<legend class="kern-label">Größe <span class="kern-label__optional">'

        assert optional in client.get("/form").text
        assert optional in submitted(client, name="")[1]
        assert optional not in submitted(client, name="", size="small")[1]


class TestNumbers:
    @pytest.mark.parametrize(
        ("typed", "language", "amount"),
        [("1.000,5", "de", "1000.5"), ("1,000.5", "en", "1000.5"), ("1.5", "de", "1.5")],
    )
    def test_numbers_are_read_as_the_language_writes_them(
        self, typed: str, language: str, amount: str
    ) -> None:
        assert prepared(Entry, {"amount": (typed,)}, language)["amount"] == amount  # type: ignore[arg-type]

    @given(
        amount=st.decimals(min_value=0, max_value=10**6, places=3),
        language=st.sampled_from(["de", "en"]),
    )
    def test_a_shown_number_is_read_back_as_itself(self, amount: Decimal, language: str) -> None:
        texts = shown(amount, language)  # type: ignore[arg-type]

        read = prepared(Entry, {"amount": texts}, language)["amount"]  # type: ignore[arg-type]

        assert Decimal(str(read)) == amount

    @pytest.mark.parametrize(
        ("typed", "language"),
        [("1.000", "en"), ("12.500", "en"), ("+1.000", "en"), ("1,000", "de"), ("250,000", "de")],
    )
    @pytest.mark.parametrize("field", ["amount", "pieces"])
    def test_what_may_be_thousands_or_a_fraction_is_refused(
        self, typed: str, language: Language, field: str
    ) -> None:
        with pytest.raises(ValidationError, match="Tausende oder Bruchteile"):
            Counted.model_validate(prepared(Counted, {field: (typed,)}, language))

    @pytest.mark.parametrize(
        ("typed", "language", "amount"),
        [
            ("1.000", "de", "1000"),
            ("1,000", "en", "1000"),
            ("1.0000", "en", "1"),
            ("0,125", "de", "0.125"),
            ("1000.125", "en", "1000.125"),
        ],
    )
    def test_what_says_which_is_taken(self, typed: str, language: Language, amount: str) -> None:
        read = Counted.model_validate(prepared(Counted, {"amount": (typed,)}, language))

        assert read.amount == Decimal(amount)

    @given(
        amount=st.decimals(min_value=0, max_value=10**6, places=3),
        language=st.sampled_from(LANGUAGES),
    )
    def test_a_shown_number_is_clear(self, amount: Decimal, language: Language) -> None:
        texts = shown(amount, language)

        read = Counted.model_validate(prepared(Counted, {"amount": texts}, language))

        assert read.amount == amount

    def test_other_values_are_shown_as_their_field_sends_them(self) -> None:
        assert shown(date(2026, 3, 1), "de") == ("2026-03-01",)
        assert shown(("a", "b"), "de") == ("a", "b")
        assert (shown(True, "de"), shown(False, "de"), shown(None, "de")) == (("true",), (), ())


class TestFormToken:
    def test_a_form_that_is_older_than_the_newest_key_is_accepted(self, client: TestClient) -> None:
        data = {**VALID, "form_token": token(client)}
        client.app.state.form_keys = (b"n" * 32, *client.app.state.form_keys)  # type: ignore[attr-defined]

        assert client.post("/form", data=data, follow_redirects=False).status_code == 303
        assert token(client) != data["form_token"]

    @pytest.mark.parametrize(
        "vouching", [{"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://testserver"}]
    )
    def test_a_form_that_is_too_old_is_kept_to_be_sent_once_more(
        self, client: TestClient, vouching: dict[str, str]
    ) -> None:
        data = {**VALID, "name": "Kasten „<b>“", "extras": ["lid"], "form_token": token(client)}
        client.app.state.form_keys = (b"n" * 32,)  # type: ignore[attr-defined]

        refused = client.post("/form?lang=en", data=data, headers=vouching)
        kept = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', refused.text))
        again = client.post(
            "/form?lang=en",
            data={name: html.unescape(value) for name, value in kept.items()},
            headers=vouching,
            follow_redirects=False,
        )

        assert refused.status_code == 403
        assert 'action="/form?lang=en"' in refused.text
        assert "still on this page" in refused.text
        assert kept["form_token"] != data["form_token"]
        assert again.status_code == 303

    def test_nothing_is_kept_of_what_no_browser_vouches_for(self, client: TestClient) -> None:
        client.get("/form")

        unvouched = {"Sec-Fetch-Site": "none", "Origin": "http://testserver"}
        for headers in ({}, unvouched, {"Sec-Fetch-Site": "cross-site"}):
            refused = client.post("/form", data=VALID, headers=headers)

            assert refused.status_code == 403
            assert 'value="Kasten"' not in refused.text

    def test_a_form_without_token_is_refused(self, client: TestClient) -> None:
        client.get("/form")

        assert client.post("/form", data=VALID).status_code == 403

    def test_a_token_without_its_cookie_is_refused(self, client: TestClient) -> None:
        data = {**VALID, "form_token": token(client)}
        client.cookies.clear()

        assert client.post("/form", data=data).status_code == 403

    @pytest.mark.parametrize(
        ("header", "value", "status"),
        [
            ("Sec-Fetch-Site", "cross-site", 403),
            ("Sec-Fetch-Site", "same-site", 403),
            ("Sec-Fetch-Site", "same-origin", 303),
            ("Origin", "https://elsewhere.example", 403),
            ("Origin", "null", 403),
            ("Origin", "http://testserver", 303),
        ],
    )
    def test_only_our_own_pages_may_send_forms(
        self, client: TestClient, header: str, value: str, status: int
    ) -> None:
        data = {**VALID, "form_token": token(client)}
        answer = client.post("/form", data=data, headers={header: value}, follow_redirects=False)

        assert answer.status_code == status

    def test_another_site_cannot_borrow_cookies_for_json(self, client: TestClient) -> None:
        headers = {"Sec-Fetch-Site": "cross-site"}

        assert client.post("/api/entries", json=VALID, headers=headers).status_code == 403
        assert client.post("/api/entries", json=VALID).status_code == 201

    def test_text_that_looks_like_json_needs_the_token(self, client: TestClient) -> None:
        headers = {"Content-Type": "text/plain", "Sec-Fetch-Site": "same-origin"}

        assert client.post("/api/entries", content="{}", headers=headers).status_code == 403

    def test_machines_are_let_in_where_the_route_says_so(self, client: TestClient) -> None:
        headers = {"Sec-Fetch-Site": "cross-site"}

        assert client.post("/hook", headers=headers).status_code == 200

    def test_a_bearer_token_needs_no_form_token(self, client: TestClient) -> None:
        headers = {"Authorization": "Bearer abc", "Origin": "https://elsewhere.example"}

        assert client.post("/api/entries", json=VALID, headers=headers).status_code == 201

    def test_a_page_without_form_sets_no_cookie(self, client: TestClient) -> None:
        assert "set-cookie" not in client.get("/public").headers


def test_every_named_error_type_exists_in_pydantic() -> None:
    assert set(BY_TYPE) <= set(get_args(core_schema.ErrorType))
