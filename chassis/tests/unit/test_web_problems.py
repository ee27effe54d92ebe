"""Problems: every wrong request gets its status, its field and its remedy, and never a trace."""

import json
import re
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from chassis.web.text import controlled_texts

VALID = {"name": "Kasten", "address": "kim@example.org", "colour": "red"}


class TestProblemJson:
    def test_fields_are_named_with_pointer_detail_and_remedy(self, client: TestClient) -> None:
        answer = client.post(
            "/api/entries",
            json={**VALID, "name": 7, "extras": ["hat"]},
            headers={"Accept-Language": "en"},
        )

        assert answer.status_code == 422
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert answer.json()["title"] == "Please check what you entered"
        assert answer.json()["errors"] == [
            {
                "place": "body",
                "field": "name",
                "pointer": "#/name",
                "detail": "“name” must be a text.",
                "remedy": "Send a text.",
            },
            {
                "place": "body",
                "field": "extras.0",
                "pointer": "#/extras/0",
                "detail": "“extras.0” is not one of the choices.",
                "remedy": "Allowed: lid, bag.",
            },
        ]

    def test_a_number_with_a_comma_is_answered_with_one_that_json_takes(
        self, client: TestClient
    ) -> None:
        answer = client.post("/api/entries", json={**VALID, "amount": "2,5"})

        (error,) = answer.json()["errors"]
        assert "höchstens einen Punkt, zum Beispiel 2.5." in error["remedy"]

    @pytest.mark.parametrize(
        ("content", "status"),
        [
            (b"{", 422),
            (b'"\xff"', 400),
            (b"[" * 100_000, 400),
            (b"", 422),
            (b"[]", 422),
            (b"null", 422),
            (json.dumps({"name": "a\0b"}).encode(), 422),
            (b'{"name": "\\ud800"}', 422),
            (b'{"a\\u0000b": 1}', 422),
        ],
    )
    def test_unreadable_json_is_refused(
        self, client: TestClient, content: bytes, status: int
    ) -> None:
        headers = {"Content-Type": "application/json"}
        answer = client.post("/api/entries", content=content, headers=headers)

        assert answer.status_code == status
        assert answer.headers["Content-Type"] == "application/problem+json"

    @pytest.mark.parametrize(
        ("content", "status", "detail", "remedy"),
        [
            (
                b'{"name": "Kasten",\n "colour": rot}',
                422,
                "The content is not valid JSON: line 2, character 12.",
                "Check the brackets, commas and quotation marks there;",
            ),
            (
                '{"name": "Kasten",\n "städte": "München"}'.encode("latin-1"),
                400,
                "The content is not encoded in UTF-8: line 2, character 5.",
                "Send it in UTF-8.",
            ),
            (b"[" * 100_000, 400, "The content is nested too deeply.", "Send the described"),
            (b'{"amount": ' + b"1" * 5000 + b"}", 400, "The content is not valid JSON.", "Check"),
        ],
    )
    def test_a_body_that_is_no_json_is_told_where_and_names_no_field(
        self, client: TestClient, content: bytes, status: int, detail: str, remedy: str
    ) -> None:
        headers = {"Content-Type": "application/json", "Accept-Language": "en"}
        answer = client.post("/api/entries", content=content, headers=headers)

        (error,) = answer.json()["errors"]
        assert answer.status_code == status
        assert (error["place"], error["field"], error["pointer"]) == ("body", "", "#")
        assert error["detail"] == detail
        assert error["remedy"].startswith(remedy)

    def test_json_that_is_not_said_to_be_json_is_told_how_to_say_so(
        self, client: TestClient
    ) -> None:
        headers = {"Content-Type": "application/x-www-form-urlencoded", "Authorization": "Bearer x"}
        answer = client.post("/api/entries", content=json.dumps(VALID), headers=headers)

        (error,) = answer.json()["errors"]
        assert answer.status_code == 422
        assert error["detail"] == "Der Inhalt ist nicht als JSON bezeichnet."
        assert "Content-Type: application/json" in error["remedy"]

    def test_queries_name_their_parameter(self, client: TestClient) -> None:
        wrong = client.get("/api/entries?page=x").json()["errors"][0]
        control = client.get("/api/entries?page=%00").json()["errors"][0]

        assert (wrong["place"], wrong["field"]) == ("query", "page")
        assert (control["place"], control["field"]) == ("query", "page")

    def test_a_refusal_fills_in_its_values(self, client: TestClient) -> None:
        answer = client.get("/api/refused")

        assert (answer.status_code, answer.json()["detail"]) == (409, "Es gibt schon 3 davon.")

    @pytest.mark.parametrize(
        ("method", "path", "status"),
        [("GET", "/api/nowhere", 404), ("PUT", "/api/entries", 405), ("GET", "/api/broken", 500)],
    )
    def test_other_statuses_are_problems_too(
        self, client: TestClient, method: str, path: str, status: int
    ) -> None:
        answer = client.request(method, path)

        assert (answer.status_code, answer.json()["status"]) == (status, status)
        assert answer.json()["detail"]
        assert answer.json()["remedy"]


class TestPages:
    @pytest.mark.parametrize(
        ("method", "path", "status", "words"),
        [
            ("GET", "/nowhere", 404, "Diese Seite gibt es nicht"),
            ("PUT", "/form", 405, "So lässt sich diese Adresse nicht aufrufen"),
            ("GET", "/broken", 500, "Bei uns ist ein Fehler aufgetreten"),
            ("GET", "/unreachable", 503, "Der Dienst ist gerade nicht erreichbar"),
        ],
    )
    def test_people_get_a_page_in_words(
        self, client: TestClient, method: str, path: str, status: int, words: str
    ) -> None:
        answer = client.request(method, path)

        assert answer.status_code == status
        assert words in answer.text
        assert "HTTP" not in answer.text
        assert answer.headers["Content-Type"].startswith("text/html")

    @pytest.mark.parametrize("path", ["/broken", "/api/broken"])
    def test_nobody_sees_a_trace(self, client: TestClient, path: str) -> None:
        text = client.get(path).text

        assert "secret detail" not in text
        assert "Traceback" not in text
        assert "RuntimeError" not in text

    def test_a_program_that_asks_for_json_gets_it(self, client: TestClient) -> None:
        answer = client.get("/nowhere", headers={"Accept": "application/json"})

        assert answer.headers["Content-Type"] == "application/problem+json"


class TestBodyLimit:
    @pytest.mark.parametrize("path", ["/form", "/api/entries", "/hook"])
    def test_a_declared_large_body_is_refused(self, client: TestClient, path: str) -> None:
        headers = {"Content-Type": "application/json"}

        answer = client.post(path, content=b"x" * 300_000, headers=headers)

        assert answer.status_code == 413

    @pytest.mark.parametrize(
        ("path", "media_type"),
        [
            ("/form", "application/x-www-form-urlencoded"),
            ("/form", "multipart/form-data; boundary=x"),
            ("/api/entries", "application/json"),
        ],
    )
    def test_a_chunked_large_body_is_refused(
        self, client: TestClient, path: str, media_type: str
    ) -> None:
        answer = client.post(path, content=chunks(), headers={"Content-Type": media_type})

        assert answer.status_code == 413

    def test_an_upload_may_be_larger_where_the_service_says_so(self, client: TestClient) -> None:
        headers = {"Authorization": "Bearer x"}

        assert client.post("/upload", content=b"x" * 500_000, headers=headers).status_code == 200
        assert client.post("/upload", content=b"x" * 2_000_000, headers=headers).status_code == 413


def chunks() -> Iterator[bytes]:
    for _ in range(5):
        yield b"a" * 100_000


class TestSignIn:
    def test_a_visitor_is_sent_to_sign_in_and_comes_back(self, client: TestClient) -> None:
        answer = client.get("/own?page=2&word=ä", follow_redirects=False)

        assert answer.status_code == 303
        assert answer.headers["Location"] == "/sign-in?next=%2Fown%3Fpage%3D2%26word%3D%25C3%25A4"
        assert answer.headers["Cache-Control"] == "no-store"

    def test_a_program_is_told_so(self, client: TestClient) -> None:
        answer = client.get("/own", headers={"Accept": "application/json"})

        assert answer.status_code == 401
        assert answer.headers["Content-Type"] == "application/problem+json"

    def test_what_a_person_sent_is_kept_while_they_sign_in(self, client: TestClient) -> None:
        found = re.search(r'name="form_token" value="([^"]+)"', client.get("/form").text)
        assert found
        data = {"text": "Zeile 1\r\n<b>Zeile 2</b>", "form_token": found[1]}

        answer = client.post("/own?page=2", data=data)

        assert answer.status_code == 401
        assert answer.headers["Cache-Control"] == "no-store"
        assert 'action="/own?page=2"' in answer.text
        assert 'name="text" value="Zeile 1\r\n&lt;b&gt;Zeile 2&lt;/b&gt;"' in answer.text
        assert 'href="/sign-in" target="_blank"' in answer.text

    def test_a_change_is_refused_and_not_forgotten_on_the_way(self, client: TestClient) -> None:
        answer = client.post("/own", headers={"Authorization": "Bearer x"})

        assert answer.status_code == 401


class TestControlledTexts:
    def test_places_are_found_however_deep(self) -> None:
        value = {"a": ["ok", {"b": "x\x1b"}], "c\0": 1, "d": "Zeile\nZeile\t"}

        assert set(controlled_texts(value)) == {("a", 1, "b"), ()}
