"""CSV files: what is read, and each fault with its line, its column and a remedy."""

from collections.abc import Callable
from pathlib import Path

import pytest

from chassis.web.translation import Catalogue
from listings.csv_faults import FaultyFile
from listings.csv_file import read_csv
from listings.organisations.importing import OrganisationRow

COLUMNS = (
    "external_id,name,kind,size_class,industry_code,capabilities,street,postcode,city,website,"
    "email_domain,allow_enquiries"
)
GOOD = (
    "org-1,Dosiertechnik Warnow,company,small,28.13,"
    '"Pumpen, dosiert",Werftallee 18,18119,Rostock,,,ja'
)

WriteFile = Callable[..., Path]


@pytest.fixture
def a_file(tmp_path: Path) -> WriteFile:
    def write(*lines: str, header: str = COLUMNS, encoding: str = "utf-8") -> Path:
        path = tmp_path / "organisations.csv"
        path.write_bytes("\n".join((header, *lines)).encode(encoding))
        return path

    return write


def faults_of(path: Path) -> list[tuple[int, str | None, str]]:
    with pytest.raises(FaultyFile) as refused:
        read_csv(path, OrganisationRow, unique=("external_id",))
    catalogue = Catalogue("listings")
    return [
        (
            fault.line,
            fault.column,
            catalogue.sentence(
                "de", fault.refusal.detail, {"label": fault.column, **fault.refusal.values}
            ),
        )
        for fault in refused.value.faults
    ]


class TestAGoodFile:
    def test_is_read_whole(self, a_file: WriteFile) -> None:
        (row,) = read_csv(a_file(GOOD), OrganisationRow)

        assert row.line == 2
        assert row.value.capabilities == "Pumpen, dosiert"
        assert row.value.allow_enquiries

    @pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
    def test_may_begin_with_a_byte_order_mark(self, a_file: WriteFile, encoding: str) -> None:
        assert len(read_csv(a_file(GOOD, encoding=encoding), OrganisationRow)) == 1

    def test_may_use_semicolons(self, a_file: WriteFile) -> None:
        row = "org-1;Klinik, Rostock;hospital;large;18057"
        path = a_file(row, header="external_id;name;kind;size_class;postcode")

        assert read_csv(path, OrganisationRow)[0].value.name == "Klinik, Rostock"

    def test_may_break_lines_inside_quotes(self, a_file: WriteFile) -> None:
        broken = GOOD.replace("Pumpen, dosiert", "Pumpen\nund mehr")
        path = a_file(broken, GOOD.replace("org-1", "org-2"))

        first, second = read_csv(path, OrganisationRow)

        assert first.value.capabilities == "Pumpen\nund mehr"
        assert (first.line, second.line) == (2, 4)


@pytest.mark.parametrize(
    ("line", "column", "words"),
    [
        (GOOD.replace("company", "firma"), "kind", "steht nicht zur Auswahl"),
        (GOOD.replace("18119", "99999"), "postcode", "keine Postleitzahl"),
        (GOOD.replace("18119", "1811"), "postcode", "keine Postleitzahl"),
        (GOOD.replace("18119", ""), "postcode", "fehlt"),
        (GOOD.replace("Dosiertechnik Warnow", "D" * 201), "name", "zu lang: höchstens 200"),
        (GOOD.replace("Pumpen", "<b>Pumpen</b>"), "capabilities", "enthält HTML"),
        (GOOD.replace("Pumpen", "Pum\x07pen"), "capabilities", "Steuerzeichen"),
        (GOOD.replace("Rostock,,", "Rostock,javascript:x,"), "website", "keine gültige Internet"),
        (GOOD.replace(",ja", ",vielleicht"), "allow_enquiries", "ja oder nein"),
        (GOOD + ",zu viel", None, "13 Felder, die Kopfzeile 12"),
        (GOOD.replace('dosiert"', 'dosiert"x'), None, "Anführungszeichen"),
        (GOOD.replace("Pumpen", "P" * 200_000), None, "Bytes, erlaubt sind 65536"),
    ],
)
def test_a_bad_line_is_named_with_its_column(
    a_file: WriteFile, line: str, column: str | None, words: str
) -> None:
    ((found_line, found_column, sentence),) = faults_of(a_file(line))

    assert (found_line, found_column) == (2, column)
    assert words in sentence


class TestABadFile:
    def test_all_faults_are_named_not_only_the_first(self, a_file: WriteFile) -> None:
        bad = GOOD.replace("company", "firma").replace("18119", "0")

        found = faults_of(a_file(bad, bad.replace("org-1", "org-2")))

        assert [fault[:2] for fault in found] == [
            (2, "kind"),
            (2, "postcode"),
            (3, "kind"),
            (3, "postcode"),
        ]

    def test_a_repeated_id_names_the_first_line(self, a_file: WriteFile) -> None:
        assert faults_of(a_file(GOOD, GOOD)) == [
            (3, "external_id", "„external_id“ steht mit demselben Wert schon in Zeile 2.")
        ]

    def test_the_wrong_encoding_names_the_line(self, a_file: WriteFile) -> None:
        path = a_file(GOOD, GOOD.replace("Rostock", "Güstrow"), encoding="latin-1")

        assert faults_of(path) == [(3, None, "Die Zeile ist nicht in UTF-8 kodiert.")]

    def test_a_missing_and_an_unknown_column_are_named(self, a_file: WriteFile) -> None:
        path = a_file("org-1", header="external_id,name,kind,size_class,plz")

        assert [fault[1] for fault in faults_of(path)] == ["plz", "postcode"]

    def test_a_quote_that_never_closes_is_found(self, a_file: WriteFile) -> None:
        path = a_file(GOOD.replace('dosiert"', "dosiert"), GOOD)

        assert "Anführungszeichen" in faults_of(path)[0][2]

    def test_a_file_without_rows_is_refused(self, a_file: WriteFile) -> None:
        assert "keine Zeilen" in faults_of(a_file())[0][2]

    def test_a_missing_file_is_refused(self, tmp_path: Path) -> None:
        assert "lässt sich nicht lesen" in faults_of(tmp_path / "absent.csv")[0][2]
